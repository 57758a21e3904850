import type { RegistryKind } from '#domain/registry.ts';
import type { App } from './app.ts';
import type { RepositoryImageChoice } from './choose-repository-images.ts';
import type { RepositoryImageName } from './find-repository-image.ts';
import { findRepositoryImages } from './find-repository-image.ts';
import type { DescribedScanSetting, ScanSchedule } from './image-scan-setting.ts';
import { describeSetting } from './image-scan-setting.ts';
import { saveSchedule } from './set-image-scan.ts';

/** What a timed scan of images of registries looks at. */
export interface RegistryTimedChoice {
  readonly kind: 'all' | 'chosen' | 'recommended';
  readonly images: readonly RepositoryImageName[];
  readonly except: readonly number[];
  /** Only in such registries; with the names under which they were asked for. */
  readonly registryKinds?: readonly RegistryKind[];
  readonly registryTypes: readonly string[];
  /** Only in these; none: in all. */
  readonly namespaces: readonly string[];
  /** Only the newest tag of each repository. */
  readonly latest: boolean;
  /** Only images with a running container; none is known. */
  readonly running: boolean;
}

/** A timed scan of the images of an account's registries. */
export interface RegistryScanSetting extends ScanSchedule {
  readonly choice: RegistryTimedChoice;
}

/** The images that a timed scan is for. What is named that is gone by then counts for nothing. */
export function timedRepositoryImages({ kind, images, except, registryKinds, namespaces, latest, running }: RegistryTimedChoice): RepositoryImageChoice {
  return {
    ...(kind === 'chosen' ? { named: { images, mayLack: true } } : {}),
    filter: {
      ...(registryKinds === undefined ? {} : { kinds: registryKinds }),
      ...(namespaces.length === 0 ? {} : { namespaces: { values: namespaces, exact: true } }),
      ...(latest ? { latest } : {}),
      ...(running ? { none: true } : {}),
    },
    except,
    recommended: kind === 'recommended',
  };
}

/** The account's timed scan of images of registries; undefined when none was ever set. */
export async function describeRegistryScanSetting(app: App, accountId: string): Promise<DescribedScanSetting<RegistryScanSetting> | undefined> {
  return describeSetting(app, accountId, 'registry');
}

/**
 * Sets the account's timed scan of images of registries; see `setImageScan`.
 * @throws LazaretError 'not-found' when one of the chosen images does not exist.
 */
export async function setRegistryScan(app: App, accountId: string, setting: RegistryScanSetting): Promise<void> {
  const { kind, images } = setting.choice;
  if (setting.enabled && kind === 'chosen') await findRepositoryImages(app, accountId, { images, mayLack: false });
  await saveSchedule(app, { accountId, kind: 'registry' }, setting);
}
