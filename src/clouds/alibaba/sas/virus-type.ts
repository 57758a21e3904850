import type { FileType } from '#domain/file-entry.ts';
import type { Verdict } from '#domain/finding.ts';

/** The kinds of malware that file detection knows. */
export const virusTypes = [
  'Trojan',
  'WebShell',
  'Backdoor',
  'RansomWare',
  'Scanner',
  'Stealer',
  'Malbaseware',
  'Hacktool',
  'Engtest',
  'Downloader',
  'Virus',
  'Miner',
  'Worm',
  'DDoS',
  'Malware',
  'RiskWare',
  'Proxytool',
  'Suspicious',
  'MalScript',
  'Rootkit',
  'Exploit',
] as const;
export type VirusType = (typeof virusTypes)[number];

// Words of malware names and tags, ours and those of well-known rule packs, in lower case.
const words: Readonly<Record<string, VirusType>> = {
  trojan: 'Trojan',
  rat: 'Trojan',
  banker: 'Trojan',
  webshell: 'WebShell',
  backdoor: 'Backdoor',
  bkdr: 'Backdoor',
  reverseshell: 'Backdoor',
  ransom: 'RansomWare',
  ransomware: 'RansomWare',
  scanner: 'Scanner',
  portscan: 'Scanner',
  stealer: 'Stealer',
  infostealer: 'Stealer',
  spyware: 'Stealer',
  keylogger: 'Stealer',
  credential: 'Stealer',
  packer: 'RiskWare',
  packed: 'RiskWare',
  hacktool: 'Hacktool',
  hktl: 'Hacktool',
  bruteforce: 'Hacktool',
  eicar: 'Engtest',
  testfile: 'Engtest',
  engtest: 'Engtest',
  downloader: 'Downloader',
  dropper: 'Downloader',
  dldr: 'Downloader',
  loader: 'Downloader',
  virus: 'Virus',
  infector: 'Virus',
  miner: 'Miner',
  coinminer: 'Miner',
  cryptominer: 'Miner',
  worm: 'Worm',
  ddos: 'DDoS',
  botnet: 'DDoS',
  flooder: 'DDoS',
  malware: 'Malware',
  mal: 'Malware',
  riskware: 'RiskWare',
  pua: 'RiskWare',
  adware: 'RiskWare',
  grayware: 'RiskWare',
  tunnel: 'Proxytool',
  proxy: 'Proxytool',
  proxytool: 'Proxytool',
  susp: 'Suspicious',
  suspicious: 'Suspicious',
  rootkit: 'Rootkit',
  exploit: 'Exploit',
  expl: 'Exploit',
  cve: 'Exploit',
};

/** What kind of malware a verdict speaks of: what its name says, else its tags, else what kind of file it is. */
export function virusTypeOf(verdict: Verdict, fileType: FileType): VirusType {
  const named = verdict.name.split(/[^A-Za-z0-9]+/).map((word) => word.toLowerCase());
  const found = [...named, ...verdict.tags.map((tag) => tag.toLowerCase())].find((word) => Object.hasOwn(words, word));
  if (found !== undefined) return words[found] ?? 'Malware';
  if (fileType === 'script' || fileType === 'text') return 'MalScript';
  return verdict.severity === 'critical' || verdict.severity === 'high' ? 'Malware' : 'Suspicious';
}
