// Crypto miners: programs, configurations, scripts. Rules tell facts about behaviour and format; each has a sample and a near miss in test/support/samples.ts.

rule Linux_Miner_Xmrig : miner {
  meta:
    name = "Linux.Miner.Xmrig"
    family = "Xmrig"
    severity = "high"
    tags = "miner"
    description = "A program built from XMRig, which mines Monero on the processor. On machines that are not the miner's own it steals computing time and shows that somebody got in."
    description_zh = "基于 XMRig 构建的门罗币挖矿程序。出现在非授权机器上即占用算力，并表明已有人入侵。"
    advice = "End the mining process, remove the file and whatever restarts it (cron, systemd, init scripts), and find the entry point: exposed services, weak passwords or a tampered base image."
    advice_zh = "结束挖矿进程，删除文件及其自启动项（cron、systemd、启动脚本），并排查入侵入口：暴露的服务、弱口令或被篡改的基础镜像。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1496/001/"
  strings:
    $a = "xmrig"
    $b = "donate-level"
    $c = "stratum+tcp://"
    $d = "stratum+ssl://"
    $e = "randomx"
    $f = "cryptonight"
    $g = "donate.v2.xmrig.com"
    $h = "huge-pages-jit"
    $i = "cpu-max-threads-hint"
    $j = "daemon+http://"
    $k = "argon2-impl"
    $l = "nicehash"
  condition:
    uint32(0) == 0x464c457f
    and filesize < 50MB
    and ($g or (5 of them and any of ($c, $d, $j) and any of ($b, $h, $i)))
}

rule Linux_Miner_Stratum : miner {
  meta:
    name = "Linux.Miner.Stratum"
    family = "Stratum"
    severity = "high"
    tags = "miner"
    description = "A program that speaks Stratum, the protocol between miners and their pool. Only mining software needs it."
    description_zh = "使用 Stratum 矿池协议通信的程序，只有挖矿软件才需要该协议。"
    advice = "End the mining process, remove the file and whatever restarts it (cron, systemd, init scripts), and find the entry point: exposed services, weak passwords or a tampered base image."
    advice_zh = "结束挖矿进程，删除文件及其自启动项（cron、systemd、启动脚本），并排查入侵入口：暴露的服务、弱口令或被篡改的基础镜像。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1496/001/"
  strings:
    $url = /stratum\+?(tcp|ssl|tls|udp|1|2)?:\/\//
    $subscribe = "mining.subscribe"
    $authorize = "mining.authorize"
    $submit = "mining.submit"
    $difficulty = "mining.set_difficulty"
    $notify = "mining.notify"
    $login = /"method":\s?"login"/
    $keepalive = "keepalived"
    $job = "job_id"
    $nonce = "nonce"
    $target = "target"
    $agent = /(minerd|cpuminer|cgminer|bfgminer|xmr-stak|ccminer|ethminer|t-rex|nbminer|lolminer|phoenixminer|gminer|teamredminer|srbminer)/ nocase
  condition:
    uint32(0) == 0x464c457f
    and filesize < 60MB
    and $url
    and (3 of ($subscribe, $authorize, $submit, $difficulty, $notify) or ($login and $job and $nonce and $target and any of ($keepalive, $agent)) or ($agent and 2 of ($subscribe, $authorize, $submit, $notify)))
}

rule Config_Miner_Xmrig : miner {
  meta:
    name = "Config.Miner.Xmrig"
    family = "Xmrig"
    severity = "high"
    tags = "miner"
    description = "A configuration of XMRig or one of its relatives, with pool and wallet. It tells where the earnings go and that a miner runs or ran here."
    description_zh = "XMRig 类挖矿程序的配置文件，含矿池与钱包地址，说明此处运行或曾运行挖矿程序。"
    advice = "End the mining process, remove the file and whatever restarts it (cron, systemd, init scripts), and find the entry point: exposed services, weak passwords or a tampered base image."
    advice_zh = "结束挖矿进程，删除文件及其自启动项（cron、systemd、启动脚本），并排查入侵入口：暴露的服务、弱口令或被篡改的基础镜像。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1496/001/"
  strings:
    $pools = /"pools"\s?:\s?\[/
    $donate = /"donate-(level|over-proxy)"\s?:/
    $url = /"url"\s?:\s?"[^"\n]{4,120}:[0-9]{2,5}"/
    $user = /"user"\s?:\s?"[^"\n]{3,200}"/
    $algo = /"(algo|coin|rx|randomx|cpu|rig-id|nicehash|keepalive)"\s?:/
  condition:
    filesize < 64KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and all of them
}

rule Script_Miner_Command : miner {
  meta:
    name = "Script.Miner.Command"
    family = "Command"
    severity = "high"
    tags = "miner"
    description = "A script that starts a miner with a pool and a wallet on its command line."
    description_zh = "以命令行指定矿池和钱包启动挖矿程序的脚本。"
    advice = "End the mining process, remove the file and whatever restarts it (cron, systemd, init scripts), and find the entry point: exposed services, weak passwords or a tampered base image."
    advice_zh = "结束挖矿进程，删除文件及其自启动项（cron、systemd、启动脚本），并排查入侵入口：暴露的服务、弱口令或被篡改的基础镜像。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1496/001/"
  strings:
    $pool = /\s(-o|-P|--url|--pool|--server)[= ]\s{0,4}["']?(stratum\d?\+(tcp|ssl|tls|udp)|daemon\+http):\/\/[a-z0-9$.{-]/ nocase
    $user = /\s(-u|--user|-w|--wallet)[= ]\s{0,4}["']?[$a-zA-Z0-9{]/
    $wallet = /\s(-o|--url)[= ]\s{0,4}["']?[a-z0-9.+:\/-]{4,90}:\d{2,5}[^\n]{0,120}\s(-u|--user)[= ]\s{0,4}["']?[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}/
    $start = /(nohup\s|&\s{0,4}[\n;]|chmod\s|\bexec\s|screen\s{1,4}-|setsid\s|&>|2>&1|disown|ExecStart\s?=|^#!|crontab)/
  condition:
    filesize < 512KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $start
    and ($wallet or ($pool and $user))
}

rule Script_Miner_KillRivals : miner dropper {
  meta:
    name = "Script.Miner.KillRivals"
    family = "KillRivals"
    severity = "high"
    tags = "miner,dropper"
    description = "A script that ends the miners of other intruders by name or pool address before it installs its own."
    description_zh = "先按名称或矿池地址结束其他入侵者的挖矿进程、再安装自身的脚本。"
    advice = "End the mining process, remove the file and whatever restarts it (cron, systemd, init scripts), and find the entry point: exposed services, weak passwords or a tampered base image."
    advice_zh = "结束挖矿进程，删除文件及其自启动项（cron、systemd、启动脚本），并排查入侵入口：暴露的服务、弱口令或被篡改的基础镜像。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1496/001/"
  strings:
    $kill = /\b(pkill|killall)\s{1,4}(-[a-zA-Z0-9]{1,8}\s{1,4}){0,3}["']?(\.?\/?[a-z0-9\/]{0,20}\/)?(xmrig|xmr-stak|xmrigDaemon|xmrigMiner|minerd|minergate|cryptonight|kdevtmpfsi|kinsing|kthreaddi|kthrotlds|sysupdate|sysguard|networkservice|watchbog|ddgs|qW3xT|dbused|pwnrig|c3pool|crypto-pool|stratum|masscan|solr\.sh|cnrig|xmr|monerohash|watchdogs)/
    $grep = /\|\s{0,4}grep\s{1,4}(-[a-z]{1,3}\s{1,4})?["']?[^|\n]{0,30}(xmrig|xmr|minerd|minergate|cryptonight|kdevtmpfsi|kinsing|stratum|monero|pool\.|c3pool|hashvault|supportxmr|nanopool|:3333|:4444|:5555|:7777|:14444|watchbog|ddgs|pwnrig)[^\n]{0,160}\bkill\s{1,4}-(9|KILL)/
  condition:
    filesize < 512KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and #kill + #grep >= 4
}

rule Script_Miner_Boost : miner {
  meta:
    name = "Script.Miner.Boost"
    family = "Boost"
    severity = "medium"
    tags = "miner"
    description = "A script that sets huge pages and turns off the processor's prefetchers, a tuning that only RandomX mining profits from."
    description_zh = "设置大页内存并关闭 CPU 预取器的脚本，这种调优只对 RandomX 挖矿有益。"
    advice = "End the mining process, remove the file and whatever restarts it (cron, systemd, init scripts), and find the entry point: exposed services, weak passwords or a tampered base image."
    advice_zh = "结束挖矿进程，删除文件及其自启动项（cron、systemd、启动脚本），并排查入侵入口：暴露的服务、弱口令或被篡改的基础镜像。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1496/001/"
  strings:
    $msr = /\bwrmsr\s{1,4}-a\s{1,4}0x(1a4|c001102[0-9b])\s/ nocase
    $module = /\bmodprobe\s{1,4}msr\b/
    $pages = /vm\.nr_hugepages\s?=|\/nr_hugepages/
  condition:
    filesize < 512KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $msr
    and any of ($module, $pages)
}

rule Js_Miner_Browser : miner {
  meta:
    name = "Js.Miner.Browser"
    family = "Browser"
    severity = "medium"
    tags = "miner"
    description = "A page or script that mines in the visitor's browser. On a server it usually means that somebody changed the site's files."
    description_zh = "利用访问者浏览器挖矿的网页或脚本。出现在服务器上通常说明站点文件被篡改。"
    advice = "End the mining process, remove the file and whatever restarts it (cron, systemd, init scripts), and find the entry point: exposed services, weak passwords or a tampered base image."
    advice_zh = "结束挖矿进程，删除文件及其自启动项（cron、systemd、启动脚本），并排查入侵入口：暴露的服务、弱口令或被篡改的基础镜像。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1496/001/"
  strings:
    $new = /new\s{1,4}(CoinHive|CryptoLoot|deepMiner|Client|CRLT|Coinimp|WebMinePool|JSEcoin|Webmr)\s?\.\s?(Anonymous|User|Token)\s?\(\s?["'][A-Za-z0-9_-]{8,100}["']/
    $start = /\.\s?start\s?\(\s?(CoinHive|CryptoLoot|CRLT|deepMiner|Client)?/
    $throttle = /["']?throttle["']?\s?:\s?[01]?\.\d|setThrottle\s?\(/
    $known = /\b(CoinHive|CryptoLoot|deepMiner|CRLT)\s?\.\s?(Anonymous|User)\s?\(/
  condition:
    filesize < 2MB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $new
    and $start
    and any of ($throttle, $known)
}

rule Linux_Trojan_Kinsing : miner backdoor {
  meta:
    name = "Linux.Trojan.Kinsing"
    family = "Kinsing"
    severity = "critical"
    tags = "miner,backdoor"
    description = "The Kinsing agent, a Go program that takes commands, spreads to other machines and starts the miner kdevtmpfsi. It is found in exposed Docker, Redis and Kubernetes machines."
    description_zh = "Kinsing 木马：Go 编写，接收指令、横向传播并启动挖矿程序 kdevtmpfsi，常见于暴露的 Docker、Redis、Kubernetes。"
    advice = "End the mining process, remove the file and whatever restarts it (cron, systemd, init scripts), and find the entry point: exposed services, weak passwords or a tampered base image."
    advice_zh = "结束挖矿进程，删除文件及其自启动项（cron、systemd、启动脚本），并排查入侵入口：暴露的服务、弱口令或被篡改的基础镜像。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1496/001/"
  strings:
    $a = "kdevtmpfsi"
    $b = "main.redisBrute"
    $c = "main.getMinerPid"
    $d = "main.isMinerRunning"
    $e = "main.minRun"
    $f = "main.backconnect"
    $g = "main.healthChecker"
    $h = "main.masscan"
    $i = "main.tryToRunMiner"
    $j = "firewire.sh"
    $k = "/tmp/kinsing"
    $l = "main.connectForSocks"
    $m = "main.runTaskWithScan"
  condition:
    uint32(0) == 0x464c457f
    and filesize < 30MB
    and 3 of them
}
