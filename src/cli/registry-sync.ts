import { findAccount } from '#app/accounts.ts';
import { findRegistry } from '#app/registries.ts';
import { machinePlatform } from '#artifacts/index.ts';
import { LazaretError } from '#domain/error.ts';
import { syncNow } from '#worker/run-syncs.ts';
import { workerName } from '#worker/scan-target.ts';
import type { SyncProgress, SyncReport } from '#worker/sync-registry.ts';
import { accountOption, json } from './account-option.ts';
import { defineCommand, errorStatus, type Io } from './command.ts';
import { masterKeyOption, withApp } from './open-app.ts';
import { pluralText } from './output/numbers.ts';
import { cutCells, printable } from './output/text.ts';
import { dataOption, isCapable } from './settings.ts';
import { answerOption } from './values.ts';

export const syncRegistryCommand = defineCommand({
  name: 'registry sync',
  summary: 'look at what a registry holds now, and tell what is new',
  notes:
    'Scans of new images are queued where the registry was added with --scan-new; lazaret serve does them.\n\nexit status: 0 all was looked at, 2 an error, or something could not be looked at',
  options: { data: dataOption, masterKey: masterKeyOption, account: accountOption, format: answerOption },
  positionals: { registry: { value: 'REGISTRY', description: 'its name' } },
  async run({ options, positionals }, io) {
    const report = await withApp(options, io, async (app) => {
      const { id } = await findRegistry(app, (await findAccount(app, options.account)).id, positionals.registry);
      const runner = {
        app,
        owner: workerName(process.pid, io.clock()),
        environment: io.env,
        platform: machinePlatform(),
        signal: io.signal,
        log: () => undefined,
      };
      const line = progressLine(io);
      try {
        return await syncNow(runner, id, line.show);
      } catch (error) {
        throw io.signal.aborted ? new LazaretError('cancelled', 'the sync was stopped; what was found until then is kept', { cause: error }) : error;
      } finally {
        line.end();
      }
    });
    io.stdout(options.format === 'json' ? json(report) : reportText(report));
    if (options.format !== 'json') tellProblems(report, io);
    return report.problems.length > 0 ? errorStatus : 0;
  },
});

const clearLine = '\r\u001b[K';

// One line on a terminal, elsewhere nothing.
function progressLine(io: Io): { readonly show: (progress: SyncProgress) => void; readonly end: () => void } {
  const isShown = io.isTerminal && isCapable(io.env);
  return {
    show: ({ done, repositories, found }) => {
      const text = `${done} of ${pluralText(repositories, 'repository', 'repositories')}, ${pluralText(found.tags, 'tag')}, ${found.newImages} new`;
      if (isShown) io.stderr(`${clearLine}${cutCells(text, io.columns - 1)}`);
    },
    end: () => {
      if (isShown) io.stderr(clearLine);
    },
  };
}

function reportText({ repositories, tags, newImages, queuedScans, goneTags, otherArtifacts, problems }: SyncReport): string {
  const lines = [
    `${pluralText(repositories, 'repository', 'repositories')}, ${pluralText(tags, 'tag')}: ${pluralText(newImages, 'new image')}, ${pluralText(queuedScans, 'scan')} queued, ${pluralText(goneTags, 'tag')} gone.`,
    ...(otherArtifacts > 0 ? [`${pluralText(otherArtifacts, 'tag')} left out: signatures, charts and other things that are no images.`] : []),
    ...(problems.length > 0 ? [`${pluralText(problems.length, 'problem')}: what is concerned stays as it was known.`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

const toldProblems = 20;

function tellProblems({ problems }: SyncReport, io: Io): void {
  for (const { repository, tag, message } of problems.slice(0, toldProblems)) {
    const place = `${repository}${tag === '' ? '' : `:${tag}`}`;
    io.stderr(`lazaret: ${printable(place === '' ? message : `${place}: ${message}`)}\n`);
  }
  if (problems.length > toldProblems) io.stderr(`lazaret: ${problems.length - toldProblems} more; --format json lists them\n`);
}
