// Scanners, credential tools, container escapes, bots. Rules tell facts about behaviour and format; each has a sample and a near miss in test/support/samples.ts.

rule Linux_Hacktool_Fscan : hacktool scanner {
  meta:
    name = "Linux.Hacktool.Fscan"
    family = "Fscan"
    severity = "high"
    tags = "hacktool,scanner"
    description = "fscan or a build of it: scans inner networks, tries passwords and known holes in one run. Intruders use it to spread from the first machine."
    description_zh = "fscan 及其变种：一键扫描内网、爆破口令并检测漏洞，入侵者常用它横向移动。"
    advice = "Ask the owner of the image or host whether the tool belongs there. If not, remove it, look for scans or logins that started from this machine, and treat the machine as broken into."
    advice_zh = "向镜像或主机负责人确认该工具是否应当存在。若否，删除它，核查由本机发起的扫描或登录，并按已失陷主机处理。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1046/"
  strings:
    $a = "shadow1ng/fscan"
    $b = "start infoscan"
    $c = "-nopoc"
    $d = "WebTitle"
    $e = "MS17-010"
    $f = "fcgi"
    $g = "PocScan"
    $h = "brutethread"
    $i = "-nobr"
    $j = "[*] alive ports len is:"
    $k = "Redis:%s %s file:%s/%s"
    $l = "icmp alive hosts len is"
    $m = "SMBGHOST"
  condition:
    uint32(0) == 0x464c457f
    and filesize < 60MB
    and (($a and 2 of them) or 5 of ($b, $c, $e, $g, $h, $i, $j, $k, $l, $m))
}

rule Linux_Hacktool_Hydra : hacktool bruteforce {
  meta:
    name = "Linux.Hacktool.Hydra"
    family = "Hydra"
    severity = "medium"
    tags = "hacktool,bruteforce"
    description = "THC Hydra, which tries passwords on network services. Fine in a tester's toolbox, wrong on a server."
    description_zh = "THC Hydra 网络口令爆破工具。在测试人员的工具箱中正常，出现在服务器上则不正常。"
    advice = "Ask the owner of the image or host whether the tool belongs there. If not, remove it, look for scans or logins that started from this machine, and treat the machine as broken into."
    advice_zh = "向镜像或主机负责人确认该工具是否应当存在。若否，删除它，核查由本机发起的扫描或登录，并按已失陷主机处理。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1110/001/"
  strings:
    $a = "thc-hydra"
    $b = "[ATTEMPT] target %s - login"
    $c = "HYDRA_PROXY"
    $d = "hydra.restore"
    $e = "[STATUS] attack finished for %s"
    $f = "[DATA] attacking %s"
  condition:
    uint32(0) == 0x464c457f
    and filesize < 20MB
    and 3 of them
}

rule Linux_Scanner_Masscan : hacktool scanner {
  meta:
    name = "Linux.Scanner.Masscan"
    family = "Masscan"
    severity = "medium"
    tags = "hacktool,scanner"
    description = "masscan, which finds open ports over very large address ranges. Worms and intruders bring it along to look for the next victims."
    description_zh = "masscan 大规模端口扫描器，蠕虫和入侵者常携带它寻找下一个目标。"
    advice = "Ask the owner of the image or host whether the tool belongs there. If not, remove it, look for scans or logins that started from this machine, and treat the machine as broken into."
    advice_zh = "向镜像或主机负责人确认该工具是否应当存在。若否，删除它，核查由本机发起的扫描或登录，并按已失陷主机处理。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1046/"
  strings:
    $a = "masscan"
    $b = "kpps"
    $c = "--excludefile"
    $d = "router-mac"
    $e = "paused.conf"
    $f = "adapter-ip"
    $g = "randomize-hosts"
    $h = "Initiating SYN Stealth Scan"
    $i = "FAIL: could not determine default interface"
  condition:
    uint32(0) == 0x464c457f
    and filesize < 20MB
    and $a
    and 5 of them
}

rule Script_Scanner_MassScan : hacktool scanner {
  meta:
    name = "Script.Scanner.MassScan"
    family = "MassScan"
    severity = "high"
    tags = "hacktool,scanner"
    description = "A script that scans large address ranges and hands each open port to an attack: login attempts, Redis or Docker commands, or a download."
    description_zh = "大范围扫描网段并对每个开放端口发起攻击（爆破、Redis/Docker 命令、下载执行）的脚本。"
    advice = "Ask the owner of the image or host whether the tool belongs there. If not, remove it, look for scans or logins that started from this machine, and treat the machine as broken into."
    advice_zh = "向镜像或主机负责人确认该工具是否应当存在。若否，删除它，核查由本机发起的扫描或登录，并按已失陷主机处理。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1595/001/"
  strings:
    $scan = /\b(masscan|zmap|pnscan)\b[^\n]{0,200}(\s-p\s?[0-9]{2,5}|--ports?[= ]|\s-W\s|\s-r\s?[0-9]{3})/
    $rate = /(--(max-)?rate[= ]\s?["']?[$0-9]|\s-B\s?[0-9]{1,4}M|--bandwidth|\s-[ns][ 0-9]{2,5})/
    $range = /([0-9]{1,3}\.[0-9$a-zA-Z{}.]{3,30}\/(8|12|16)\b|0\.0\.0\.0\/0)/
    $redis = /\bredis-cli\s{1,4}-h\s/
    $ssh = /\b(sshpass|hydra|medusa|ncrack)\s{1,4}-/
    $docker = /\bdocker\s{1,4}-H\s/
    $docker2 = /:2375\/(containers|version|v1\.)/
  condition:
    filesize < 512KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $scan
    and any of ($rate, $range)
    and any of ($redis, $ssh, $docker, $docker2)
}

rule Script_Hacktool_Mimipenguin : hacktool credential {
  meta:
    name = "Script.Hacktool.Mimipenguin"
    family = "Mimipenguin"
    severity = "high"
    tags = "hacktool,credential"
    description = "A program that reads the memory of log-in services for passwords in clear text, in the manner of mimipenguin."
    description_zh = "从登录相关进程内存中提取明文口令的程序（mimipenguin 一类）。"
    advice = "Ask the owner of the image or host whether the tool belongs there. If not, remove it, look for scans or logins that started from this machine, and treat the machine as broken into."
    advice_zh = "向镜像或主机负责人确认该工具是否应当存在。若否，删除它，核查由本机发起的扫描或登录，并按已失陷主机处理。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1003/007/"
  strings:
    $mem = /\/proc\/[^\s\/]{1,30}\/(mem|maps)\b/
    $a = "_pammodutil_getpwnam_root_1"
    $b = "gkr_system_authtok"
    $c = /\blibgck\\{0,2}-1\b/
    $d = /\blibgcrypt\\{0,2}\.so/
    $e = "gnome-keyring-daemon"
    $f = "gdm-password"
    $g = "sudo.+.+"
    $h = /\bsshd:/
    $i = /\$[156]\\?\$|\\\$[156]\\\$/
    $j = "lightdm"
    $k = "mimipenguin" nocase
    $l = "vsftpd"
  condition:
    filesize < 4MB
    and $mem
    and (5 of ($a, $b, $c, $d, $e, $f, $g, $h, $i, $j, $l) or ($k and 3 of them))
}

rule Script_Hacktool_PrivilegeAudit : hacktool {
  meta:
    name = "Script.Hacktool.PrivilegeAudit"
    family = "PrivilegeAudit"
    severity = "medium"
    tags = "hacktool"
    description = "A script that lists every way to gain root on this machine (linPEAS, LinEnum, linux-exploit-suggester and the like). Fine in the hands of a tester, otherwise the step before taking over."
    description_zh = "枚举本机提权途径的脚本（linPEAS、LinEnum、linux-exploit-suggester 等）。测试人员之外的人使用则意味着即将提权。"
    advice = "Ask the owner of the image or host whether the tool belongs there. If not, remove it, look for scans or logins that started from this machine, and treat the machine as broken into."
    advice_zh = "向镜像或主机负责人确认该工具是否应当存在。若否，删除它，核查由本机发起的扫描或登录，并按已失陷主机处理。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1082/"
  strings:
    $name = /\b(lin(ux)?peas|LinEnum|linux-exploit-suggester|unix-privesc-check|lse\.sh|linux-smart-enumeration|deepce)\b/ nocase
    $a = "/etc/shadow"
    $b = /-perm\s{1,4}[-\/](4000|u=s|2000|6000)/
    $c = /\bsudo\s{1,4}-(n\s{1,4}-?)?l/
    $d = "/etc/crontab"
    $e = /\bgetcap\s{1,4}-r/
    $f = "docker.sock"
    $g = "authorized_keys"
    $h = /no_root_squash/
    $i = /\bid_rsa\b/
  condition:
    filesize < 4MB
    and uint16(0) == 0x2123
    and $name
    and 5 of ($a, $b, $c, $d, $e, $f, $g, $h, $i)
}

rule Linux_Hacktool_Tunnel : hacktool tunnel {
  meta:
    name = "Linux.Hacktool.Tunnel"
    family = "Tunnel"
    severity = "medium"
    tags = "hacktool,tunnel"
    description = "A tunnel or reverse proxy (chisel, frp, gost, iox, ligolo, Stowaway, nps) that opens inner networks to the outside. Administrators use some of them too."
    description_zh = "内网穿透或反向代理工具（chisel、frp、gost、iox、ligolo、Stowaway、nps），可将内网暴露给外部；部分也用于正常运维。"
    advice = "Ask the owner of the image or host whether the tool belongs there. If not, remove it, look for scans or logins that started from this machine, and treat the machine as broken into."
    advice_zh = "向镜像或主机负责人确认该工具是否应当存在。若否，删除它，核查由本机发起的扫描或登录，并按已失陷主机处理。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1572/"
  strings:
    $a = "github.com/jpillora/chisel/client"
    $b = "github.com/fatedier/frp/client"
    $c = "github.com/ginuerzh/gost"
    $d = "github.com/EddieIvan01/iox"
    $e = "github.com/nicocha30/ligolo-ng"
    $f = "Stowaway/agent"
    $g = "ehang.io/nps/client"
    $h = "github.com/sysdream/ligolo"
    $go = /\bgo1\.[0-9]{1,2}/
  condition:
    uint32(0) == 0x464c457f
    and filesize < 60MB
    and $go
    and any of ($a, $b, $c, $d, $e, $f, $g, $h)
}

rule Linux_Hacktool_ContainerEscape : hacktool container {
  meta:
    name = "Linux.Hacktool.ContainerEscape"
    family = "ContainerEscape"
    severity = "high"
    tags = "hacktool,container"
    description = "A toolkit for breaking out of containers and Kubernetes pods (CDK, peirates, botb). It has no place in a workload's image."
    description_zh = "容器与 Kubernetes 逃逸工具包（CDK、peirates、botb），不应出现在业务镜像中。"
    advice = "Ask the owner of the image or host whether the tool belongs there. If not, remove it, look for scans or logins that started from this machine, and treat the machine as broken into."
    advice_zh = "向镜像或主机负责人确认该工具是否应当存在。若否，删除它，核查由本机发起的扫描或登录，并按已失陷主机处理。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1611/"
  strings:
    $a = "github.com/cdk-team/CDK/pkg/exploit"
    $b = "github.com/inguardians/peirates"
    $c = "github.com/brompwnie/botb"
    $d = "shim-pwn"
    $e = "mount-cgroup"
    $f = "k8s-shadow-apiserver"
    $g = "docker-sock-pwn"
    $h = "k8s-backdoor-daemonset"
    $i = "cap-dac-read-search"
    $j = "abuse-unpriv-userns"
  condition:
    uint32(0) == 0x464c457f
    and filesize < 60MB
    and (any of ($a, $b, $c) or 4 of ($d, $e, $f, $g, $h, $i, $j))
}

rule Script_Exploit_CgroupEscape : hacktool container {
  meta:
    name = "Script.Exploit.CgroupEscape"
    family = "CgroupEscape"
    severity = "critical"
    tags = "hacktool,container"
    description = "A script that breaks out of a privileged container by way of the cgroup release agent, running a command as root on the host."
    description_zh = "利用 cgroup release_agent 从特权容器逃逸、以 root 身份在宿主机执行命令的脚本。"
    advice = "Ask the owner of the image or host whether the tool belongs there. If not, remove it, look for scans or logins that started from this machine, and treat the machine as broken into."
    advice_zh = "向镜像或主机负责人确认该工具是否应当存在。若否，删除它，核查由本机发起的扫描或登录，并按已失陷主机处理。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1611/"
  strings:
    $notify = /echo\s{1,4}1\s{0,4}>\s{0,4}[^\s]{1,80}\/notify_on_release/
    $agent = />\s{0,4}[^\s]{1,80}\/release_agent/
    $mount = /\bmount\s{1,4}-t\s{1,4}cgroup\b/
    $upper = /upperdir=|perdir=|overlay/
    $procs = /cgroup\.procs/
  condition:
    filesize < 256KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $notify
    and $agent
    and 2 of ($mount, $upper, $procs)
}

rule Script_Exploit_DockerHost : hacktool container {
  meta:
    name = "Script.Exploit.DockerHost"
    family = "DockerHost"
    severity = "critical"
    tags = "hacktool,container"
    description = "A command that has a Docker daemon start a container with the host's root mounted and then changes into it, which makes the caller root on that host."
    description_zh = "让 Docker 守护进程以挂载宿主机根目录的方式启动容器并 chroot 进入，从而获得宿主机 root 权限的命令。"
    advice = "Ask the owner of the image or host whether the tool belongs there. If not, remove it, look for scans or logins that started from this machine, and treat the machine as broken into."
    advice_zh = "向镜像或主机负责人确认该工具是否应当存在。若否，删除它，核查由本机发起的扫描或登录，并按已失陷主机处理。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1610/"
  strings:
    $run = /\bdocker\s{1,4}(-H\s{0,4}[^\s]{4,80}\s{1,4})?run\b[^\n]{0,160}(-v|--volume)[= ]\s?["']?\/:\/[^\n]{1,200}\bchroot\s{1,4}\/[a-z]{1,20}\b[^\n]{0,300}(curl|wget|base64|crontab|authorized_keys|\/dev\/tcp|python|cron)/
    $api = /"Binds"\s?:\s?\[\s?"\/:\/[^\n]{1,400}/
    $chroot = /"Cmd"\s?:\s?\[[^\n\]]{0,60}"chroot"/
    $fetch = /(curl|wget|base64|crontab|authorized_keys|\/dev\/tcp)/
  condition:
    filesize < 512KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and ($run or ($api and $chroot and $fetch))
}

rule Linux_Trojan_Mirai : botnet backdoor {
  meta:
    name = "Linux.Trojan.Mirai"
    family = "Mirai"
    severity = "critical"
    tags = "botnet,backdoor"
    description = "A bot of the Mirai kind: it tries factory passwords and holes of routers and cameras, joins floods against others, and keeps rivals out."
    description_zh = "Mirai 类僵尸程序：利用默认口令和设备漏洞传播，参与 DDoS 攻击并排斥同类。"
    advice = "Do not run the file. Remove it, block the addresses it downloads from, look for what it has already fetched and for cron, systemd and SSH key changes, then rebuild from a clean image."
    advice_zh = "不要执行该文件。删除它并封禁其下载地址，检查已下载的内容以及 cron、systemd、SSH 密钥的改动，然后用干净镜像重建。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1498/"
  strings:
    $busybox = /\/bin\/busybox [A-Z]{4,12}[\r\n\x00]/
    $watchdog = "/dev/misc/watchdog"
    $tsource = "TSource Engine Query"
    $gpon = "POST /GponForm/diag_Form"
    $huawei = "POST /ctrlt/DeviceUpgrade_1"
    $tmunblock = "/tmUnblock.cgi"
    $applet = "applet not found"
    $netcat = "/proc/net/tcp"
    $echo = "ECCHI"
    $think = "/index.php?s=/index/\\think"
    $loader = /\/bins?\/[a-z0-9_.-]{0,20}\.?(mpsl|arm7|sh4|m68k)/
    $shell = "enable\x00system\x00shell\x00sh\x00"
    $realtek = "SOAPAction: urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping"
  condition:
    uint32(0) == 0x464c457f
    and filesize < 4MB
    and 3 of them
    and any of ($busybox, $gpon, $huawei, $tmunblock, $shell, $tsource)
}

rule Linux_Trojan_Gafgyt : botnet backdoor {
  meta:
    name = "Linux.Trojan.Gafgyt"
    family = "Gafgyt"
    severity = "critical"
    tags = "botnet,backdoor"
    description = "A bot of the Gafgyt (Bashlite) kind: it obeys flood commands from a chat-like server and spreads by telnet."
    description_zh = "Gafgyt（Bashlite）类僵尸程序：接收服务器的泛洪指令，并通过 telnet 传播。"
    advice = "Do not run the file. Remove it, block the addresses it downloads from, look for what it has already fetched and for cron, systemd and SSH key changes, then rebuild from a clean image."
    advice_zh = "不要执行该文件。删除它并封禁其下载地址，检查已下载的内容以及 cron、systemd、SSH 密钥的改动，然后用干净镜像重建。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1498/"
  strings:
    $a = "LOLNOGTFO"
    $b = "KILLATTK"
    $c = "GETLOCALIP"
    $d = "PONG!"
    $e = "My IP: %s"
    $f = "[Shelling]"
    $g = "BUILD %s"
    $h = "HOLD Flooding"
    $i = "JUNK Flooding"
    $j = "UDP Flooding"
    $k = "TELNET LOGIN CRACKED"
    $l = "REPORT %s:%s:%s"
    $m = "Killed %d."
    $n = "TCP Flooding"
    $o = "gayfgt"
  condition:
    uint32(0) == 0x464c457f
    and filesize < 4MB
    and 4 of them
}
