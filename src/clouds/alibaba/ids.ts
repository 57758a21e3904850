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

const taskIdPattern = /^[0-9a-f]{32}$/i;

/** A scan task's id as 32 hex digits, as the vendor writes it. */
export function taskId(id: string): string {
  return Number(id).toString(16).padStart(32, '0');
}

/** The task that is meant by 32 hex digits, or by a number, as some answers give it; '' for no task. */
export function taskOf(text: string): string {
  if (/^\d{1,15}$/.test(text)) return text;
  const id = taskIdPattern.test(text) ? Number.parseInt(text, 16) : -1;
  return Number.isSafeInteger(id) && id > 0 ? String(id) : '';
}

/** A digest without `sha256:`, as the vendor shows digests of images and layers. */
export function bareDigest(digest: string): string {
  return digest.replace(/^sha256:/, '');
}
