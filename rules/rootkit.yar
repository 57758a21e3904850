// User-mode and kernel root kits and what installs them. Rules tell facts about behaviour and format; each has a sample and a near miss in test/support/samples.ts.

import "elf"

rule Linux_Rootkit_PreloadHook : rootkit {
  meta:
    name = "Linux.Rootkit.PreloadHook"
    family = "PreloadHook"
    severity = "critical"
    tags = "rootkit"
    description = "A shared library that puts its own readdir in front of the C library's and knows of /etc/ld.so.preload: once preloaded it hides files and processes from every command."
    description_zh = "以自带 readdir 抢占 C 库同名函数、并涉及 /etc/ld.so.preload 的共享库：一旦预加载即可对所有命令隐藏文件与进程。"
    advice = "Do not trust what commands on this machine show. Inspect the disk from another system, rebuild the host or image from a clean source, and change all credentials used on it."
    advice_zh = "不要相信本机命令的输出。应从其他系统检查磁盘，用干净来源重建主机或镜像，并更换其上使用过的全部凭据。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1574/006/"
  strings:
    $readdir = /\x00readdir(64)?\x00/
    $next = "dlsym"
    $preload = "ld.so.preload"
    $passwd = /(pam_authenticate|getspnam|pcap_loop|\/bin\/(ba)?sh\x00|\/proc\/net\/tcp)/
    $hide = /\/proc\/(self|%s|%d)?\/?(fd\/%d|%s\/(stat|cmdline|comm)|stat|cmdline)?\x00/
  condition:
    uint32(0) == 0x464c457f
    and uint16(16) == 3
    and filesize < 2MB
    and $readdir
    and $next
    and $preload
    and any of ($passwd, $hide)
    and for any symbol in elf.dynsym : (symbol.shndx != 0 and (symbol.name == "readdir" or symbol.name == "readdir64"))
}

rule Linux_Rootkit_ProcessHider : rootkit {
  meta:
    name = "Linux.Rootkit.ProcessHider"
    family = "ProcessHider"
    severity = "critical"
    tags = "rootkit"
    description = "A shared library that filters directory listings of /proc so that one process cannot be seen, as libprocesshider does. Miners install it to stay unnoticed."
    description_zh = "过滤 /proc 目录列表以隐藏某个进程的共享库（类似 libprocesshider），常被挖矿木马用于隐藏自身。"
    advice = "Do not trust what commands on this machine show. Inspect the disk from another system, rebuild the host or image from a clean source, and change all credentials used on it."
    advice_zh = "不要相信本机命令的输出。应从其他系统检查磁盘，用干净来源重建主机或镜像，并更换其上使用过的全部凭据。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1564/"
  strings:
    $readdir = /\x00readdir(64)?\x00/
    $next = "dlsym"
    $fd = "/proc/self/fd/%d"
    $stat = /\/proc\/%s\/(stat|cmdline|comm)\x00/
    $scan = /%d \(%\[\^\)\]s/
  condition:
    uint32(0) == 0x464c457f
    and uint16(16) == 3
    and filesize < 256KB
    and $readdir
    and $next
    and $fd
    and any of ($stat, $scan)
    and for any symbol in elf.dynsym : (symbol.shndx != 0 and (symbol.name == "readdir" or symbol.name == "readdir64"))
}

rule Linux_Backdoor_LoginHook : rootkit backdoor credential {
  meta:
    name = "Linux.Backdoor.LoginHook"
    family = "LoginHook"
    severity = "critical"
    tags = "rootkit,backdoor,credential"
    description = "A shared library that stands in for password functions and also hides files or opens a shell: it takes down passwords and lets its owner in."
    description_zh = "接管口令相关函数并能隐藏文件或打开 shell 的共享库：窃取口令并为攻击者留后门。"
    advice = "Do not trust what commands on this machine show. Inspect the disk from another system, rebuild the host or image from a clean source, and change all credentials used on it."
    advice_zh = "不要相信本机命令的输出。应从其他系统检查磁盘，用干净来源重建主机或镜像，并更换其上使用过的全部凭据。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1556/003/"
  strings:
    $next = "dlsym"
    $auth = /\x00(pam_authenticate|pam_get_authtok|pam_get_item|crypt|getspnam)\x00/
    $file = /\x00(readdir64?|fopen64?|__?lxstat64?|lstat|open64|unlinkat)\x00/
    $shell = /\/bin\/(ba)?sh\x00/
    $accept = /\x00accept4?\x00/
    $preload = "ld.so.preload"
    $history = "HISTFILE"
  condition:
    uint32(0) == 0x464c457f
    and uint16(16) == 3
    and filesize < 2MB
    and $next
    and $auth
    and $file
    and 2 of ($shell, $accept, $preload, $history)
    and for any symbol in elf.dynsym : (symbol.shndx == 0 and symbol.name == "dlsym")
    and for any symbol in elf.dynsym : (symbol.shndx != 0 and (symbol.name == "pam_authenticate" or symbol.name == "accept" or symbol.name == "getspnam"))
    and for any symbol in elf.dynsym : (symbol.shndx != 0 and (symbol.name == "readdir" or symbol.name == "readdir64" or symbol.name == "fopen" or symbol.name == "open64" or symbol.name == "lstat"))
}

rule Linux_Rootkit_KernelModule : rootkit {
  meta:
    name = "Linux.Rootkit.KernelModule"
    family = "KernelModule"
    severity = "critical"
    tags = "rootkit"
    description = "A kernel module that rewrites the system call table to hide files, processes and itself, and hands out root on a signal."
    description_zh = "修改系统调用表的内核模块：隐藏文件、进程和自身，并可通过信号授予 root 权限。"
    advice = "Do not trust what commands on this machine show. Inspect the disk from another system, rebuild the host or image from a clean source, and change all credentials used on it."
    advice_zh = "不要相信本机命令的输出。应从其他系统检查磁盘，用干净来源重建主机或镜像，并更换其上使用过的全部凭据。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1014/"
  strings:
    $vermagic = "vermagic="
    $table = "sys_call_table"
    $lookup = "kallsyms_lookup_name"
    $getdents = "getdents64"
    $hide = /\b(module_hide|hide_module|module_hidden|hide_me|module_hide_unprotect)\b/
    $root = /\b(give_root|commit_creds|set_root|get_root)\b/
    $invisible = /\b(is_invisible|hide_pid|hidden_pids|hide_proc|hacked_getdents|hook_getdents|orig_getdents)/
    $ftrace = "ftrace_set_filter_ip"
  condition:
    uint32(0) == 0x464c457f
    and uint16(16) == 1
    and filesize < 8MB
    and $vermagic
    and any of ($table, $lookup, $ftrace)
    and $getdents
    and 2 of ($hide, $root, $invisible)
}

rule Script_Rootkit_PreloadInstall : rootkit dropper {
  meta:
    name = "Script.Rootkit.PreloadInstall"
    family = "PreloadInstall"
    severity = "critical"
    tags = "rootkit,dropper"
    description = "A script that writes a library of its own into /etc/ld.so.preload, so that it is loaded into every program, and often makes the file immutable."
    description_zh = "将自带的库写入 /etc/ld.so.preload 使其被所有程序加载的脚本，常同时将该文件设为不可修改。"
    advice = "Do not trust what commands on this machine show. Inspect the disk from another system, rebuild the host or image from a clean source, and change all credentials used on it."
    advice_zh = "不要相信本机命令的输出。应从其他系统检查磁盘，用干净来源重建主机或镜像，并更换其上使用过的全部凭据。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1574/006/"
  strings:
    $temp = /(echo|printf)\s{1,4}[^\n>]{0,20}\/(tmp|var\/tmp|dev\/shm|dev|root|usr\/local\/lib|usr\/lib|lib|lib64|etc)\/[^\s>]{0,40}\.so(\.[0-9]{1,3})?["']?\s{0,4}>{1,2}\s{0,4}["']?\/etc\/ld\.so\.preload/
    $lock = /\bchattr\s{1,4}[^\n]{0,10}\+[ia]{1,3}\s[^\n]{0,200}\/etc\/ld\.so\.preload/
    $unlock = /\bchattr\s{1,4}[^\n]{0,10}-[ia]{1,3}\s[^\n]{0,200}\/etc\/ld\.so\.preload/
    $build = /\bgcc\s[^\n]{0,120}-shared[^\n]{0,120}\s-ldl/
    $fetch = /\b(curl|wget)\s[^\n]{0,200}\.so\b/
    $hider = /processhider|libprocesshider|(x?hide|hider|hidden)\.(c|so)/
  condition:
    filesize < 512KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and (($temp and any of ($lock, $unlock, $build, $fetch, $hider)) or ($lock and any of ($build, $fetch, $hider)))
}

rule Config_Rootkit_PreloadEntry : rootkit {
  meta:
    name = "Config.Rootkit.PreloadEntry"
    family = "PreloadEntry"
    severity = "high"
    tags = "rootkit"
    description = "A preload list (the whole content of ld.so.preload) that names a library in a temporary or hidden folder. Whatever that library does happens in every program."
    description_zh = "ld.so.preload 的内容指向临时目录或隐藏目录中的库，该库会被加载到所有程序中。"
    advice = "Do not trust what commands on this machine show. Inspect the disk from another system, rebuild the host or image from a clean source, and change all credentials used on it."
    advice_zh = "不要相信本机命令的输出。应从其他系统检查磁盘，用干净来源重建主机或镜像，并更换其上使用过的全部凭据。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1574/006/"
  strings:
    $line = /^\s{0,8}\/(tmp|var\/tmp|dev\/shm|dev|run|var\/run)\/[^\s:]{1,100}\.so(\.[0-9]{1,3})?\s{0,8}$/
    $hidden = /^\s{0,8}\/([a-z0-9_-]{1,30}\/){1,5}\.[^\s:\/]{1,60}(\/[^\s:]{1,60})?\.so(\.[0-9]{1,3})?\s{0,8}$/
  condition:
    filesize < 256
    and any of them
}
