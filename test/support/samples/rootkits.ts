import { elfPair } from './elf.ts';
import { type RuleSample, textPair } from './piece.ts';

const sh = '#!/bin/bash\nexit 0\n';
const imported = (name: string) => ({ name, defined: false });
const exported = (name: string) => ({ name, defined: true });

export const rootkitSamples: readonly RuleSample[] = [
  elfPair(
    'Linux_Rootkit_PreloadHook',
    'usr/lib/libsel.so',
    { type: 3, strings: ['/etc/ld.so.¦preload', '/bin/¦sh'], symbols: [exported('readdir'), exported('readdir64'), imported('dlsym')] },
    { type: 3, strings: ['/etc/ld.so.preload', '/bin/sh'], symbols: [imported('readdir'), imported('dlsym'), exported('check_preload')] },
  ),
  elfPair(
    'Linux_Rootkit_ProcessHider',
    'usr/local/lib/libp.so',
    { type: 3, strings: ['/proc/self/¦fd/%d', '/proc/%s/¦stat'], symbols: [exported('readdir'), imported('dlsym')] },
    { type: 3, strings: ['/proc/self/fd/%d', '/proc/%s/stat'], symbols: [imported('readdir'), imported('dlsym'), exported('list_processes')] },
  ),
  elfPair(
    'Linux_Backdoor_LoginHook',
    'lib/x86_64-linux-gnu/libs.so',
    {
      type: 3,
      strings: ['/bin/¦sh', 'HIST¦FILE'],
      symbols: [exported('pam_authenticate'), exported('accept'), exported('fopen'), exported('lstat'), imported('dlsym')],
    },
    {
      type: 3,
      strings: ['/bin/sh', 'HISTFILE'],
      symbols: [exported('pam_sm_authenticate'), imported('pam_authenticate'), imported('fopen'), imported('dlsym')],
    },
  ),
  elfPair(
    'Linux_Rootkit_KernelModule',
    'lib/modules/x.ko',
    { type: 1, strings: ['ver¦magic=6.1.0', 'sys_call_¦table', 'getdents¦64', 'module_¦hide', 'give_¦root', 'is_invis¦ible'] },
    { type: 1, strings: ['vermagic=6.1.0', 'kallsyms_lookup_name', 'getdents64', 'commit_creds', 'license=GPL'] },
  ),
  textPair(
    'Script_Rootkit_PreloadInstall',
    'tmp/h.sh',
    `${sh}gcc -Wall -fPIC -sha¦red -o /usr/local/lib/libx.so x.c -l¦dl\necho /usr/local/lib/libx.¦so >> /etc/ld.so.pre¦load\nchat¦tr +i /etc/ld.so.pre¦load\n`,
    '#!/bin/sh\n# the allocator for every program of this image\napt-get install -y libjemalloc2\necho /usr/lib/x86_64-linux-gnu/libjemalloc.so.2 >> /etc/ld.so.preload\nldconfig\n',
  ),
  textPair('Config_Rootkit_PreloadEntry', 'etc/ld.so.preload', '/dev/shm¦/.cache/libx.so\n', '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2\n'),
];
