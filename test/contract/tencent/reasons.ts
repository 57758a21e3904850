/** Why fields and parameters say or change nothing. */
export const reasons = {
  noVulnerabilities:
    'Only malicious files are looked for: vulnerabilities, their components and sensitive data are never found, so their counts are 0 and their texts empty.',
  virusesOnly: 'Only malicious files are looked for: what is asked for besides is left out, and refused where it is asked for alone.',
  noContainers: 'Running containers and super nodes are not watched, so their counts are 0.',
  noAgent: 'No agent takes part in scans, so that none can fail.',
  noLicence: 'Nothing needs a licence: everything is authorised.',
  noTrust: 'Images cannot be marked as trusted, and none is picked out for scanning by the vendor.',
  nothingForced: 'There is nothing to force: a scan that is asked for always looks at the whole image.',
  noHosts: 'The server itself reaches registries; no hosts of the account try it for it.',
  noWebhook: 'Registries are asked, on a schedule or on request, and call nobody.',
  triedLater:
    'The connection is tried by the update that follows, whose state and error DescribeAssetImageRegistryAssetStatus and the list of registries tell.',
  neverTold: 'A password is kept to be shown to its registry, and told to nobody.',
  refusedInstead: 'Always the word for success: what cannot be done is refused with an error.',
} as const;
