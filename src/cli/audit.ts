import { findAccount } from '#app/accounts.ts';
import { accountOption, json, timeText } from './account-option.ts';
import { defineCommand } from './command.ts';
import { withRecords } from './open-app.ts';
import { grid } from './output/grid.ts';
import { dataOption } from './settings.ts';
import { answerOption, readSince, wholeNumber } from './values.ts';

const readCount = wholeNumber(100_000);

export const auditCommand = defineCommand({
  name: 'audit',
  summary: 'show the calls that changed something, newest first: who, from where, what, and what came of it',
  options: {
    data: dataOption,
    account: accountOption,
    action: { type: 'list', flag: 'action', value: 'NAME', description: 'only these actions' },
    key: { type: 'list', flag: 'key', value: 'SECRETID', description: 'only calls with these keys' },
    since: {
      type: 'text',
      flag: 'since',
      value: 'TIME',
      description: 'only the last so long, such as 24h or 30d, or since a time such as 2026-01-31',
      read: readSince,
    },
    limit: { type: 'text', flag: 'limit', value: 'N', default: '100', description: 'how many at most', read: readCount },
    format: answerOption,
  },
  positionals: {},
  async run({ options }, io) {
    const { rows, total } = await withRecords(options, io, async (records) =>
      records.store.audit.list({
        accountId: (await findAccount(records, options.account)).id,
        ...(options.action.length === 0 ? {} : { actions: options.action }),
        ...(options.key.length === 0 ? {} : { keyIds: options.key }),
        ...(options.since === undefined ? {} : { since: options.since(io.clock()) }),
        offset: 0,
        limit: options.limit,
      }),
    );
    if (options.format === 'json') io.stdout(json(rows.map((row) => ({ ...row, at: timeText(row.at) }))));
    else if (total === 0) io.stderr('Nothing is recorded that fits.\n');
    else {
      const titles = ['TIME', 'CLOUD', 'KEY', 'FROM', 'ACTION', 'OUTCOME', 'INPUT'];
      for (const line of grid(
        titles,
        rows.map((row) => [timeText(row.at), row.cloud, row.keyId, row.address, row.action, row.code, row.input.slice(0, 80)]),
      ))
        io.stdout(line);
      if (total > rows.length) io.stderr(`${total - rows.length} more; see --limit\n`);
    }
    return 0;
  },
});
