import { createHash } from 'node:crypto';
import { imageRuleList } from '#clouds/alibaba/sas/image-rules.ts';
import { maliciousFileRuleList } from '#clouds/alibaba/sas/malicious-file-rules.ts';
import type { Detection } from '#domain/detection.ts';
import type { Finding } from '#domain/finding.ts';
import type { Image } from '#domain/image.ts';
import { registryKinds } from '#domain/registry.ts';
import { type Severity, severities } from '#domain/severity.ts';
import type { Store } from '#store/store.ts';
import { storeWork, type WorkFacts } from './estate-work.ts';
import { createRandom, type Random } from './random.ts';

/** How much an estate of images holds. Everything else grows with these. */
export interface EstateSize {
  readonly images: number;
  readonly findings: number;
}

type StoredFinding = Finding & { readonly sha1: string };

const accountId = 'default';
const hour = 3_600_000;
/** Images saved in one transaction. */
const together = 100;
const findingsOfSample = 20;
const samplesOfName = 20;
const tagsOfRepository = 10;
const registries = 6;

/** What of an estate is asked for: texts that many, few and no images have. */
export interface EstateFacts {
  readonly imageIds: readonly string[];
  readonly references: readonly string[];
  readonly layers: readonly string[];
  readonly digests: readonly string[];
  readonly md5s: readonly string[];
  readonly names: readonly string[];
  readonly hosts: readonly string[];
  readonly regions: readonly string[];
  /** Ids of images in registries. */
  readonly placeIds: readonly number[];
  readonly rules: readonly number[];
  readonly work: WorkFacts;
}

/**
 * Fills an empty store as scans and syncs do, through the functions that they use. Images differ much in how many findings they have (none to 600), one in ten
 * was scanned again after a part was fixed, one in twenty has lost its tag to a later one; samples spread unevenly, the commonest lies in a third of all images.
 */
export async function storeEstate(store: Store, size: EstateSize, now: number): Promise<EstateFacts> {
  const random = createRandom(7);
  for (let index = 0; index < registries; index++) await addRegistry(store, index, now);
  const samples = samplesOf(Math.max(20, Math.round(size.findings / findingsOfSample)), random);
  const counts = findingCounts(size, random);
  const images = counts.map((_, index) => imageOf(index, size, random));
  for (let start = 0; start < images.length; start += together) {
    await store.transaction(async () => {
      for (const [offset, image] of images.slice(start, start + together).entries()) {
        const index = start + offset;
        // Over a year, the newest last.
        const at = now - Math.round(((images.length - index) / images.length) * 365 * 24 * hour) - index;
        await saveImage(store, { image, index, at });
        if (index % 50 !== 49)
          await scanImage(store, { image, at, findings: findingsOf(image, counts[index] ?? 0, { samples, random }), isAgain: index % 10 === 3 });
      }
    });
  }
  const rules = await addRules(store, samples, now);
  const work = await storeWork(store, images, now);
  return { ...factsOf(images, samples, size), rules, work, placeIds: await placesOf(store) };
}

async function addRegistry(store: Store, index: number, now: number): Promise<void> {
  const policy = { repositories: [], repositoryPatterns: [], tagPatterns: [], newestTags: 0, schedule: '', scanNew: true };
  const kind = registryKinds[index % registryKinds.length] ?? 'docker';
  const registry = {
    accountId,
    name: `registry-${index}`,
    kind,
    address: addressOf(index),
    region: `region-${index % 3}`,
    insecure: false,
    username: '',
    secret: '',
  };
  await store.registries.add({ ...registry, policy }, now);
}

function addressOf(index: number): string {
  return `registry-${index}.example:5000`;
}

interface StoredSample {
  readonly finding: Omit<StoredFinding, 'path' | 'layer' | 'hidden'>;
  readonly fileName: string;
}

const kinds = ['Linux.Trojan', 'Linux.Backdoor', 'Linux.Miner', 'Php.Webshell', 'Jsp.Webshell', 'Win32.Ransom', 'Script.Downloader'];
const families = ['Mirai', 'Gafgyt', 'Xmrig', 'Kinsing', 'Tsunami', 'Agent', 'Chopper', 'Behinder', 'Godzilla', 'Rotajakiro'];

function samplesOf(count: number, random: Random): readonly StoredSample[] {
  return Array.from({ length: count }, (_, index) => {
    const severity = severities[Math.min(4, Math.floor(random.between(0, 99) / 22))] ?? 'low';
    const kind = kinds[index % kinds.length] ?? '';
    const family = families[Math.floor(index / kinds.length) % families.length] ?? '';
    // Some twenty samples share a name.
    const name = `${kind}.${family}.${Math.floor(index / (kinds.length * families.length * samplesOfName)).toString(36)}`;
    const digests = { sha256: digestOf('sha256', `s${index}`), md5: digestOf('md5', `s${index}`), sha1: digestOf('sha1', `s${index}`) };
    const detection = detectionOf(name, severity);
    const verdict = { name, severity, tags: detection.tags, detections: [detection] };
    return { finding: { ...digests, size: random.between(100, 5_000_000), fileType: 'script', verdict }, fileName: `file-${index.toString(36)}.so` };
  });
}

// A tenth of the images has none, most have some, a few have hundreds; scaled so that all together are as many as wanted.
function findingCounts({ images, findings }: EstateSize, random: Random): readonly number[] {
  const raw = Array.from({ length: images }, () => {
    const kind = random.between(1, 100);
    if (kind <= 10) return 0;
    if (kind <= 70) return random.between(5, 30);
    return kind <= 95 ? random.between(40, 120) : random.between(200, 600);
  });
  const sum = raw.reduce((total, each) => total + each, 0);
  let left = findings;
  return raw.map((each, index) => {
    const count = index === images - 1 ? left : Math.min(left, Math.round((each * findings) / sum));
    left -= count;
    return count;
  });
}

function imageOf(index: number, { images }: EstateSize, random: Random): Image {
  const repository = Math.floor(index / tagsOfRepository);
  const namespace = `team-${repository % Math.max(2, Math.round(images / 200))}`;
  const name = `${['app', 'shop', 'api', 'worker', 'proxy'][repository % 5] ?? 'app'}-${repository.toString(36)}`;
  const host = index % 2 === 0 ? '' : `${addressOf(repository % registries)}/`;
  // One in twenty takes the tag of the image before it.
  const tag = `1.${(index % 20 === 19 ? index - 2 : index) % (2 * tagsOfRepository)}`;
  const bases = Math.max(3, Math.round(images / 100));
  const base = random.between(0, bases - 1);
  const layers = Array.from({ length: random.between(3, 8) }, (_, position) => {
    const own = position < 2 ? `base ${base} ${position}` : `own ${index} ${position}`;
    return {
      digest: `sha256:${digestOf('sha256', `b${own}`)}`,
      diffId: `sha256:${digestOf('sha256', `d${own}`)}`,
      size: 1_000_000 + index,
      createdBy: 'COPY . /',
    };
  });
  return {
    id: `sha256:${digestOf('sha256', `image ${index}`)}`,
    digest: `sha256:${digestOf('sha256', `manifest ${index}`)}`,
    reference: `${host}${namespace}/${name}:${tag}`,
    platform: 'linux/amd64',
    created: new Date(1_600_000_000_000 + random.between(0, 100_000) * 1_000_000).toISOString(),
    author: '',
    size: layers.reduce((sum, layer) => sum + layer.size, 0),
    layers,
  };
}

async function saveImage(store: Store, { image, index, at }: { readonly image: Image; readonly index: number; readonly at: number }): Promise<void> {
  const isLocal = index % 2 === 0;
  const host = { id: `host-${index % 97}`, name: `node-${index % 97}` };
  const source = { target: image.reference, platform: image.platform, insecure: false };
  await store.images.save({ accountId, image, source, osName: 'Debian GNU/Linux 12 (bookworm)', local: isLocal, ...(isLocal ? { host } : {}) }, at);
}

interface StoredScan {
  readonly image: Image;
  readonly at: number;
  readonly findings: readonly StoredFinding[];
  /** Whether a first scan saw more. */
  readonly isAgain: boolean;
}

async function scanImage(store: Store, { image, at, findings, isAgain }: StoredScan): Promise<void> {
  if (isAgain) await store.images.setFindings(accountId, image.id, { findings, at: at - hour, partial: false });
  const left = isAgain ? findings.filter((_, index) => index % 4 !== 0) : findings;
  await store.images.setFindings(accountId, image.id, { findings: left, at, partial: false });
  const counts = { files: 5000, contents: 4000, bytes: 200_000_000, inspectedContents: 4000, cachedContents: 0, cachedLayers: 0, openedArchives: 0 };
  const scan = { state: 'done', startedAt: at - 60_000, finishedAt: at, progress: 100, remainingSeconds: 0, error: '', complete: true } as const;
  await store.images.setScan(accountId, image.id, { ...scan, stats: { ...counts, durationMs: 60_000 } });
}

function findingsOf(
  image: Image,
  count: number,
  { samples, random }: { readonly samples: readonly StoredSample[]; readonly random: Random },
): readonly StoredFinding[] {
  return Array.from({ length: count }, (_, index) => {
    // The cube makes few samples common: the first lies in every third image.
    const drawn = Math.floor(samples.length * (random.between(0, 999_999) / 1_000_000) ** 3);
    const { finding, fileName } = samples[drawn] as StoredSample;
    const layer = image.layers[index % image.layers.length]?.diffId ?? '';
    return { ...finding, path: `/srv/app/module-${index % 23}/${index}/${fileName}`, layer, hidden: index % 25 === 24 };
  });
}

async function placesOf(store: Store): Promise<readonly number[]> {
  const page = { accountId, ofRegistry: true, by: 'lastSeen', order: 'asc', limit: 1 } as const;
  const { total } = await store.repositories.images({ ...page, offset: 0 });
  const ids: number[] = [];
  for (const part of [0, 0.2, 0.5, 0.8, 1])
    ids.push(...(await store.repositories.images({ ...page, offset: Math.floor((total - 1) * part) })).rows.map(({ id }) => id));
  return ids;
}

async function addRules(store: Store, samples: readonly StoredSample[], now: number): Promise<readonly number[]> {
  const ids: number[] = [];
  for (let index = 0; index < 30; index++) {
    const sample = samples[Math.floor((samples.length * index) / 30)] as StoredSample;
    const conditions = [{ field: 'sha256', match: 'equals', value: sample.finding.sha256 }] as const;
    const list = index % 2 === 0 ? maliciousFileRuleList : imageRuleList;
    ids.push(
      await store.allowRules.add(
        { accountId, list, conditions, repositories: [], imageIds: [], note: `note ${index}`, extra: { eventType: 'maliciousFile' } },
        now,
      ),
    );
  }
  return ids;
}

function factsOf(images: readonly Image[], samples: readonly StoredSample[], { images: count }: EstateSize): Omit<EstateFacts, 'placeIds' | 'rules' | 'work'> {
  const chosen = [0, 0.1, 0.35, 0.5, 0.75, 0.9].map((part) => images[Math.floor(part * count)] as Image);
  const some = [0, 0.01, 0.3, 0.9].map((part) => samples[Math.floor(part * samples.length)] as StoredSample);
  return {
    imageIds: chosen.map(({ id }) => id),
    references: chosen.map(({ reference }) => reference),
    layers: chosen.flatMap(({ layers }) => [layers[0]?.diffId ?? '', layers[2]?.digest ?? '']),
    digests: chosen.map(({ digest }) => digest),
    md5s: some.map(({ finding }) => finding.md5),
    names: some.map(({ finding }) => finding.verdict.name),
    hosts: ['host-0', 'host-50'],
    regions: ['region-0', 'region-2'],
  };
}

function detectionOf(name: string, severity: Severity): Detection {
  return {
    engine: 'yara',
    kind: 'signature',
    rule: name.replaceAll('.', '_').toLowerCase(),
    pack: 'bench',
    name,
    severity,
    tags: [name.split('.')[1]?.toLowerCase() ?? ''],
    author: 'bench',
    reference: '',
    licence: '',
    description: { en: 'Does what its author wants.', zh: '执行作者想要的操作。' },
    advice: { en: 'Remove the file and look for how it came there.', zh: '删除该文件并排查入侵途径。' },
  };
}

function digestOf(algorithm: string, text: string): string {
  return createHash(algorithm).update(text).digest('hex');
}
