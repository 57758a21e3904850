/** Why fields and parameters say or change nothing. */
export const reasons = {
  noContainers: 'Containers, clusters and pods are not watched.',
  noHosts: 'Rows are about images, never about hosts, snapshots or images of hosts.',
  samplesNotKept: 'Samples are not kept, so there is nothing to download or to highlight.',
  success: 'Always the word for success: what cannot be done is refused with an error.',
  noLicence: 'There is no licence, so nothing runs out.',
  serverRate: 'The rate is that of the server, the same for everyone until it is started with another one.',
  nothingRun: 'Files are never run to see what they do.',
  sameForAllTypes: 'Files of all types are judged by the same engines.',
  byHash: 'A file is named by its hash alone.',
  oneOperation: 'There is one kind of rule, the white list, and its conditions all match in the same ways.',
  oneFileRule: 'Rules for files compare for equality, and hold for all that is scanned.',
  noSelections: 'The number is of a selection of assets, and there are no selections.',
  oneTask: 'Scans of images are the only tasks, each by one name.',
  nothingEnded: 'Nothing of what is listed has ended.',
  onlyImages: 'Nothing is built in repositories, and nothing is known of them but the images that they hold.',
  onlyMalware: 'Only malicious files are looked for: vulnerabilities and baselines never are.',
  goneUntold: 'Every image that is told of is there as it is told.',
  noBusinessTags: 'Nothing is known of what business images are for.',
  sourceAddress: 'The address is taken from the connection.',
} as const;

/** Fields with which calls report their own success. */
export function successOf(actions: readonly string[], names: readonly string[] = ['Code', 'Message', 'Success']): Readonly<Record<string, string>> {
  return Object.fromEntries(actions.flatMap((action) => names.map((name) => [`${action}Response.${name}`, reasons.success])));
}
