// Web shells written in JSP. Rules tell facts about behaviour and format; each has a sample and a near miss in test/support/samples.ts.

rule Jsp_Webshell_Command : webshell {
  meta:
    name = "Jsp.Webshell.Command"
    family = "Command"
    severity = "critical"
    tags = "webshell"
    description = "A JSP page that starts a process from a request parameter and gives back its output. Whoever reaches the page runs commands on the server."
    description_zh = "根据请求参数启动进程并返回输出的 JSP 页面。能访问该页面的人即可在服务器上执行命令。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $open = /<(%|jsp:scriptlet|jsp:declaration)/
    $direct = /getRuntime\s?\(\s?\)\s?\.\s?exec\s?\([^;\n]{0,80}request\s?\.\s?get(Parameter|Header|QueryString)\s?\(/
    $direct2 = /new\s{1,4}ProcessBuilder\s?\([^;\n]{0,80}request\s?\.\s?get(Parameter|Header|QueryString)\s?\(/
    $runtime = /getRuntime\s?\(\s?\)\s?\.\s?exec\s?\(/
    $builder = /new\s{1,4}ProcessBuilder\s?\(/
    $parameter = /request\s?\.\s?get(Parameter|Header)\s?\(\s?"(cmd|c|command|exec|pwd|pass|shell|i|x|code)"/ nocase
    $output = /\.\s?getInputStream\s?\(\s?\)/
  condition:
    filesize < 200KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $open
    and (any of ($direct, $direct2) or (filesize < 16KB and $parameter and $output and any of ($runtime, $builder)))
}

rule Jsp_Webshell_ClassLoader : webshell {
  meta:
    name = "Jsp.Webshell.ClassLoader"
    family = "ClassLoader"
    severity = "critical"
    tags = "webshell"
    description = "A JSP page that defines a class from bytes of the request, usually AES encrypted, and runs it: the server half of Behinder, Godzilla and their kin."
    description_zh = "从请求中取得（通常经 AES 加密的）字节码并加载执行的 JSP 页面，即冰蝎、哥斯拉等工具的服务端。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $open = /<(%|jsp:scriptlet|jsp:declaration)/
    $loader = /extends\s{1,4}(java\.lang\.)?ClassLoader/
    $define = /\bdefineClass\s?\(/
    $reflect = /getDeclaredMethod\s?\(\s?"defineClass"/
    $aes = /Cipher\s?\.\s?getInstance\s?\(\s?"AES/
    $base64 = /(BASE64Decoder|Base64)/
    $body = /request\s?\.\s?get(Reader|InputStream|Parameter)\s?\(/
    $new = /\.\s?newInstance\s?\(\s?\)/
  condition:
    filesize < 64KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $open
    and $body
    and $new
    and any of ($aes, $base64)
    and ($reflect or ($loader and $define))
}

rule Jsp_Webshell_ScriptEngine : webshell {
  meta:
    name = "Jsp.Webshell.ScriptEngine"
    family = "ScriptEngine"
    severity = "critical"
    tags = "webshell"
    description = "A JSP page that evaluates request text as a script or an expression, which gives whoever calls it the rights of the application server."
    description_zh = "将请求内容作为脚本或表达式求值的 JSP 页面，调用者可获得应用服务器权限。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $open = /<(%|jsp:scriptlet|jsp:declaration)/
    $engine = /ScriptEngineManager\s?\(/
    $eval = /\.\s?eval\s?\(\s?request\s?\.\s?get(Parameter|Header)\s?\(/
    $el = /ELProcessor\s?\(\s?\)[^;]{0,40}\.\s?eval\s?\(\s?request\s?\.\s?get/
  condition:
    filesize < 64KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and $open
    and (($engine and $eval) or $el)
}

rule Jsp_Webshell_MemoryShell : webshell {
  meta:
    name = "Jsp.Webshell.MemoryShell"
    family = "MemoryShell"
    severity = "critical"
    tags = "webshell"
    description = "A JSP page that adds a servlet, filter or listener to the running server by reflection. The web shell stays in memory after the page is deleted."
    description_zh = "通过反射向运行中的服务器注入 Servlet、Filter 或 Listener 的 JSP 页面（内存马），删除页面后后门仍驻留内存。"
    advice = "Take the file off the web root (keep a copy as evidence), look in the access log for who called it, close the hole it came through, and change the secrets the web application could read."
    advice_zh = "将文件移出网站目录并保留证据，检查访问日志确认谁访问过它，修复被利用的漏洞，并更换该应用可读取的密钥和口令。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
  strings:
    $open = /<(%|jsp:scriptlet|jsp:declaration)/
    $context = "StandardContext"
    $field = /getDeclaredField\s?\(\s?"(context|filterConfigs|request|applicationEventListenersList)"/
    $access = /setAccessible\s?\(\s?true\s?\)/
    $add = /\b(addFilterDef|addFilterMapBefore|addFilterMap|addApplicationEventListener|addServletMappingDecoded|addServletMapping)\s?\(/
    $run = /(getRuntime\s?\(\s?\)\s?\.\s?exec|new\s{1,4}ProcessBuilder|defineClass)/
  condition:
    filesize < 200KB
    and uint32(0) != 0x464c457f
    and uint16(0) != 0x5a4d
    and all of them
}
