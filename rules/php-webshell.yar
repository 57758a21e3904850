// Web shells written in PHP. Rules tell facts about behaviour and format; each has a sample and a near miss in test/support/samples.ts.

rule Php_Webshell_Eval : webshell {
  meta:
    name = "Php.Webshell.Eval"
    family = "Eval"
    severity = "critical"
    tags = "webshell"
    description = "PHP code that evaluates text from the request. Whoever knows the parameter runs any PHP code with the rights of the web server."
    description_zh = "将请求参数作为 PHP 代码执行的后门。知道参数名的人即可以 Web 服务权限运行任意 PHP 代码。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $open = /<\?(php|=|\s)/ nocase
    $eval = /\beval\s{0,8}\(\s{0,8}["'?>. ]{0,6}(@?[a-z0-9_]{3,24}\s?\(\s?){0,3}@?\$_(GET|POST|REQUEST|COOKIE)\s?[\[{]/ nocase
    $assert = /\bassert\s{0,8}\(\s{0,8}(@?(base64_decode|gzinflate|gzuncompress|str_rot13|urldecode|rawurldecode|stripslashes|strrev|hex2bin|trim|implode|join|end|current)\s?\(\s?){0,3}@?\$_(GET|POST|REQUEST|COOKIE)\s?[\[{][^\]}\n]{1,40}[\]}]\s{0,4}\)/ nocase
    $twostep = /\$[a-z0-9_]{1,30}\s?=\s?(@?[a-z0-9_]{3,24}\s?\(\s?){0,2}@?\$_(GET|POST|REQUEST|COOKIE)\s?[\[{][^\]}\n]{1,40}[\]}][\s)]{0,4};\s{0,8}@?(eval|assert)\s?\(\s?\$/ nocase
  condition:
    filesize < 1MB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $open
    and any of ($eval, $assert, $twostep)
}

rule Php_Webshell_Command : webshell {
  meta:
    name = "Php.Webshell.Command"
    family = "Command"
    severity = "critical"
    tags = "webshell"
    description = "PHP code that hands a request parameter to a shell command. Whoever reaches the page runs commands on the server."
    description_zh = "将请求参数直接交给系统命令执行的 PHP 后门。能访问该页面的人即可在服务器上执行命令。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $open = /<\?(php|=|\s)/ nocase
    $direct = /[^>:a-z0-9_$](system|exec|shell_exec|passthru|popen|proc_open|pcntl_exec)\s{0,8}\(\s{0,8}["']?(@?(base64_decode|gzinflate|gzuncompress|str_rot13|urldecode|rawurldecode|stripslashes|strrev|hex2bin|trim|implode|join|end|current)\s?\(\s?){0,3}["'{]{0,2}@?\$_(GET|POST|REQUEST|COOKIE)\s?[\[{]/ nocase
    $twostep = /\$[a-z0-9_]{1,30}\s?=[\s(]{0,3}(@?(base64_decode|gzinflate|gzuncompress|str_rot13|urldecode|rawurldecode|stripslashes|strrev|hex2bin|trim|implode|join|end|current)\s?\(\s?){0,3}@?\$_(GET|POST|REQUEST|COOKIE)\s?[\[{][^\]}\n]{1,40}[\]}][\s)]{0,4};\s{0,8}(echo\s{1,4}|print\s{1,4}|die\s?\(|\$[a-z0-9_]{1,20}\s?=\s?)?@?(system|exec|shell_exec|passthru|popen)\s?\(\s?\$/ nocase
    $backtick = /(echo|print|=|return|die\s?\()\s{0,8}`[^`\n]{0,80}\$_(GET|POST|REQUEST|COOKIE)\s?[\[{][^`\n]{1,60}`\s{0,4}\)?\s{0,4}[;?]/ nocase
  condition:
    filesize < 1MB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $open
    and any of ($direct, $twostep, $backtick)
}

rule Php_Webshell_VariableFunction : webshell {
  meta:
    name = "Php.Webshell.VariableFunction"
    family = "VariableFunction"
    severity = "critical"
    tags = "webshell"
    description = "PHP code in which the request names the function to call as well as its argument, a web shell that avoids writing eval or system."
    description_zh = "由请求同时指定函数名和参数的 PHP 后门，以此避免出现 eval、system 等字样。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $open = /<\?(php|=|\s)/ nocase
    $call = /\$_(GET|POST|REQUEST|COOKIE)\s?[\[{][^\]}\n]{1,40}[\]}]\s{0,4}\(\s{0,4}@?\$_(GET|POST|REQUEST|COOKIE)\s?[\[{]/
    $callback = /\b(call_user_func|call_user_func_array|register_shutdown_function|forward_static_call|forward_static_call_array)\s{0,4}\(\s{0,4}@?\$_(GET|POST|REQUEST|COOKIE)\s?[\[{][^\]}\n]{1,40}[\]}]\s{0,4},/ nocase
    $map = /\b(array_map|array_filter|array_walk|usort|uasort|uksort)\s{0,4}\([^;\n]{0,60}["'](assert|system|exec|passthru|shell_exec)["'][^;\n]{0,60}\$_(GET|POST|REQUEST|COOKIE)\s?[\[{]/ nocase
    $spread = /\b(usort|uasort|uksort|array_map|array_filter)\s{0,4}\(\s{0,4}\.\.\.\s{0,4}\$_(GET|POST|REQUEST|COOKIE)\b/ nocase
    $map2 = /\b(array_map|array_filter|array_walk|usort|uasort|uksort)\s{0,4}\([^;\n]{0,60}\$_(GET|POST|REQUEST|COOKIE)\s?[\[{][^;\n]{0,60}["'](assert|system|exec|passthru|shell_exec)["']\s{0,4}\)/ nocase
  condition:
    filesize < 1MB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $open
    and any of ($call, $callback, $map, $map2, $spread)
}

rule Php_Webshell_Modifier : webshell {
  meta:
    name = "Php.Webshell.Modifier"
    family = "Modifier"
    severity = "critical"
    tags = "webshell"
    description = "PHP code that runs request text through preg_replace with the e modifier or create_function, both of which evaluate it."
    description_zh = "借助 preg_replace 的 e 修饰符或 create_function 执行请求内容的 PHP 后门。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $open = /<\?(php|=|\s)/ nocase
    $preg = /\b(mb_ereg|preg)_replace\s{0,4}\(\s{0,4}["'][^"'\n]{0,60}[\/#~|@][imsxu]{0,4}e[imsxu]{0,4}["']\s{0,4},\s{0,4}(@?(base64_decode|gzinflate|gzuncompress|str_rot13|urldecode|rawurldecode|stripslashes|strrev|hex2bin|trim|implode|join|end|current)\s?\(\s?){0,3}@?\$_(GET|POST|REQUEST|COOKIE)\s?[\[{]/ nocase
    $create = /\bcreate_function\s{0,4}\(\s{0,4}["'][^"'\n]{0,40}["']\s{0,4},\s{0,4}(@?(base64_decode|gzinflate|gzuncompress|str_rot13|urldecode|rawurldecode|stripslashes|strrev|hex2bin|trim|implode|join|end|current)\s?\(\s?){0,3}@?\$_(GET|POST|REQUEST|COOKIE)\s?[\[{]/ nocase
  condition:
    filesize < 1MB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $open
    and any of ($preg, $create)
}

rule Php_Trojan_Packed : webshell {
  meta:
    name = "Php.Trojan.Packed"
    family = "Packed"
    severity = "high"
    tags = "webshell"
    description = "PHP code that unpacks a long literal and evaluates it at once. Web shells and injected spam code hide this way; few honest programs do."
    description_zh = "将一长串编码内容解码后立即执行的 PHP 代码。WebShell 与被注入的恶意代码常用此法隐藏自身。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1027/"
  strings:
    $open = /<\?(php|=|\s)/ nocase
    $nested = /\b(eval|assert)\s{0,4}\(\s{0,4}["'?>. ]{0,6}@?(gzinflate|gzuncompress|gzdecode|str_rot13|strrev|convert_uudecode|rawurldecode|urldecode)\s{0,4}\(\s{0,4}@?(gzinflate|gzuncompress|str_rot13|strrev|base64_decode)\s{0,4}\([^;]{0,40}["'][A-Za-z0-9+\/=]{100}/ nocase
    $plain = /\b(eval|assert)\s{0,4}\(\s{0,4}["'?>. ]{0,6}@?base64_decode\s{0,4}\(\s{0,4}["'][A-Za-z0-9+\/=]{100}/ nocase
  condition:
    filesize < 2MB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $open
    and any of ($nested, $plain)
}

rule Php_Webshell_SplitName : webshell {
  meta:
    name = "Php.Webshell.SplitName"
    family = "SplitName"
    severity = "high"
    tags = "webshell"
    description = "PHP code that writes the name of a dangerous function in pieces and feeds it request data, to slip past scanners."
    description_zh = "把危险函数名拆开拼接并传入请求数据的 PHP 代码，用于绕过检测。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1027/"
  strings:
    $open = /<\?(php|=|\s)/ nocase
    $assert = /["'](a["']\s?\.\s?["']s["']\s?\.\s?["']s|a["']\s?\.\s?["']ssert|as["']\s?\.\s?["']sert|ass["']\s?\.\s?["']ert|asse["']\s?\.\s?["']rt|asser["']\s?\.\s?["']t)["']/ nocase
    $system = /["'](s["']\s?\.\s?["']y["']\s?\.\s?["']s|s["']\s?\.\s?["']ystem|sy["']\s?\.\s?["']stem|sys["']\s?\.\s?["']tem|syst["']\s?\.\s?["']em|shell_["']\s?\.\s?["']exec|pass["']\s?\.\s?["']thru)["']/ nocase
    $decode = /["'](base["']\s?\.\s?["']64_decode|base64["']\s?\.\s?["']_decode|base64_["']\s?\.\s?["']decode|create_["']\s?\.\s?["']function|b["']\s?\.\s?["']a["']\s?\.\s?["']s["']\s?\.\s?["']e)/ nocase
    $request = /\$_(GET|POST|REQUEST|COOKIE)\s?[\[{]/
    $call = /\$[a-z0-9_]{1,30}\s?\(\s?(\$|@|["'])/ nocase
  condition:
    filesize < 200KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $open
    and $request
    and $call
    and any of ($assert, $system, $decode)
}

rule Php_Webshell_Behinder : webshell {
  meta:
    name = "Php.Webshell.Behinder"
    family = "Behinder"
    severity = "critical"
    tags = "webshell"
    description = "The PHP half of an encrypted web shell in the manner of Behinder: it takes AES or XOR encrypted code from the request body and runs it, so that traffic shows nothing readable."
    description_zh = "冰蝎（Behinder）类加密 WebShell 的 PHP 服务端：从请求体取出 AES 或异或加密的代码并执行，流量中看不到明文。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $open = /<\?(php|=|\s)/ nocase
    $input = "php://input"
    $decrypt = /openssl_decrypt\s?\(\s?\$[a-z0-9_]{1,20}\s?,\s?["']AES-?128/ nocase
    $extension = /extension_loaded\s?\(\s?["']openssl["']/ nocase
    $session = /\$_SESSION\s?\[/
    $run = /\beval\s?\(\s?\$/ nocase
    $invoke = /function\s{1,4}__invoke\s?\(/ nocase
    $xor = /\^\s?\$[a-z0-9_]{1,20}\s?\[\s?\$[a-z0-9_]{1,20}\s?\+\s?1\s?&\s?15\s?\]/ nocase
  condition:
    filesize < 32KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $open
    and $input
    and $decrypt
    and $run
    and 2 of ($extension, $session, $invoke, $xor)
}

rule Php_Webshell_Godzilla : webshell {
  meta:
    name = "Php.Webshell.Godzilla"
    family = "Godzilla"
    severity = "critical"
    tags = "webshell"
    description = "The PHP half of an encrypted web shell in the manner of Godzilla: a payload kept in the session is decoded with a 16-byte XOR key and evaluated."
    description_zh = "哥斯拉（Godzilla）类加密 WebShell 的 PHP 服务端：用 16 字节异或密钥解出会话中的载荷并执行。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $open = /<\?(php|=|\s)/ nocase
    $xor = /\[\s?\$[a-z0-9_]{1,20}\s?\+\s?1\s?&\s?15\s?\]/ nocase
    $run = /\beval\s?\(\s?\$/ nocase
    $keep = /\$_SESSION\s?\[[^\]\n]{1,30}\]\s?=\s?[a-z0-9_]{1,20}\s?\(\s?\$[^;\n]{1,60};/ nocase
    $request = /(\$_(GET|POST|REQUEST|COOKIE)\s?[\[{]|php:\/\/input)/
    $hash = /substr\s?\(\s?md5\s?\(/ nocase
  condition:
    filesize < 32KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $open
    and $xor
    and $run
    and $request
    and any of ($keep, $hash)
}

rule Php_Webshell_FileWriter : webshell {
  meta:
    name = "Php.Webshell.FileWriter"
    family = "FileWriter"
    severity = "high"
    tags = "webshell"
    description = "PHP code that writes request content to a file the request names. An attacker uses it to place further web shells."
    description_zh = "按请求指定的文件名写入请求内容的 PHP 代码，攻击者用它继续上传 WebShell。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1105/"
  strings:
    $open = /<\?(php|=|\s)/ nocase
    $put = /\bfile_put_contents\s{0,4}\(\s{0,4}(@?(base64_decode|gzinflate|gzuncompress|str_rot13|urldecode|rawurldecode|stripslashes|strrev|hex2bin|trim|implode|join|end|current)\s?\(\s?){0,3}@?\$_(GET|POST|REQUEST|COOKIE)\s?[\[{][^\]}\n]{1,40}[\]}][\s)]{0,4},\s{0,4}(@?(base64_decode|gzinflate|gzuncompress|str_rot13|urldecode|rawurldecode|stripslashes|strrev|hex2bin|trim|implode|join|end|current)\s?\(\s?){0,3}@?(\$_(GET|POST|REQUEST|COOKIE)\s?[\[{]|file_get_contents\s?\(\s?["']php:\/\/input)/ nocase
    $write = /\bfwrite\s{0,4}\(\s{0,4}fopen\s{0,4}\(\s{0,4}(@?(base64_decode|gzinflate|gzuncompress|str_rot13|urldecode|rawurldecode|stripslashes|strrev|hex2bin|trim|implode|join|end|current)\s?\(\s?){0,3}@?\$_(GET|POST|REQUEST|COOKIE)\s?[\[{][^;\n]{1,80},\s{0,4}(@?(base64_decode|gzinflate|gzuncompress|str_rot13|urldecode|rawurldecode|stripslashes|strrev|hex2bin|trim|implode|join|end|current)\s?\(\s?){0,3}@?\$_(GET|POST|REQUEST|COOKIE)\s?[\[{]/ nocase
    $upload = /\b(move_uploaded_file|copy)\s{0,4}\(\s{0,4}\$_FILES\s?\[[^\]\n]{1,30}\]\s?\[["' ]{0,2}tmp_name["' ]{0,2}\]\s?,\s?\$_(GET|POST|REQUEST|COOKIE)\s?\[/ nocase
  condition:
    filesize < 200KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $open
    and any of ($put, $write, $upload)
}

rule Php_Webshell_InImage : webshell {
  meta:
    name = "Php.Webshell.InImage"
    family = "InImage"
    severity = "high"
    tags = "webshell"
    description = "An image header followed by PHP code that runs commands or evaluates text: a web shell dressed as an upload."
    description_zh = "以图片文件头伪装、内含执行命令或代码的 PHP 内容的 WebShell。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1036/"
  strings:
    $open = /<\?(php|=)/ nocase
    $run = /\b(eval|assert|system|exec|shell_exec|passthru|base64_decode|create_function)\s?\(\s?[@$"'a-z]/ nocase
    $request = /\$_(GET|POST|REQUEST|COOKIE|FILES)\s?[\[{]/
    $input = "php://input"
  condition:
    (uint32(0) == 0x38464947 or uint32(0) == 0x474e5089 or (uint16(0) == 0xd8ff and uint8(2) == 0xff) or uint16(0) == 0x4d42)
    and filesize < 5MB
    and $open
    and $run
    and any of ($request, $input)
}

rule Php_Webshell_Console : webshell {
  meta:
    name = "Php.Webshell.Console"
    family = "Console"
    severity = "critical"
    tags = "webshell"
    description = "A full web shell with its own page: file manager, command line, database and connect-back functions under one of the well-known names."
    description_zh = "带完整界面的大马：集文件管理、命令行、数据库与反连功能于一体，并带有知名 WebShell 的名称。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $open = /<\?(php|=|\s)/ nocase
    $name = /\b(c99|r57|b374k|wso|p0wny|indoxploit|alfa|anonymousfox|marijuana|weevely|gecko|priv8)[ _@:~.-]{0,3}(web ?)?shell\b/ nocase
    $a = "disable_functions"
    $b = "safe_mode"
    $c = "posix_getpwuid"
    $d = "php_uname"
    $e = "move_uploaded_file"
    $f = /\bshell_exec\b/
    $g = /\bpassthru\b/
    $h = /\bproc_open\b/
    $i = "fileperms"
    $j = "/etc/passwd"
    $k = /\bpopen\b/
    $l = /fsockopen\s?\(/
    $m = "SERVER_SOFTWARE"
  condition:
    filesize < 2MB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $open
    and $name
    and 5 of ($a, $b, $c, $d, $e, $f, $g, $h, $i, $j, $k, $l, $m)
}
