// Reverse shells in scripts, documents and small programs. Rules tell facts about behaviour and format; each has a sample and a near miss in test/support/samples.ts.

rule Script_Backdoor_BashTcp : backdoor reverseshell {
  meta:
    name = "Script.Backdoor.BashTcp"
    family = "BashTcp"
    severity = "critical"
    tags = "backdoor,reverseshell"
    description = "A command that ties an interactive shell to a TCP connection through bash's /dev/tcp. The other side controls the machine."
    description_zh = "利用 bash 的 /dev/tcp 将交互式 shell 连接到远端的反弹 shell，对方可控制本机。"
    advice = "Isolate the container or host, end the process that ran it, look at outgoing connections around the file's time, and find out who placed it before restoring from a clean image."
    advice_zh = "隔离容器或主机，结束执行它的进程，核查文件出现前后的对外连接，查明来源后再用干净镜像恢复。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1059/004/"
  strings:
    $interactive = /\b(ba|z|k)?sh\s{1,4}-[lic]{1,3}\s{0,4}[0-9]?[>&]{1,2}\s{0,4}\/dev\/(tcp|udp)\/[^\s\/]{1,80}\/[0-9$"{%]/
    $descriptor = /\bexec\s{1,4}[0-9]{1,3}\s?<>\s?\/dev\/(tcp|udp)\/[^\n]{1,160}\b(ba)?sh\s{0,4}(-i\s{0,4})?<\s?&\s?[0-9]/
    $loop = /<>\s?\/dev\/(tcp|udp)\/[^\n]{1,120}[;\n]\s{0,8}(cat\s?<\s?&\s?[0-9]{1,3}\s?\|\s?while\s{1,4}read|while\s{1,4}read\s[^\n]{1,60}<\s?&\s?[0-9])/
    $encoded = "bash -i >& /dev/tcp/" base64
  condition:
    filesize < 20MB
    and any of them
}

rule Script_Backdoor_Netcat : backdoor reverseshell {
  meta:
    name = "Script.Backdoor.Netcat"
    family = "Netcat"
    severity = "critical"
    tags = "backdoor,reverseshell"
    description = "A netcat or socat command that connects a shell to a remote address. The other side controls the machine."
    description_zh = "利用 netcat 或 socat 将 shell 连接到远端地址的反弹 shell，对方可控制本机。"
    advice = "Isolate the container or host, end the process that ran it, look at outgoing connections around the file's time, and find out who placed it before restoring from a clean image."
    advice_zh = "隔离容器或主机，结束执行它的进程，核查文件出现前后的对外连接，查明来源后再用干净镜像恢复。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1059/004/"
  strings:
    $exec = /\b(nc|ncat|netcat|nc\.traditional)\s{1,4}(-[nvuw46]{1,4}\s{1,4}([0-9]{1,3}\s{1,4})?){0,4}([a-z0-9.-]{1,60}\.[a-z0-9]{1,20}\s{1,4}[0-9]{1,5}\s{1,4})?-(e|c|-exec|-sh-exec)\s{1,4}["']?(\/bin\/)?(ba|da|z|a)?sh["']?\s{1,4}[$a-z0-9{]/
    $exec2 = /\b(nc|ncat|netcat|nc\.traditional)\s{1,4}(-[nvuw46]{1,4}\s{1,4}){0,4}([0-9]{1,3}\.){3}[0-9]{1,3}\s{1,4}[0-9]{1,5}\s{1,4}-(e|c)\s{1,4}["']?(\/bin\/)?(ba|da|z|a)?sh\b/
    $fifo = /\b(mkfifo|mknod)\s{1,4}[^\n]{1,80}\|\s{0,4}(\/bin\/)?(ba|da|z|a)?sh\s{1,4}-i\s{0,4}[^|\n]{0,20}\|\s{0,4}(\/bin\/)?(nc|ncat|netcat|telnet|openssl\s{1,4}s_client)\s{1,4}(-[nvuw46qiet]{1,8}\s{1,4}([0-9]{1,3}\s{1,4})?){0,4}[$a-z0-9{-]/
    $fifo2 = /\b(ba|da|z|a)?sh\s{1,4}-i\s{0,4}<\s?\/[^\s|]{1,60}\s{1,4}2>&1\s{0,4}\|\s{0,4}(nc|ncat|netcat|telnet|openssl\s{1,4}s_client)\s{1,4}[$a-z0-9{-]/
    $telnet = /\btelnet\s[^|\n]{3,80}\s0?<\s?\/[^|\n]{1,60}\|\s{0,4}(\/bin\/)?(ba|da|z|a)?sh\s{1,4}1?>\s?\//
    $socat = /\bsocat\s[^\n]{0,160}\bexec:["'`\\]{0,3}(\/bin\/)?(ba|da|z|a)?sh\b[^\n]{0,80}\s(tcp|tcp4|tcp6|udp|openssl|ssl)(-connect)?:[$a-z0-9]/ nocase
    $socat2 = /\bsocat\s[^\n]{0,80}\b(tcp|tcp4|tcp6|udp|openssl|ssl)(-connect)?:[$a-z0-9][^\n]{1,100}\sexec:["'`\\]{0,3}(\/bin\/)?(ba|da|z|a)?sh\b/ nocase
  condition:
    filesize < 1MB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and any of them
}

rule Script_Backdoor_PythonSocket : backdoor reverseshell {
  meta:
    name = "Script.Backdoor.PythonSocket"
    family = "PythonSocket"
    severity = "critical"
    tags = "backdoor,reverseshell"
    description = "Python code that connects out, puts the socket in place of standard input and output and starts a shell: a reverse shell."
    description_zh = "Python 反弹 shell：主动外连，将标准输入输出替换为套接字后启动 shell。"
    advice = "Isolate the container or host, end the process that ran it, look at outgoing connections around the file's time, and find out who placed it before restoring from a clean image."
    advice_zh = "隔离容器或主机，结束执行它的进程，核查文件出现前后的对外连接，查明来源后再用干净镜像恢复。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1059/006/"
  strings:
    $dup = /\bdup2\s?\(\s?[a-z_]{1,20}\s?\.\s?fileno\s?\(\s?\)\s?,\s?[012]\s?\)/
    $dup2 = /\[?\s?(os\.)?dup2\s?\(\s?[a-z_]{1,20}\s?\.\s?fileno\s?\(\s?\)\s?,\s?fd\s?\)\s?for\s{1,4}fd\s{1,4}in\s?\(\s?0\s?,\s?1/
    $connect = /\.\s?connect\s?\(\s?\(/
    $shell = /(\bspawn|\bcall|\bPopen|\brun|\bsystem|\bexecl|\bexecve?)\s?\(\s?\[?\s?\\?["'](\/bin\/|\/usr\/bin\/)?(ba|da|z)?sh\b/
  condition:
    filesize < 256KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $connect
    and $shell
    and any of ($dup, $dup2)
}

rule Script_Backdoor_PerlSocket : backdoor reverseshell {
  meta:
    name = "Script.Backdoor.PerlSocket"
    family = "PerlSocket"
    severity = "critical"
    tags = "backdoor,reverseshell"
    description = "Perl code that connects out, reopens its standard streams on the socket and starts a shell: a reverse shell."
    description_zh = "Perl 反弹 shell：主动外连，将标准流重定向到套接字后启动 shell。"
    advice = "Isolate the container or host, end the process that ran it, look at outgoing connections around the file's time, and find out who placed it before restoring from a clean image."
    advice_zh = "隔离容器或主机，结束执行它的进程，核查文件出现前后的对外连接，查明来源后再用干净镜像恢复。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1059/"
  strings:
    $use = /\b(use\s{1,4}Socket|IO::Socket(::INET)?)/
    $connect = /(\bconnect\s?\(|IO::Socket::INET\s?(->\s?new)?\s?\(\s?PeerAddr)/
    $stdin = /(open\s?\(?\s?STDIN\s?,\s?["'][<>+]{1,2}&|STDIN->fdopen\s?\()/
    $stdout = /(open\s?\(?\s?STDOUT\s?,\s?["'][<>+]{1,2}&|\$~->fdopen\s?\(|STDOUT->fdopen\s?\()/
    $shell = /(exec|system)\s?[({]?\s?\{?\s?["'](\/bin\/|\/usr\/bin\/)(ba|da|z)?sh\b|system\s?\$_\s?while\s?<>/
  condition:
    filesize < 256KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and all of them
}

rule Script_Backdoor_RubySocket : backdoor reverseshell {
  meta:
    name = "Script.Backdoor.RubySocket"
    family = "RubySocket"
    severity = "critical"
    tags = "backdoor,reverseshell"
    description = "Ruby code that ties a shell to an outgoing TCP connection: a reverse shell."
    description_zh = "Ruby 反弹 shell：将 shell 绑定到主动外连的 TCP 连接。"
    advice = "Isolate the container or host, end the process that ran it, look at outgoing connections around the file's time, and find out who placed it before restoring from a clean image."
    advice_zh = "隔离容器或主机，结束执行它的进程，核查文件出现前后的对外连接，查明来源后再用干净镜像恢复。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1059/"
  strings:
    $socket = /TCPSocket\s?\.\s?(new|open)\s?\(/
    $exec = /exec\s?\(?\s?sprintf\s?\(\s?["']\/bin\/(ba)?sh\s{1,4}-i\s{1,4}<&%d/
    $popen = /while\s?\(?\s?(cmd|[a-z])\s?=\s?[a-z]{1,10}\.gets\s?\)?\s?[;\n]?\s{0,8}IO\.popen\s?\(\s?(cmd|[a-z])\s?,\s?["']r["']/
    $reopen = /\$std(in|out|err)\.reopen\s?\(\s?[a-z]{1,10}\s?\)[^\n]{0,40}[\n;]/
    $shell = /\$std(in|out)\.each_line|exec\s?\(?\s?["'](\/bin\/)?(ba)?sh\s{1,4}-i/
  condition:
    filesize < 256KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $socket
    and ($exec or $popen or (#reopen >= 2 and $shell))
}

rule Php_Backdoor_ReverseShell : backdoor reverseshell {
  meta:
    name = "Php.Backdoor.ReverseShell"
    family = "ReverseShell"
    severity = "critical"
    tags = "backdoor,reverseshell"
    description = "PHP code that opens a socket to a remote address and starts an interactive shell on it: a reverse shell."
    description_zh = "PHP 反弹 shell：连接远端地址并在该连接上启动交互式 shell。"
    advice = "Isolate the container or host, end the process that ran it, look at outgoing connections around the file's time, and find out who placed it before restoring from a clean image."
    advice_zh = "隔离容器或主机，结束执行它的进程，核查文件出现前后的对外连接，查明来源后再用干净镜像恢复。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $socket = /\b(fsockopen|stream_socket_client|socket_connect)\s?\(/
    $descriptor = /\b(ba)?sh\s{1,4}-i\s{0,4}<\s?&\s?3\s{0,4}>\s?&\s?3/
    $shell = /["'`](\/bin\/|uname -a;\s?w;\s?id;\s?\/bin\/)?(ba)?sh\s{1,4}-i["'`]/
    $open = /\b(proc_open|popen)\s?\(\s?(\$[a-z]{1,20}|["'](\/bin\/)?(ba)?sh\b)/
    $php = /(<\?(php|=|\s)|\bphp\s{1,4}-r\b)/
  condition:
    filesize < 256KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $php
    and $socket
    and ($descriptor or ($shell and $open))
}

rule Script_Backdoor_NodeSocket : backdoor reverseshell {
  meta:
    name = "Script.Backdoor.NodeSocket"
    family = "NodeSocket"
    severity = "critical"
    tags = "backdoor,reverseshell"
    description = "JavaScript for Node that pipes an outgoing connection into a shell and back: a reverse shell, often planted in packages as an install script."
    description_zh = "Node.js 反弹 shell：将外连与 shell 的输入输出对接，常以安装脚本形式植入软件包。"
    advice = "Isolate the container or host, end the process that ran it, look at outgoing connections around the file's time, and find out who placed it before restoring from a clean image."
    advice_zh = "隔离容器或主机，结束执行它的进程，核查文件出现前后的对外连接，查明来源后再用干净镜像恢复。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1059/007/"
  strings:
    $net = /require\s?\(\s?["'`](node:)?net["'`]\s?\)|["'`](node:)?net["'`]/
    $connect = /(\.\s?connect\s?\(\s?[0-9{a-zA-Z$_]|createConnection\s?\(|new\s{1,4}net\.Socket\s?\()/
    $spawn = /\b(spawn|exec|execFile)\s?\(\s?["'`](\/bin\/|\/usr\/bin\/)?(ba|da|z)?sh["'`]\s?(\)|,\s?\[\s?(["'`]-i["'`]\s?)?\]|,\s?\{)/
    $in = /\.\s?pipe\s?\(\s?[a-zA-Z_$]{1,20}\s?\.\s?stdin\s?\)/
    $out = /\.\s?stdout\s?\.\s?pipe\s?\(\s?[a-zA-Z_$]{1,20}\s?[,)]/
  condition:
    filesize < 256KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and all of them
}

rule Linux_Backdoor_ReverseStager : backdoor reverseshell {
  meta:
    name = "Linux.Backdoor.ReverseStager"
    family = "ReverseStager"
    severity = "critical"
    tags = "backdoor,reverseshell"
    description = "A very small program without sections that opens a socket with bare system calls and connects it: the reverse shell or first stage that exploitation frameworks generate."
    description_zh = "极小且无节区的 ELF 程序，直接以系统调用创建套接字并外连：渗透框架生成的反弹 shell 或第一阶段载荷。"
    advice = "Isolate the container or host, end the process that ran it, look at outgoing connections around the file's time, and find out who placed it before restoring from a clean image."
    advice_zh = "隔离容器或主机，结束执行它的进程，核查文件出现前后的对外连接，查明来源后再用干净镜像恢复。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1059/004/"
  strings:
    $socket64 = { 6A 29 58 [0-6] 6A 02 5F 6A 01 5E [0-4] 0F 05 }
    $connect64 = { 6A 2A 58 [0-6] 0F 05 }
    $socket32 = { 53 43 53 6A 02 [0-4] 89 E1 [0-4] CD 80 }
    $connect32 = { 6A 66 58 [0-30] CD 80 }
    $family32 = { 68 02 00 ?? ?? }
    $family64 = { 02 00 ?? ?? ?? ?? ?? ?? 51 48 89 E6 }
  condition:
    uint32(0) == 0x464c457f
    and filesize < 8KB
    and (($socket64 and any of ($connect64, $family64)) or ($socket32 and any of ($connect32, $family32)))
}
