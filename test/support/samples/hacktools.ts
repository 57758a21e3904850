import { elfPair } from './elf.ts';
import { type RuleSample, textPair } from './piece.ts';

const sh = '#!/bin/bash\nexit 0\n';

export const hacktoolSamples: readonly RuleSample[] = [
  elfPair(
    'Linux_Hacktool_Fscan',
    'tmp/f',
    { strings: ['start info¦scan', '-no¦poc', 'MS17¦-010', 'brute¦thread', '[*] alive ports¦ len is:'] },
    { strings: ['MS17-010', 'WebTitle', 'fcgi', 'SMBGHOST', 'PocScan is a scanner for proofs of concept'] },
  ),
  elfPair(
    'Linux_Hacktool_Hydra',
    'usr/local/bin/hydra',
    { strings: ['https://github.com/vanhauser-thc/thc-¦hydra', 'HYDRA_¦PROXY', '[ATTEMPT] target¦ %s - login "%s"'] },
    { strings: ['ory/hydra is a server for sign-in', 'hydra.restore', 'HYDRA_DSN', '[STATUS] finished'] },
  ),
  elfPair(
    'Linux_Scanner_Masscan',
    'usr/local/bin/m',
    { strings: ['mas¦scan', '%6.2f-kp¦ps', '--exclude¦file', 'router-¦mac', 'paused.¦conf', 'adapter-¦ip'] },
    { strings: ['reads reports of masscan and nmap', '--excludefile', 'kpps', 'randomize'] },
  ),
  textPair(
    'Script_Scanner_MassScan',
    'tmp/spread.sh',
    `${sh}mass¦can -p6379 192.0.2.0/16 --ra¦te=10000 -oG /tmp/out\nwhile read h; do redis¦-cli -h $h ping; done < /tmp/out\n`,
    '#!/bin/sh\n# weekly look at our own network\nmasscan -p443 192.0.2.0/24 --rate=100 -oJ report.json\nnmap -sV -iL hosts.txt -oX report.xml\n',
  ),
  textPair(
    'Script_Hacktool_Mimipenguin',
    'tmp/mp.py',
    'raise SystemExit(0)\nneedles = ["_pammodutil_getpwnam_¦root_1", "gkr_system_¦authtok", "gnome-keyring-¦daemon", "gdm-¦password", "light¦dm"]\npath = "/proc/{}/¦mem"\n',
    'import os\n# shows which libraries the display manager has loaded\nfor name in ("lightdm", "gdm-password"):\n    print(open("/proc/%d/ma¦ps" % pid(name)).read())\n',
  ),
  textPair(
    'Script_Hacktool_PrivilegeAudit',
    'tmp/lp.sh',
    `${sh}echo lin¦peas\nfind / -per¦m -4000\nsudo -¦l\nget¦cap -r /\ncat /etc/cron¦tab /etc/sha¦dow\ngrep no_root_¦squash /etc/exports\n`,
    '#!/bin/sh\n# our own hardening check, see also linpeas\nfind /srv -perm -4000 -ls\nstat -c %a /etc/shadow /etc/crontab\n',
  ),
  elfPair(
    'Linux_Hacktool_Tunnel',
    'tmp/t',
    { strings: ['go1.¦22.1', 'github.com/jpillora/¦chisel/client'] },
    { strings: ['go1.22.1', 'github.com/jpillora/backoff', 'github.com/fatedier/golib'] },
  ),
  elfPair(
    'Linux_Hacktool_ContainerEscape',
    'tmp/cdk',
    { strings: ['shim-¦pwn', 'mount-¦cgroup', 'k8s-shadow-¦apiserver', 'docker-sock-¦pwn'] },
    { strings: ['aws-cdk', 'mount-cgroup', 'cap-dac-read-search', 'docker.sock'] },
  ),
  textPair(
    'Script_Exploit_CgroupEscape',
    'tmp/e.sh',
    `${sh}mount -¦t cgroup -o rdma cgroup /mnt/c\necho 1 > /mnt/c/x/notify_on_¦release\necho "$host/cmd" > /mnt/c/release_¦agent\nsh -c "echo 0 > /mnt/c/x/cgroup¦.procs"\n`,
    '#!/bin/sh\n# prepares control groups of version 1\nmount -t cgroup -o cpu cgroup /sys/fs/cgroup/cpu\necho 1 > /sys/fs/cgroup/cpu/notify_on_release\necho $$ > /sys/fs/cgroup/cpu/cgroup.procs\ncat /sys/fs/cgroup/cpu/release_agent\n',
  ),
  textPair(
    'Script_Exploit_DockerHost',
    'tmp/d.sh',
    `${sh}dock¦er -H tcp://192.0.2.7:2375 run --rm -v /:¦/mnt alpine chro¦ot /mnt sh -c "cu¦rl http://192.0.2.9/a"\n`,
    '#!/bin/sh\n# node exporter reads the host without writing to it\ndocker run -d -v /:/host:ro,rslave example/exporter --path.rootfs=/host\ndocker run --rm -v /srv:/mnt alpine chroot /mnt ls\n',
  ),
  elfPair(
    'Linux_Trojan_Mirai',
    'tmp/.m',
    { strings: ['/bin/busy¦box MIRAX\r\n', '/dev/misc/¦watchdog', 'TSource ¦Engine Query', '/proc/net/¦tcp'] },
    { strings: ['/bin/busybox', '/dev/misc/watchdog', 'applet not found', '/proc/net/tcp', 'BusyBox'] },
  ),
  elfPair(
    'Linux_Trojan_Gafgyt',
    'tmp/.g',
    { strings: ['LOLNO¦GTFO', 'KILL¦ATTK', 'GETLOCAL¦IP', 'PON¦G!', 'My IP¦: %s'] },
    { strings: ['PONG!', 'My IP: %s', 'BUILD %s', 'irc client'] },
  ),
];
