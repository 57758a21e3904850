// Droppers, persistence and evasion. Rules tell facts about behaviour and format; each has a sample and a near miss in test/support/samples.ts.

rule Script_Dropper_CurlPipe : dropper {
  meta:
    name = "Script.Dropper.CurlPipe"
    family = "CurlPipe"
    severity = "high"
    tags = "dropper"
    description = "A script that pipes a download from a bare IP address into a shell and also hides or entrenches itself. Honest installers use names and do not cover their tracks."
    description_zh = "将裸 IP 地址的下载内容直接交给 shell 执行、同时隐藏或驻留自身的脚本。正规安装脚本使用域名且不掩盖痕迹。"
    advice = "Do not run the file. Remove it, block the addresses it downloads from, look for what it has already fetched and for cron, systemd and SSH key changes, then rebuild from a clean image."
    advice_zh = "不要执行该文件。删除它并封禁其下载地址，检查已下载的内容以及 cron、systemd、SSH 密钥的改动，然后用干净镜像重建。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1105/"
  strings:
    $pipe = /\b(curl|wget|lwp-download|cdt|wdt)\s[^\n|]{0,160}([0-9]{1,3}\.){3}[0-9]{1,3}(:[0-9]{2,5})?\/[^\n|]{0,120}\|\s{0,4}(sudo\s{1,4})?(nohup\s{1,4})?(\/bin\/|\/usr\/bin\/)?(ba|da|z|a)?sh\b/
    $subshell = /\b(ba|da|z)?sh\s{1,4}(-c\s{1,4}["']?)?(<\s?\(|\$\(|`)\s{0,4}(curl|wget)\s[^\n]{0,120}([0-9]{1,3}\.){3}[0-9]{1,3}(:[0-9]{2,5})?\//
    $cron = /\bcrontab\b|\/etc\/cron|\/var\/spool\/cron/
    $history = /(unset\s{1,4}HISTFILE|history\s{1,4}-c|HISTSIZE=0|HISTFILE=\/dev\/null)/
    $attr = /\bchattr\s{1,4}[^\n]{0,6}[+-][ia]{1,3}\b/
    $quiet = /\|\s{0,4}(sudo\s{1,4})?(nohup\s{1,4})?(\/bin\/|\/usr\/bin\/)?(ba|da|z|a)?sh\b[^\n|]{0,20}>\s{0,4}\/dev\/null\s{1,4}2>&1\s{0,4}&/
    $kill = /\b(pkill|killall)\s/
    $secure = /(setenforce\s{1,4}0|ufw\s{1,4}disable|iptables\s{1,4}-F)/
    $shm = /\/dev\/shm\//
    $keys = "authorized_keys"
  condition:
    filesize < 512KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and any of ($pipe, $subshell)
    and any of ($cron, $history, $attr, $quiet, $kill, $secure, $shm, $keys)
}

rule Script_Dropper_CronFetch : dropper persistence {
  meta:
    name = "Script.Dropper.CronFetch"
    family = "CronFetch"
    severity = "critical"
    tags = "dropper,persistence"
    description = "A cron entry that fetches a script every few minutes and pipes it into a shell. The intruder stays, whatever else is removed."
    description_zh = "每隔几分钟下载脚本并交给 shell 执行的 cron 任务。只清除其他文件，入侵者仍会回来。"
    advice = "Do not run the file. Remove it, block the addresses it downloads from, look for what it has already fetched and for cron, systemd and SSH key changes, then rebuild from a clean image."
    advice_zh = "不要执行该文件。删除它并封禁其下载地址，检查已下载的内容以及 cron、systemd、SSH 密钥的改动，然后用干净镜像重建。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1053/003/"
  strings:
    $line = /(\*|[0-9]{1,2})(\/[0-9]{1,2}|,[0-9,]{1,20})?([ \t]{1,4}(\*|[0-9]{1,2})(\/[0-9]{1,2})?){4}[ \t]{1,4}(root[ \t]{1,4})?[^\n]{0,40}\b(curl|wget|cdt|wdt|lwp-download)\s[^\n]{0,200}\|\s{0,4}(sudo\s{1,4})?(nohup\s{1,4})?(\/bin\/|\/usr\/bin\/)?(ba|da|z|a)?sh\b/
    $sub = /(\*|[0-9]{1,2})(\/[0-9]{1,2})?([ \t]{1,4}\*){4}[ \t]{1,4}(root[ \t]{1,4})?[^\n]{0,40}\b(ba|da|z)?sh\s{1,4}(-c\s{1,4}["']?)?(<\s?\(|\$\(|`)\s{0,4}(curl|wget)\s/
    $reboot = /@(reboot|hourly|daily)[ \t]{1,4}(root[ \t]{1,4})?[^\n]{0,40}\b(curl|wget|cdt|wdt)\s[^\n]{0,200}\|\s{0,4}(sudo\s{1,4})?(nohup\s{1,4})?(\/bin\/|\/usr\/bin\/)?(ba|da|z|a)?sh\b/
  condition:
    filesize < 512KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and any of them
}

rule Config_Backdoor_CronHidden : persistence backdoor {
  meta:
    name = "Config.Backdoor.CronHidden"
    family = "CronHidden"
    severity = "high"
    tags = "persistence,backdoor"
    description = "A cron entry that starts a program from a temporary or hidden folder, where packages never install anything."
    description_zh = "从临时目录或隐藏目录启动程序的 cron 任务，正规软件包不会安装在这些位置。"
    advice = "Do not run the file. Remove it, block the addresses it downloads from, look for what it has already fetched and for cron, systemd and SSH key changes, then rebuild from a clean image."
    advice_zh = "不要执行该文件。删除它并封禁其下载地址，检查已下载的内容以及 cron、systemd、SSH 密钥的改动，然后用干净镜像重建。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1053/003/"
  strings:
    $line = /(^|\n)((\*|[0-9]{1,2})(\/[0-9]{1,2}|[,-][0-9,-]{1,20})?([ \t]{1,4}(\*|[0-9]{1,2})(\/[0-9]{1,2})?){4}|@reboot)[ \t]{1,4}(root[ \t]{1,4})?((\/bin\/)?(ba)?sh[ \t]{1,4}|nohup[ \t]{1,4})?\/(dev\/shm|tmp|var\/tmp)\/\.?[^\s]{1,100}/
    $echo = /(echo|printf)\s{1,4}["']((\*|[0-9]{1,2})(\/[0-9]{1,2}|[,-][0-9,-]{1,20})?([ \t]{1,4}(\*|[0-9]{1,2})(\/[0-9]{1,2})?){4}|@reboot)[ \t]{1,4}(root[ \t]{1,4})?((\/bin\/)?(ba)?sh[ \t]{1,4}|nohup[ \t]{1,4})?\/(dev\/shm|tmp|var\/tmp)\/\.?[^\s]{1,100}[^\n]{0,60}(\/etc\/cron|\/var\/spool\/cron|\|\s{0,4}crontab)/
  condition:
    filesize < 64KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and any of them
}

rule Config_Backdoor_ServiceTemp : persistence backdoor {
  meta:
    name = "Config.Backdoor.ServiceTemp"
    family = "ServiceTemp"
    severity = "high"
    tags = "persistence,backdoor"
    description = "A systemd unit that starts a program from a temporary or hidden folder at every boot."
    description_zh = "在每次开机时从临时目录或隐藏目录启动程序的 systemd 服务单元。"
    advice = "Do not run the file. Remove it, block the addresses it downloads from, look for what it has already fetched and for cron, systemd and SSH key changes, then rebuild from a clean image."
    advice_zh = "不要执行该文件。删除它并封禁其下载地址，检查已下载的内容以及 cron、systemd、SSH 密钥的改动，然后用干净镜像重建。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1543/002/"
  strings:
    $service = /(^|\n)\[Service\]/
    $exec = /\nExecStart(Pre|Post)?\s?=\s?-?(\/bin\/(ba)?sh\s{1,4}(-c\s{1,4}["']?)?)?\/(dev\/shm|tmp|var\/tmp)\/[^\s]{1,100}/
    $hidden = /\nExecStart\s?=\s?-?(\/bin\/(ba)?sh\s{1,4}(-c\s{1,4}["']?)?)?\/(etc|lib|lib64|bin|sbin|dev|run|boot|usr\/(bin|sbin|lib|libexec)|var\/(spool|run|lock|log))\/([a-z0-9_-]{1,30}\/){0,4}\.[a-z0-9_-]{1,40}(\/|\s)/
    $fetch = /\nExecStart\s?=[^\n]{0,60}\b(curl|wget)\s[^\n]{0,200}\|\s{0,4}(sudo\s{1,4})?(nohup\s{1,4})?(\/bin\/|\/usr\/bin\/)?(ba|da|z|a)?sh\b/
  condition:
    filesize < 16KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $service
    and any of ($exec, $hidden, $fetch)
}

rule Script_Dropper_EncodedShell : dropper {
  meta:
    name = "Script.Dropper.EncodedShell"
    family = "EncodedShell"
    severity = "high"
    tags = "dropper"
    description = "A command that decodes a long literal and pipes it straight into a shell or interpreter, so that nobody reads what runs."
    description_zh = "将一长串编码内容解码后直接交给 shell 或解释器执行的命令，使人无法看到真正运行的内容。"
    advice = "Do not run the file. Remove it, block the addresses it downloads from, look for what it has already fetched and for cron, systemd and SSH key changes, then rebuild from a clean image."
    advice_zh = "不要执行该文件。删除它并封禁其下载地址，检查已下载的内容以及 cron、systemd、SSH 密钥的改动，然后用干净镜像重建。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1027/"
  strings:
    $echo = /\b(echo|printf)\s{1,4}(-[ne]{1,2}\s{1,4}|["']%s["']\s{1,4})?["']?[A-Za-z0-9+\/]{40,}={0,2}["']?\s{0,4}\|\s{0,4}(\/usr\/bin\/)?(base64\s{1,4}(-d|-D|-di|--decode)|openssl\s{1,4}(enc\s{1,4}-)?base64\s{1,4}-d[^|\n]{0,20}|xxd\s{1,4}-r\s{1,4}-p)[^|\n]{0,20}(\|\s{0,4}(gzip\s{1,4}-d[c]?|gunzip|bunzip2|xz\s{1,4}-d)[^|\n]{0,10})?\|\s{0,4}(\/bin\/|\/usr\/bin\/)?((ba|da|z|a)?sh|python[23]?|perl)\b/
    $here = /\b(ba|da|z)?sh\s{1,4}(-c\s{1,4}["']?)?(<\s?\(|<<<\s?["']?\$\(|["']?\$\(|`)\s{0,4}(echo|printf|base64)\s[^\n]{0,20}[A-Za-z0-9+\/]{40,}={0,2}["']?\s{0,4}\|\s{0,4}base64\s{1,4}(-d|-D|--decode)/
    $eval = /\beval\s{1,4}["']?(\$\(|`)\s{0,4}(echo|printf)\s[^\n]{0,10}["']?[A-Za-z0-9+\/]{40,}={0,2}["']?\s{0,4}\|\s{0,4}base64\s{1,4}(-d|-D|--decode)/
  condition:
    filesize < 1MB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and any of them
}

rule Script_Dropper_PythonExec : dropper {
  meta:
    name = "Script.Dropper.PythonExec"
    family = "PythonExec"
    severity = "high"
    tags = "dropper"
    description = "Python code that decodes a long literal and runs it at once. Malicious packages and droppers hide this way."
    description_zh = "将一长串编码内容解码后立即执行的 Python 代码，恶意软件包和投放器常用此法。"
    advice = "Do not run the file. Remove it, block the addresses it downloads from, look for what it has already fetched and for cron, systemd and SSH key changes, then rebuild from a clean image."
    advice_zh = "不要执行该文件。删除它并封禁其下载地址，检查已下载的内容以及 cron、systemd、SSH 密钥的改动，然后用干净镜像重建。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1059/006/"
  strings:
    $exec = /\b(exec|eval)\s?\(\s?(compile\s?\(\s?)?((zlib|marshal|lzma|bz2|codecs|gzip)\s?\.\s?(decompress|loads|decode)\s?\(\s?|__import__\s?\(\s?["'](zlib|marshal|lzma|bz2|base64)["']\s?\)\s?\.\s?(decompress|loads|b64decode|b85decode)\s?\(\s?){0,3}(base64\s?\.\s?)?(b64decode|b85decode|b32decode|a85decode|__import__\s?\(\s?["']base64["']\s?\)\s?\.\s?b64decode)?\s?\(?\s?b?["'][A-Za-z0-9+\/=]{60}/
    $decode = /(b64decode|b85decode|b32decode|a85decode|marshal|zlib|fromhex|unhexlify)/
  condition:
    filesize < 5MB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and all of them
}

rule Script_Dropper_SharedMemory : dropper {
  meta:
    name = "Script.Dropper.SharedMemory"
    family = "SharedMemory"
    severity = "high"
    tags = "dropper"
    description = "A script that downloads a program into shared memory or under a hidden name in a temporary folder, makes it executable and starts it out of sight."
    description_zh = "将程序下载到共享内存或临时目录的隐藏文件、赋予执行权限并在后台启动的脚本。"
    advice = "Do not run the file. Remove it, block the addresses it downloads from, look for what it has already fetched and for cron, systemd and SSH key changes, then rebuild from a clean image."
    advice_zh = "不要执行该文件。删除它并封禁其下载地址，检查已下载的内容以及 cron、systemd、SSH 密钥的改动，然后用干净镜像重建。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1105/"
  strings:
    $fetch = /\b(curl|wget|cdt|wdt|tftp|ftpget|lwp-download)\s[^\n]{0,240}(-o|-O|-l|-P|--output|--output-document=?|>)\s{0,4}["']?\/(dev\/shm\/\.?[a-z0-9_-]{1,40}|(var\/)?tmp\/\.[a-z0-9_.-]{1,40}|(var\/)?run\/\.[a-z0-9_.-]{1,40})/ nocase
    $cd = /\bcd\s{1,4}\/dev\/shm\b[^\n]{0,20}[;&|\n][^\n]{0,40}\b(curl|wget)\s/
    $mode = /\bchmod\s{1,4}(-R\s{1,4})?(\+x|a\+x|u\+x|0?777|0?755|0?700)\s{1,4}/
    $start = /(\bnohup\s|\bsetsid\s|[a-z0-9_\/.-]\s?&\s{0,4}[\n;)]|2>&1|\bdisown\b|\brm\s{1,4}-r?f\b)/
    $host = /https?:\/\/([0-9]{1,3}\.){3}[0-9]{1,3}/
    $run = /\n\s{0,8}(\.|sh\s|bash\s|nohup\s|setsid\s|exec\s)?\s{0,4}\/?(dev\/shm|(var\/)?tmp|(var\/)?run)\/\.?[a-z0-9_-]{1,40}|[;&]\s{0,4}(nohup\s{1,4}|setsid\s{1,4})?(\/(dev\/shm|(var\/)?tmp|(var\/)?run)|\.)\/\.?[a-z0-9_-]{1,40}/ nocase
  condition:
    filesize < 256KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and any of ($fetch, $cd)
    and $mode
    and $start
    and any of ($host, $run)
}

rule Script_Dropper_DeviceLoader : dropper botnet {
  meta:
    name = "Script.Dropper.DeviceLoader"
    family = "DeviceLoader"
    severity = "critical"
    tags = "dropper,botnet"
    description = "The loader of a botnet for routers, cameras and servers: it looks for a writable folder, fetches the same program for many processors and starts each."
    description_zh = "面向路由器、摄像头和服务器的僵尸网络加载脚本：寻找可写目录，下载多种架构的同一程序并逐一运行。"
    advice = "Do not run the file. Remove it, block the addresses it downloads from, look for what it has already fetched and for cron, systemd and SSH key changes, then rebuild from a clean image."
    advice_zh = "不要执行该文件。删除它并封禁其下载地址，检查已下载的内容以及 cron、systemd、SSH 密钥的改动，然后用干净镜像重建。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1105/"
  strings:
    $hop = /\bcd\s{1,4}\/tmp\s{0,4}\|\|\s{0,4}cd\s{1,4}\/(var|mnt|root|run|dev)/
    $fetch = /\b(wget|curl|tftp|ftpget|busybox\s{1,4}(wget|tftp|ftpget))\s[^\n;]{0,160}(([0-9]{1,3}\.){3}[0-9]{1,3}|\$[a-zA-Z{_]{1,20})[^\n;]{0,80}/
    $mode = /\bchmod\s{1,4}(-R\s{1,4})?(\+x|0?777)\s/
    $address = /\b(wget|curl|tftp|ftpget)\s[^\n;]{0,160}([0-9]{1,3}\.){3}[0-9]{1,3}[^\n;]{0,80}\b(mips|mipsel|mpsl|arm[4567]?l?|armv[4567]l|sh4|m68k|ppc|spc|sparc|i[56]86|x86)\b/
    $mips = /\b(mips|mipsel|mpsl)\b/
    $arm = /\b(arm[4567]l?|armv[4567]l|arm)\b/
    $sh4 = /\b(sh4|m68k|ppc|powerpc|sparc|spc|i[56]86|x86)\b/
  condition:
    filesize < 64KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $fetch
    and $mode
    and (($hop and any of ($mips, $arm, $sh4)) or (#address >= 4 and all of ($mips, $arm, $sh4)))
}

rule Script_Dropper_DisableAgents : dropper evasion {
  meta:
    name = "Script.Dropper.DisableAgents"
    family = "DisableAgents"
    severity = "high"
    tags = "dropper,evasion"
    description = "A script that uninstalls or stops the cloud vendors' security agents. Intruders do so before they install miners."
    description_zh = "卸载或停止云厂商安全代理的脚本，入侵者常在安装挖矿程序之前这样做。"
    advice = "Do not run the file. Remove it, block the addresses it downloads from, look for what it has already fetched and for cron, systemd and SSH key changes, then rebuild from a clean image."
    advice_zh = "不要执行该文件。删除它并封禁其下载地址，检查已下载的内容以及 cron、systemd、SSH 密钥的改动，然后用干净镜像重建。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1562/001/"
  strings:
    $ali1 = /(aegis|update)\.[a-z.]{0,20}aliyun\.com\/download\/(quartz_)?uninstall\.sh/
    $ali2 = /(pkill|killall|kill)\s[^\n]{0,60}(aliyun-service|AliYunDun|AliHids|AliYunDunUpdate|aegis)/ nocase
    $ali3 = /(rm\s{1,4}-rf?|systemctl\s{1,4}(stop|disable)|service)\s[^\n]{0,60}(\/usr\/local\/aegis|aegis|aliyun\.service|AliYunDun|cloudmonitor)/ nocase
    $qq1 = /\/usr\/local\/qcloud\/[a-zA-Z\/]{1,40}\/(uninst|uninstall|stop)[a-z_]{0,10}\.sh/
    $qq2 = /(pkill|killall|kill|rm\s{1,4}-rf?)\s[^\n]{0,60}(YDService|YDLive|YunJing|barad_agent|stargate|\/qcloud\/)/
    $hw = /(systemctl\s{1,4}(stop|disable)|pkill|rm\s{1,4}-rf?)\s[^\n]{0,40}(hostguard|uniagent|bcm-si|bcm-agent|falco|wazuh-agent|falcon-sensor|sysdig)/
    $selinux = /(setenforce\s{1,4}0|SELINUX=disabled)/
    $firewall = /(ufw\s{1,4}disable|iptables\s{1,4}-F|systemctl\s{1,4}(stop|disable)\s{1,4}firewalld)/
    $watchdog = /echo\s{1,4}["']?0["']?\s{0,4}>\s{0,4}\/proc\/sys\/kernel\/nmi_watchdog|nmi_watchdog=0/
    $history = /(history\s{1,4}-c|unset\s{1,4}HISTFILE)/
    $fetch = /\b(curl|wget)\s[^\n|]{0,200}\|\s{0,4}(ba)?sh\b/
    $attr = /\bchattr\s{1,4}-[ia]{1,3}/
  condition:
    filesize < 512KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and (2 of ($ali1, $ali2, $ali3, $qq1, $qq2, $hw) or (any of ($ali1, $ali2, $ali3, $qq1, $qq2, $hw) and 2 of ($selinux, $firewall, $watchdog, $history, $attr, $fetch)))
}

rule Script_Backdoor_SshKeyLock : backdoor persistence {
  meta:
    name = "Script.Backdoor.SshKeyLock"
    family = "SshKeyLock"
    severity = "high"
    tags = "backdoor,persistence"
    description = "A script that adds an SSH key of its own and makes the key file immutable, so that the owner cannot take the key out again."
    description_zh = "添加自己的 SSH 公钥并将 authorized_keys 设为不可修改、使机主无法删除的脚本。"
    advice = "Do not run the file. Remove it, block the addresses it downloads from, look for what it has already fetched and for cron, systemd and SSH key changes, then rebuild from a clean image."
    advice_zh = "不要执行该文件。删除它并封禁其下载地址，检查已下载的内容以及 cron、systemd、SSH 密钥的改动，然后用干净镜像重建。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1098/004/"
  strings:
    $add = /(echo|printf|cat)\s[^\n]{0,20}["']?\s?(ssh-(rsa|ed25519)|ecdsa-sha2-[a-z0-9]{4,10})\s{1,4}AAAA[^\n]{20,900}>{1,2}\s{0,4}[^\n]{0,60}authorized_keys/
    $lock = /\bchattr\s{1,4}[^\n]{0,10}\+[iau]{1,3}\s[^\n]{0,120}authorized_keys/
  condition:
    filesize < 512KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and all of them
}

rule Script_Exploit_RedisWrite : exploit worm {
  meta:
    name = "Script.Exploit.RedisWrite"
    family = "RedisWrite"
    severity = "high"
    tags = "exploit,worm"
    description = "Commands that make an open Redis server write a cron entry or an SSH key, which gives the sender the machine."
    description_zh = "利用未授权 Redis 写入 cron 任务或 SSH 公钥从而控制主机的命令。"
    advice = "Do not run the file. Remove it, block the addresses it downloads from, look for what it has already fetched and for cron, systemd and SSH key changes, then rebuild from a clean image."
    advice_zh = "不要执行该文件。删除它并封禁其下载地址，检查已下载的内容以及 cron、systemd、SSH 密钥的改动，然后用干净镜像重建。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1190/"
  strings:
    $dir = /config\s{1,4}set\s{1,4}dir\s{1,4}["']?\/(var\/spool\/cron|etc\/cron|root\/\.ssh|home\/[a-z]{1,20}\/\.ssh)/ nocase
    $name = /config\s{1,4}set\s{1,4}dbfilename\s{1,4}["']?(root|crontab|authorized_keys|[a-z0-9_.]{1,20})/ nocase
    $set = /\b(set|-x\s{1,4}set)\s{1,4}[^\n]{0,60}(\*\/[0-9]{1,2}\s|\\n|ssh-rsa|cron|curl|wget)/ nocase
    $save = /(\bsave\b|\bbgsave\b)/ nocase
    $cli = "redis-cli"
  condition:
    filesize < 512KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $dir
    and $name
    and $save
    and any of ($set, $cli)
}

rule Script_Worm_KnownHosts : worm dropper {
  meta:
    name = "Script.Worm.KnownHosts"
    family = "KnownHosts"
    severity = "critical"
    tags = "worm,dropper"
    description = "A script that logs in to every machine found in known_hosts, shell history or SSH configuration and has each of them fetch and run itself."
    description_zh = "登录 known_hosts、命令历史或 SSH 配置中出现的每台机器，并让其下载执行自身的蠕虫脚本。"
    advice = "Do not run the file. Remove it, block the addresses it downloads from, look for what it has already fetched and for cron, systemd and SSH key changes, then rebuild from a clean image."
    advice_zh = "不要执行该文件。删除它并封禁其下载地址，检查已下载的内容以及 cron、systemd、SSH 密钥的改动，然后用干净镜像重建。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1021/004/"
  strings:
    $hosts = /(known_hosts|\.bash_history|\/\.ssh\/config)/
    $login = /\bssh\s[^\n]{0,160}(StrictHostKeyChecking=no|BatchMode=yes|-oStrictHostKeyChecking)[^\n]{0,300}\b(curl|wget|cdt|wdt)\s[^\n]{0,200}\|\s{0,4}(sudo\s{1,4})?(nohup\s{1,4})?(\/bin\/|\/usr\/bin\/)?(ba|da|z|a)?sh\b/
    $loop = /\b(for|while)\s/
  condition:
    filesize < 512KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and all of them
}

rule Script_Dropper_LogWipe : evasion {
  meta:
    name = "Script.Dropper.LogWipe"
    family = "LogWipe"
    severity = "medium"
    tags = "evasion"
    description = "A script that empties login records, system logs and the shell history together: somebody is covering tracks."
    description_zh = "同时清空登录记录、系统日志和命令历史的脚本，有人在掩盖痕迹。"
    advice = "Do not run the file. Remove it, block the addresses it downloads from, look for what it has already fetched and for cron, systemd and SSH key changes, then rebuild from a clean image."
    advice_zh = "不要执行该文件。删除它并封禁其下载地址，检查已下载的内容以及 cron、systemd、SSH 密钥的改动，然后用干净镜像重建。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1070/002/"
  strings:
    $a = /(echo\s{0,4}["']{0,2}\s{0,4}|cat\s{1,4}\/dev\/null\s{0,4}|:\s{0,4}|\n\s{0,4})>\s{0,4}\/var\/log\/(wtmp|btmp|lastlog)/
    $b = /(echo\s{0,4}["']{0,2}\s{0,4}|cat\s{1,4}\/dev\/null\s{0,4}|:\s{0,4}|\n\s{0,4})>\s{0,4}\/var\/log\/(secure|auth\.log|messages|syslog|cron|maillog)/
    $c = /(>\s{0,4}|rm\s{1,4}-r?f\s{1,4})(~|\/root|\$HOME)\/\.bash_history/
    $d = /\bhistory\s{1,4}-c\b/
    $e = /(unset\s{1,4}HISTFILE|HISTFILE=\/dev\/null|HISTSIZE=0|HISTFILESIZE=0)/
    $f = />\s{0,4}\/var\/spool\/mail\/root/
    $g = /rm\s{1,4}-r?f\s{1,4}\/var\/log\/(wtmp|btmp|secure|auth\.log|messages|syslog|lastlog)/
  condition:
    filesize < 512KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and 3 of them
    and any of ($a, $b, $g)
    and any of ($c, $d, $e)
}

rule Script_Dropper_EmbeddedElf : dropper {
  meta:
    name = "Script.Dropper.EmbeddedElf"
    family = "EmbeddedElf"
    severity = "high"
    tags = "dropper"
    description = "A script that carries a program as base64 text, decodes it to a file or to memory and starts it."
    description_zh = "内嵌 base64 编码的可执行程序、解码后落盘或在内存中启动的脚本。"
    advice = "Do not run the file. Remove it, block the addresses it downloads from, look for what it has already fetched and for cron, systemd and SSH key changes, then rebuild from a clean image."
    advice_zh = "不要执行该文件。删除它并封禁其下载地址，检查已下载的内容以及 cron、systemd、SSH 密钥的改动，然后用干净镜像重建。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1027/009/"
  strings:
    $elf = /f0VMR[gQ](EB|IB|IC|EC)[A-Za-z0-9+\/]{40}/
    $decode = /(base64\s{1,4}(-d|-D|-di|--decode)|b64decode|base64_decode|decode_base64|Buffer\.from\s?\([^\n)]{1,40}["']base64["'])/
    $run = /(\bchmod\s{1,4}(\+x|u\+x|0?7[0-7]{2})|os\.chmod|memfd_create|\bexecve?\s?\(|chmodSync|subprocess\.|syscall\s?\(?\s?319)/
  condition:
    filesize < 20MB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and all of them
}

rule Linux_Dropper_MemoryExec : dropper evasion {
  meta:
    name = "Linux.Dropper.MemoryExec"
    family = "MemoryExec"
    severity = "medium"
    tags = "dropper,evasion"
    description = "A program that decrypts another and starts it from memory without a file, in the manner of the Ezuri loader."
    description_zh = "解密另一程序并在内存中无文件启动的加载器（类似 Ezuri）。"
    advice = "Do not run the file. Remove it, block the addresses it downloads from, look for what it has already fetched and for cron, systemd and SSH key changes, then rebuild from a clean image."
    advice_zh = "不要执行该文件。删除它并封禁其下载地址，检查已下载的内容以及 cron、systemd、SSH 密钥的改动，然后用干净镜像重建。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1620/"
  strings:
    $run = "main.runFromMemory"
    $aes = /main\.(aesDec|decrypt|Decrypt)/
    $fd = "/proc/self/fd/%d"
    $fork = "forkExec"
    $go = /\bgo1\.[0-9]{1,2}/
    $ezuri = "ezuri"
  condition:
    uint32(0) == 0x464c457f
    and filesize < 60MB
    and $run
    and 2 of them
}
