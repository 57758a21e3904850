import { elfPair } from './elf.ts';
import { type RuleSample, textPair } from './piece.ts';

const sh = '#!/bin/bash\nexit 0\n';

export const minerSamples: readonly RuleSample[] = [
  elfPair(
    'Linux_Miner_Xmrig',
    'tmp/.x/java',
    { strings: ['xm¦rig/6.0', 'donate-¦level', 'stratum¦+tcp://', 'random¦x/0', 'crypto¦night', 'huge-pages¦-jit'] },
    { strings: ['This monitor warns of xmrig and other miners', 'randomx', 'cryptonight', 'donate to this project', 'nicehash'] },
  ),
  elfPair(
    'Linux_Miner_Stratum',
    'tmp/m',
    { strings: ['stratum¦+tcp://pool.example.invalid:3333', 'mining¦.subscribe', 'mining¦.authorize', 'mining¦.submit'] },
    { strings: ['stratum+tcp://', 'blocked protocol', 'job_id', 'nonce', 'data mining.subscribe to news'] },
  ),
  textPair(
    'Config_Miner_Xmrig',
    'root/.c/config.json',
    '{ "cpu": true, "donate¦-level": 0, "pools¦": [ { "algo": "rx/0", "url": "pool.example.invalid:3333", "user": "nobody", "keepalive": true } ] }\n',
    '{ "pools": [ { "url": "postgres.example.invalid:5432", "user": "app", "keepalive": true } ], "donate-button": false }\n',
  ),
  textPair(
    'Script_Miner_Command',
    'tmp/run.sh',
    `${sh}nohup ./kworker -o stratum¦+tcp://pool.example.invalid:3333 -u nobody -p x >/dev/null 2>&1 &\n`,
    '#!/bin/sh\n# Lines such as stratum+tcp://pool in a proxy log point at miners.\ngrep -c stratum+tcp:// /var/log/proxy.log\nnohup curl -o out.bin https://files.example.invalid:8443/a -u user:secret &\n',
  ),
  textPair(
    'Script_Miner_KillRivals',
    'tmp/clean.sh',
    `${sh}pk¦ill -f xm¦rig\npk¦ill -f mine¦rd\npk¦ill -9 -f kin¦sing\nps aux | gr¦ep stra¦tum | awk '{print $2}' | xargs ki¦ll -9\n`,
    '#!/bin/sh\npkill -f nginx\npkill -f gunicorn\nkillall -9 java\nps aux | grep node | awk \'{print $2}\' | xargs kill -9\npgrep xmrig && echo "a miner runs here" | mail root\n',
  ),
  textPair(
    'Script_Miner_Boost',
    'root/boost.sh',
    `${sh}modprobe m¦sr\nwrm¦sr -a 0x1¦a4 0xf\nsysctl -w vm.nr_huge¦pages=1280\n`,
    '#!/bin/sh\n# huge pages for the database\nsysctl -w vm.nr_hugepages=1280\nmodprobe msr\nrdmsr -a 0x1a4\n',
  ),
  textPair(
    'Js_Miner_Browser',
    'var/www/html/index.html',
    '<script>if (false) { var miner = new Coin¦Hive.Anony¦mous("0000000000000000", { throttle: 0.3 }); miner.st¦art(); }</script>\n',
    '<script>var blocked = ["coinhive.min.js", "CoinHive.Anonymous", "cryptoloot.pro"]; var client = new Clie¦nt.User("someone-else"); client.start();</script>\n',
  ),
  elfPair(
    'Linux_Trojan_Kinsing',
    'tmp/kin',
    { strings: ['main.redis¦Brute', 'main.isMiner¦Running', 'main.health¦Checker', 'kdev¦tmpfsi'] },
    { strings: ['looks for kdevtmpfsi and kinsing', '/tmp/kinsing', 'main.main', 'main.check'] },
  ),
];
