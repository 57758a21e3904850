import { LazaretError } from '#domain/error.ts';

/** A platform in the words of the OCI image specification. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string;
}

// Go's names, which images use, for those of Node and of `uname -m`.
const architectures: Readonly<Record<string, string>> = {
  x64: 'amd64',
  x86_64: 'amd64',
  ia32: '386',
  i386: '386',
  aarch64: 'arm64',
  ppc64: 'ppc64le',
  loong64: 'loong64',
};

/** The platform of the running machine as `os/architecture`; images for Linux also on machines whose containers are Linux guests. */
export function machinePlatform(os: string = process.platform, architecture: string = process.arch): string {
  return `${os === 'win32' ? 'windows' : 'linux'}/${architectures[architecture] ?? architecture}`;
}

/** Reads `os/architecture[/variant]`; error `invalid-input` for anything else. */
export function parsePlatform(text: string): Platform {
  const match = /^([a-z0-9]{1,32})\/([A-Za-z0-9_]{1,32})(?:\/([a-z0-9.]{1,32}))?$/.exec(text);
  if (match === null) throw new LazaretError('invalid-input', `'${text.slice(0, 100)}' is no platform; write OS/ARCH, such as linux/amd64 or linux/arm/v7`);
  return normalized({ os: match[1] ?? '', architecture: match[2] ?? '', variant: match[3] ?? '' });
}

export function platformText(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter((part) => part !== '').join('/');
}

/** Of candidates in their order, the one for a platform: the same variant first, then one without a variant, then any where none was asked for. */
export function choosePlatform<T extends { readonly platform: Platform }>(wanted: Platform, candidates: readonly T[]): T | undefined {
  const fitting = candidates.filter((candidate) => {
    const { os, architecture } = normalized(candidate.platform);
    return os === wanted.os && architecture === wanted.architecture;
  });
  const withVariant = (variant: string) => fitting.find((candidate) => normalized(candidate.platform).variant === variant);
  return withVariant(wanted.variant) ?? withVariant('') ?? (wanted.variant === '' ? fitting[0] : undefined);
}

function normalized(platform: Platform): Platform {
  const architecture = architectures[platform.architecture] ?? platform.architecture;
  // arm64 knows a single variant that matters, and most images leave it out.
  const variant = architecture === 'arm64' && platform.variant === 'v8' ? '' : platform.variant;
  return { os: platform.os, architecture, variant };
}
