import { base64Noise, type RuleSample, textPair, whole } from './piece.ts';

/** Every PHP sample ends before its telling line; the JSP and ASP ones end the response first. */
const php = '<?php exit(0);\n';
const jsp = '<%@ page import="java.util.*,java.io.*" %>\n<% if (true) return; %>\n';
const aspx = '<%@ Pa¦ge Language="C#" %>\n<% Response.End(); %>\n';

export const webShellSamples: readonly RuleSample[] = [
  textPair(
    'Php_Webshell_Eval',
    'var/www/html/images/a.php',
    `${php}@ev¦al($_PO¦ST['k']);\n`,
    `<?php\n// The word eval($code) stands for running text; $_POST is never evaluated here.\n$value = intval($_POST['k']);\n$total = evaluate($_POST['k']);\n`,
  ),
  textPair(
    'Php_Webshell_Command',
    'var/www/html/up/c.php',
    `${php}$c = $_GE¦T['cmd'];\nsys¦tem($c);\n`,
    `<?php\n$file = basename($_GET['file']);\n$statement = $database->exec($_POST['name']);\nif (filesystem($_GET['x'])) system('uptime');\n/* \`$_GET['x']\` is quoted in this comment; */\n`,
  ),
  textPair(
    'Php_Webshell_VariableFunction',
    'var/www/html/f.php',
    `${php}$_GE¦T['f']($_PO¦ST['a']);\n`,
    `<?php\n$result = array_map('trim', $_POST['names']);\ncall_user_func([$this, 'show'], $_GET['id']);\n$handlers[$_GET['f']]($request);\n`,
  ),
  textPair(
    'Php_Webshell_Modifier',
    'var/www/html/r.php',
    `${php}preg_rep¦lace('/.*/e', $_PO¦ST['x'], '');\n`,
    `<?php\n$text = preg_replace('/[^a-z]/i', '', $_POST['x']);\n$other = preg_replace('/some/', $_POST['x'], $text);\n$sort = create_function('$a,$b', 'return $a - $b;');\n`,
  ),
  textPair(
    'Php_Trojan_Packed',
    'var/www/html/wp-content/x.php',
    `${php}ev¦al(gzin¦flate(base64_¦decode('${base64Noise(160)}')));\n`,
    `<?php\n$picture = base64_decode('${base64Noise(160)}');\n$text = gzinflate(base64_decode($row['packed']));\n`,
  ),
  textPair(
    'Php_Webshell_SplitName',
    'var/www/html/s.php',
    `${php}$f = 'as'.¦'se'.'rt'; $g = 'as'.¦'sert';\n$g($_PO¦ST['p']);\n`,
    `<?php\n$class = 'as' . 'semble' . $_POST['p'];\n$label = 'sys' . '-info';\necho $render($class, $label);\n`,
  ),
  textPair(
    'Php_Webshell_Behinder',
    'var/www/html/shell.php',
    `${php}session_start();\n$key='0000000000000000';\n$_SES¦SION['k']=$key;\n$post=file_get_contents("php://in¦put");\nif(!extension_loa¦ded('openssl')){ for($i=0;$i<strlen($post);$i++){ $post[$i]=$post[$i]^$key[$i+1¦&15]; } }\nelse { $post=openssl_dec¦rypt($post, "AES¦128", $key); }\nclass C{public function __in¦voke($p) {ev¦al($p."");}}\n`,
    `<?php\nsession_start();\n$body = file_get_contents("php://in¦put");\nif (!extension_loaded('openssl')) throw new RuntimeException('openssl is missing');\n$text = openssl_decrypt($body, "AES-128-CBC", $_SESSION['key'], 0, $iv);\nreturn json_decode($text, true);\n`,
  ),
  textPair(
    'Php_Webshell_Godzilla',
    'var/www/html/g.php',
    `${php}function enc¦ode($D,$K){ for($i=0;$i<strlen($D);$i++) { $c = $K[$i+1¦&15]; $D[$i] = $D[$i]^$c; } return $D; }\nif (isset($_PO¦ST['pass'])){ $data=encode(base64_decode($_PO¦ST['pass']),$key);\n$_SES¦SION[$n]=encode($data,$key);\nev¦al($payload);\necho substr(md¦5($pass.$key),0,16); }\n`,
    `<?php\nfunction mask(array $data, array $key): array {\n  foreach ($data as $i => $byte) $data[$i] = $byte ^ $key[$i % 16];\n  return $data;\n}\n$_SESSION['token'] = substr(md5($seed), 0, 16);\n`,
  ),
  textPair(
    'Php_Webshell_FileWriter',
    'var/www/html/w.php',
    `${php}file_put_con¦tents($_GE¦T['f'], $_PO¦ST['c']);\n`,
    `<?php\nfile_put_contents($cache . '/form.json', json_encode($_POST['c']));\nmove_uploaded_file($_FILES['photo']['tmp_name'], $folder . '/' . $id . '.png');\n`,
  ),
  {
    rule: 'Php_Webshell_InImage',
    path: 'var/www/html/uploads/cat.gif',
    positive: () => Buffer.from(whole('GI¦F89a\x01\x00\x01\x00<¦?php exit(0); sys¦tem($_GE¦T["c"]); ?>'), 'latin1'),
    nearMiss: () => Buffer.from('GIF89a\x01\x00\x01\x00 comment: this picture was made by a script that began with <?php and drew $points', 'latin1'),
  },
  textPair(
    'Php_Webshell_Console',
    'var/www/html/b.php',
    `${php}$title = 'b37¦4k shell';\n$all = array(ini_get('disable_¦functions'), ini_get('safe_¦mode'), posix_getpw¦uid(0), php_un¦ame(), 'shell_¦exec', 'pass¦thru', 'proc_¦open', file('/etc/pass¦wd'));\n`,
    `<?php\n// Status page. Known web shells such as the b374k family are looked for elsewhere.\necho php_uname(), ini_get('disable_functions'), posix_getpwuid(0)['name'], $_SERVER['SERVER_SOFTWARE'];\nmove_uploaded_file($a, $b); echo substr(sprintf('%o', fileperms($b)), -4);\n`,
  ),
  textPair(
    'Jsp_Webshell_Command',
    'opt/tomcat/webapps/ROOT/c.jsp',
    `${jsp}<% Process p = Runtime.getRun¦time().ex¦ec(request.getPara¦meter("cmd")); InputStream in = p.getInput¦Stream(); %>\n`,
    `<%@ page import="java.io.*" %>\n<% Process p = Runtime.getRun¦time().exec("/usr/bin/uptime"); InputStream in = p.getInputStream(); String name = request.getParameter("name"); %>\n`,
  ),
  textPair(
    'Jsp_Webshell_ClassLoader',
    'opt/tomcat/webapps/ROOT/s.jsp',
    `${jsp}<%! class U extends Class¦Loader { U(ClassLoader c){super(c);} public Class g(byte []b){ return super.define¦Class(b,0,b.length); } } %>\n<% Cipher c=Cipher.get¦Instance("AES"); new U(getClass().getClassLoader()).g(c.doFinal(new sun.misc.BASE64¦Decoder().decodeBuffer(request.get¦Reader().readLine()))).new¦Instance().equals(pageContext); %>\n`,
    `<%@ page import="java.util.Base64" %>\n<% byte[] picture = Base64.getDecoder().decode(request.getParameter("picture")); Object view = Class.forName("example.View").newInstance(); %>\n`,
  ),
  textPair(
    'Jsp_Webshell_ScriptEngine',
    'opt/tomcat/webapps/ROOT/e.jsp',
    `${jsp}<% new javax.script.ScriptEngine¦Manager().getEngineByName("js").ev¦al(request.get¦Parameter("x")); %>\n`,
    `<%@ page import="javax.script.*" %>\n<% Object sum = new ScriptEngineManager().getEngineByName("js").eval("1 + 1"); String x = request.getParameter("x"); %>\n`,
  ),
  textPair(
    'Jsp_Webshell_MemoryShell',
    'opt/tomcat/webapps/ROOT/m.jsp',
    `${jsp}<% java.lang.reflect.Field f = ctx.getClass().getDeclared¦Field("context"); f.setAccess¦ible(true); Standard¦Context s = (Standard¦Context) f.get(ctx); s.addFilter¦Def(d); s.addFilterMap¦Before(m); Runtime.getRun¦time().ex¦ec("true"); %>\n`,
    `<%-- The filter of this application is declared in web.xml; StandardContext finds it with addFilterDef( at start. --%>\n<% java.lang.reflect.Field f = bean.getClass().getDeclaredField("name"); f.setAccessible(true); %>\n`,
  ),
  textPair(
    'Asp_Webshell_Eval',
    'inetpub/wwwroot/a.asp',
    `<% Response.End %>\n<%ev¦al req¦uest("k")%>\n`,
    `<%\n' Evaluates the request of the user\nDim medieval\nmedieval = Request("k")\n%>\n`,
  ),
  textPair(
    'Asp_Webshell_Command',
    'inetpub/wwwroot/c.asp',
    `<% Response.End\nSet s = Server.Create¦Object("WScr¦ipt.Shell")\nResponse.Write s.ex¦ec("cmd.exe /c " & Req¦uest("c")).StdOut.ReadAll %>\n`,
    `<%\nSet c = Server.CreateObject("ADODB.Command")\nc.CommandText = "select 1"\nSet r = c.Execute\nname = Request.Form("name")\n%>\n`,
  ),
  textPair(
    'Aspx_Webshell_Command',
    'inetpub/wwwroot/c.aspx',
    `${aspx}<% var i = new ProcessStart¦Info("cm¦d.exe", "/c " + Req¦uest["c"]); Process.St¦art(i); %>\n`,
    `<%@ Pa¦ge Language="C#" %>\n<% var i = new Process¦StartInfo("C:\\\\tools\\\\convert.exe", "in.png out.jpg"); var name = Request["name"]; %>\n`,
  ),
  textPair(
    'Aspx_Webshell_AssemblyLoad',
    'inetpub/wwwroot/s.aspx',
    `${aspx}<% byte[] c = Req¦uest.Binary¦Read(Request.ContentLength); System.Reflection.Assem¦bly.Lo¦ad(new Rijndael¦Managed().CreateDec¦ryptor(k, k).TransformFinal¦Block(c, 0, c.Length)).Create¦Instance("U").Equals(this); %>\n`,
    `<%@ Pa¦ge Language="C#" %>\n<% var plain = new AesCryptoServiceProvider().CreateDecryptor(k, v); var body = Request.InputStream; var kind = this.GetType(); %>\n`,
  ),
];
