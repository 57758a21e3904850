/** Ids as the vendor writes them, made from our numbers and back. A text that is no such id gives -1, which nothing has. */
const width = 16;

function idText(prefix: string, id: number): string {
  return id === 0 ? '' : `${prefix}${id.toString(36).padStart(width, '0')}`;
}

function idNumber(prefix: string, text: string): number {
  if (!text.startsWith(prefix) || !/^[0-9a-z]{16}$/.test(text.slice(prefix.length))) return -1;
  const id = Number.parseInt(text.slice(prefix.length), 36);
  return Number.isSafeInteger(id) ? id : -1;
}

/** `cri-…` of a registry; '' for none. */
export function instanceId(registryId: number): string {
  return idText('cri-', registryId);
}

export function registryIdOf(text: string): number {
  return idNumber('cri-', text);
}

/** `crr-…` of a repository; '' for none. */
export function repoId(repositoryId: number): string {
  return idText('crr-', repositoryId);
}

export function repositoryIdOf(text: string): number {
  return idNumber('crr-', text);
}

/** 32 hex digits of a task's decimal id. */
export function taskIdText(taskId: string): string {
  return Number(taskId).toString(16).padStart(32, '0');
}

/** The decimal id of a task; '-1' for what is none. Decimal text is taken too, since some calls are typed so. */
export function taskIdOf(text: string): string {
  if (/^[0-9]{1,15}$/.test(text)) return text;
  const id = /^0{18}[0-9a-f]{14}$/.test(text) ? Number.parseInt(text, 16) : -1;
  return Number.isSafeInteger(id) ? String(id) : '-1';
}

/** A digest without `sha256:`, as the vendor shows digests of images and layers. */
export function bareDigest(digest: string): string {
  return digest.replace(/^sha256:/, '');
}
