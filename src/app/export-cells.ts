import { engineKinds } from '#domain/detection.ts';
import { detectionText } from '#domain/detection-text.ts';
import { baseName } from '#domain/path.ts';
import type { Cell } from '#lib/xlsx-writer.ts';
import type { ExportColumn, FindingExport, FindingField, FindingRecord, ImageField, ImageRecord, RepositoryImageField } from './app.ts';
import { scanStateOf } from './app.ts';
import { repositoryAddress } from './find-repository-image.ts';
import type { ListedRepositoryImage } from './repository-image-filter.ts';

/** How texts and times are written. */
type Form = Pick<FindingExport, 'language' | 'zoneMinutes'>;

/** What stands in a column of a finding. */
export function findingCell(finding: FindingRecord, column: ExportColumn<FindingField>, { language, zoneMinutes }: Form): Cell {
  const { verdict } = finding;
  switch (column.field) {
    case 'path':
      return finding.path;
    case 'fileName':
      return baseName(finding.path);
    case 'fileType':
      return worded(column, finding.fileType);
    case 'name':
      return verdict.name;
    case 'severity':
      return worded(column, verdict.severity);
    case 'tags':
      return verdict.tags.join(', ');
    case 'description':
    case 'advice':
      return detectionText(verdict.detections, column.field, language) || (column.otherwise ?? '');
    case 'size':
      return finding.size;
    case 'firstSeen':
    case 'lastSeen':
      return timeText(finding[column.field], zoneMinutes);
    case 'md5':
      return finding.md5;
    case 'engines':
      return engineKinds
        .filter((kind) => verdict.detections.some((detection) => detection.kind === kind))
        .map((kind) => worded(column, kind))
        .join(', ');
  }
}

/** What stands in a column of an image. */
export function imageCell(
  { record, isLatest }: { readonly record: ImageRecord; readonly isLatest: boolean },
  column: ExportColumn<ImageField>,
  form: Form,
): Cell {
  const { image, scan } = record;
  switch (column.field) {
    case 'id':
      return image.id;
    case 'reference':
      return image.reference;
    case 'digest':
      return image.digest;
    case 'created':
      return timeText(Date.parse(image.created), form.zoneMinutes);
    case 'size':
      return image.size;
    case 'osName':
      return record.osName;
    case 'scanState':
      return worded(column, scanStateOf(record));
    case 'scanError':
      return scan?.error ?? '';
    case 'scanTime':
      return timeText(scan?.finishedAt ?? scan?.startedAt, form.zoneMinutes);
    case 'findings':
      return record.visibleFindings;
    case 'infected':
      return worded(column, String(record.visibleFindings > 0));
    case 'hosts':
      return record.hosts;
    case 'latest':
      return worded(column, String(isLatest));
    case 'fixed':
      return column.otherwise ?? '';
  }
}

/** What stands in a column of an image of a registry. */
export function repositoryImageCell({ place, isLatest }: ListedRepositoryImage, column: ExportColumn<RepositoryImageField>, form: Form): Cell {
  const { registry, repository, image } = place;
  const { field } = column;
  switch (field) {
    case 'placeId':
      return place.id;
    case 'registryId':
      return registry === undefined ? '' : String(registry.id);
    case 'registryName':
      return registry?.name ?? '';
    case 'registryKind':
      return worded(column, registry?.kind ?? '');
    case 'region':
      return worded(column, registry?.region ?? '');
    case 'namespace':
      return repository.namespace;
    case 'repository':
      return repository.name;
    case 'tag':
      return place.tag;
    case 'address':
      return repositoryAddress(place);
    case 'manifest':
      return place.digest;
    case 'progress':
      return Math.floor(image.scan?.progress ?? 0);
    case 'remainingSeconds':
      return Math.ceil(image.scan?.remainingSeconds ?? 0);
    case 'scanStarted':
      return timeText(image.scan?.startedAt, form.zoneMinutes);
    case 'scanFinished':
      return timeText(image.scan?.finishedAt, form.zoneMinutes);
    default:
      return imageCell({ record: image, isLatest }, { ...column, field }, form);
  }
}

function worded({ words }: Pick<ExportColumn<string>, 'words'>, value: string): string {
  return words !== undefined && Object.hasOwn(words, value) ? (words[value] ?? value) : value;
}

/** `YYYY-MM-DD hh:mm:ss`; '' for what is no time. */
function timeText(milliseconds: number | undefined, zoneMinutes: number): string {
  const date = new Date((milliseconds ?? Number.NaN) + zoneMinutes * 60_000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 19).replace('T', ' ');
}
