// Web shells written in ASP and ASP.NET. Rules tell facts about behaviour and format; each has a sample and a near miss in test/support/samples.ts.

rule Asp_Webshell_Eval : webshell {
  meta:
    name = "Asp.Webshell.Eval"
    family = "Eval"
    severity = "critical"
    tags = "webshell"
    description = "An ASP or ASP.NET page that evaluates text from the request. Whoever knows the parameter runs any code with the rights of the web server."
    description_zh = "将请求参数作为代码执行的 ASP/ASP.NET 页面。知道参数名的人即可以 Web 服务权限运行任意代码。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $open = /<(%|script)/ nocase
    $classic = /\b(eval|execute|executeglobal)[\s(]{1,6}request\s?(\(|\.\s?(form|querystring|item|cookies)\s?\()/ nocase
    $jscript = /\beval\s?\(\s?Request\s?(\.\s?(Item|Form|QueryString|Cookies))?\s?\[[^\]\n]{1,40}\]\s?,\s?["']unsafe["']/ nocase
    $script = /\beval\s?\([^;\n]{0,80}\bRequest\s?\.\s?(Item|Form|QueryString)[^;\n]{0,60}["']unsafe["']/ nocase
  condition:
    filesize < 200KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $open
    and any of ($classic, $jscript, $script)
}

rule Asp_Webshell_Command : webshell {
  meta:
    name = "Asp.Webshell.Command"
    family = "Command"
    severity = "critical"
    tags = "webshell"
    description = "An ASP page that runs a command from the request through WScript.Shell or Shell.Application."
    description_zh = "通过 WScript.Shell 或 Shell.Application 执行请求中命令的 ASP 页面。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $open = /<(%|script)/ nocase
    $shell = /CreateObject\s?\(\s?"(WScript\.Shell|Shell\.Application)(\.1)?"/ nocase
    $run = /\.\s?(exec|run|ShellExecute)[\s(]{1,4}[^\n]{0,60}\b(request|cmd|command|szcmd)\b/ nocase
    $request = /\brequest\s?(\(|\.\s?(form|querystring|item)\s?\()/ nocase
  condition:
    filesize < 200KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and all of them
}

rule Aspx_Webshell_Command : webshell {
  meta:
    name = "Aspx.Webshell.Command"
    family = "Command"
    severity = "critical"
    tags = "webshell"
    description = "An ASP.NET page that starts a command interpreter with an argument taken from the request."
    description_zh = "以请求参数启动命令解释器的 ASP.NET 页面。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $open = /<%@\s{0,4}(Page|WebHandler|WebService)\b/ nocase
    $start = /\b(ProcessStartInfo|Process\s?\.\s?Start)\b/
    $interpreter = /"(cmd(\.exe)?|[^"\n]{0,40}\\cmd\.exe|powershell(\.exe)?|\/bin\/(ba)?sh)"/ nocase
    $request = /\bRequest\s?(\[|\.\s?(Form|QueryString|Params|Item|Headers)\s?[\[(])/
    $textbox = /\.\s?Arguments\s?=\s?"\/c\s?"\s?\+\s?[a-z0-9_]{1,30}(\.Text)?\s?;/ nocase
  condition:
    filesize < 200KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $open
    and $start
    and $interpreter
    and any of ($request, $textbox)
}

rule Aspx_Webshell_AssemblyLoad : webshell {
  meta:
    name = "Aspx.Webshell.AssemblyLoad"
    family = "AssemblyLoad"
    severity = "critical"
    tags = "webshell"
    description = "An ASP.NET page that decrypts an assembly from the request and runs it in memory: the server half of Behinder, Godzilla and their kin."
    description_zh = "从请求中解密程序集并在内存中加载执行的 ASP.NET 页面，即冰蝎、哥斯拉等工具的服务端。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1620/"
  strings:
    $open = /<%@\s{0,4}(Page|WebHandler|WebService)\b/ nocase
    $load = /Assembly\s?(\.\s?Load\s?\(|"\s?\)\s?\.\s?GetMethod\s?\(\s?"Load")/
    $aes = /(RijndaelManaged|AesCryptoServiceProvider|CreateDecryptor|TransformFinalBlock)/
    $body = /\b(Request\s?\.\s?BinaryRead|Request\s?\.\s?InputStream|Request\s?\.\s?Form|Request\s?\[|Context\s?\.\s?Request)/
    $create = /\.\s?(CreateInstance|GetTypes|GetType)\s?\(/
  condition:
    filesize < 64KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and all of them
}
