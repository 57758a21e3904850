// The test file of EICAR. Rules tell facts about behaviour and format; each has a sample and a near miss in test/support/samples.ts.

// EICAR's definition: the 68 characters stand first, only white space or Ctrl-Z may follow, 128 bytes at most. A text or archive that
// merely holds the string is therefore left alone; archives are opened elsewhere and their members meet this rule.
rule Eicar_Test_File : testfile {
  meta:
    name = "Eicar.Test.File"
    family = "File"
    severity = "high"
    tags = "testfile"
    description = "The anti-malware test file of EICAR: 68 harmless characters that every scanner reports by agreement. Graded as real malware is, so that alerts and responses can be rehearsed."
    description_zh = "EICAR 反恶意软件测试文件：68 个无害字符，各家引擎约定必须报告。等级与真实恶意软件一致，便于演练告警与处置。"
    advice = "No action is needed for the file itself: the alert shows that detection works. Delete the file when the test is over."
    advice_zh = "文件本身无需处置：该告警说明检测功能正常。测试结束后删除即可。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = ""
  strings:
    $file = /^X5O!P%@AP\[4\\PZX54\(P\^\)7CC\)7\}\$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!\$H\+H\*[ \t\r\n\x1a]{0,60}$/
  condition:
    filesize >= 68
    and filesize <= 128
    and uint32(0) == 0x214f3558
    and $file at 0
}
