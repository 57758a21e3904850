// Packed and hand-made programs. Rules tell facts about behaviour and format; each has a sample and a near miss in test/support/samples.ts.

import "elf"
import "math"

rule Linux_Packer_Upx : packer {
  meta:
    name = "Linux.Packer.Upx"
    family = "Upx"
    severity = "notice"
    tags = "packer"
    description = "A program packed with UPX. Packing is not harmful by itself, but it hides what the program contains from rules and readers."
    description_zh = "使用 UPX 加壳的程序。加壳本身无害，但会使规则和分析人员看不到程序内容。"
    advice = "Find out where the file comes from. Unpack it in a safe place and scan the result, or replace it with the unpacked build of a source you trust."
    advice_zh = "确认文件来源。在安全环境中脱壳后重新扫描，或替换为可信来源的未加壳版本。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1027/002/"
  strings:
    $magic = "UPX!"
  condition:
    uint32(0) == 0x464c457f
    and filesize < 100MB
    and $magic in (0..1024)
    and $magic in (filesize - 64..filesize)
    and elf.sections.len() == 0
}

rule Linux_Packer_UpxModified : packer evasion {
  meta:
    name = "Linux.Packer.UpxModified"
    family = "UpxModified"
    severity = "medium"
    tags = "packer,evasion"
    description = "A program packed with UPX whose marks were altered so that the ordinary tool cannot unpack it. Almost only malware does that."
    description_zh = "UPX 标记被篡改、无法用常规工具脱壳的加壳程序，几乎只见于恶意软件。"
    advice = "Find out where the file comes from. Unpack it in a safe place and scan the result, or replace it with the unpacked build of a source you trust."
    advice_zh = "确认文件来源。在安全环境中脱壳后重新扫描，或替换为可信来源的未加壳版本。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1027/002/"
  strings:
    $magic = "UPX!"
    $stub = /PROT_EXEC\|PROT_WRITE failed\./
    $info = "$Info: This file is packed with the "
    $id = "$Id: UPX "
  condition:
    uint32(0) == 0x464c457f
    and filesize < 100MB
    and any of ($stub, $info, $id)
    and elf.sections.len() == 0
    and not ($magic in (0..1024) and $magic in (filesize - 64..filesize))
}

rule Linux_Packer_Unknown : packer evasion {
  meta:
    name = "Linux.Packer.Unknown"
    family = "Unknown"
    severity = "medium"
    tags = "packer,evasion"
    description = "A program without sections whose only code lies in a writable and executable segment and looks random: packed or encrypted by something other than plain UPX."
    description_zh = "无节区、代码位于可写可执行段且内容近似随机的程序：被 UPX 以外的方式加壳或加密。"
    advice = "Find out where the file comes from. Unpack it in a safe place and scan the result, or replace it with the unpacked build of a source you trust."
    advice_zh = "确认文件来源。在安全环境中脱壳后重新扫描，或替换为可信来源的未加壳版本。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1027/002/"
  strings:
    $magic = "UPX!"
  condition:
    uint32(0) == 0x464c457f
    and filesize > 4KB
    and filesize < 30MB
    and elf.sections.len() == 0
    and elf.segments.len() > 0
    and for any segment in elf.segments : (segment.type == elf.PT_LOAD and segment.flags & 7 == 7 and segment.file_size > 2048)
    and math.entropy(0, filesize) > 7.2
    and not $magic in (0..1024)
}

rule Linux_Trojan_TinyElf : dropper {
  meta:
    name = "Linux.Trojan.TinyElf"
    family = "TinyElf"
    severity = "medium"
    tags = "dropper"
    description = "A program of a few hundred bytes without sections whose one segment is writable and executable: machine code with a hand-made header, typical of generated payloads."
    description_zh = "仅数百字节、无节区且唯一的段可写可执行的程序：手工拼接文件头的机器码，常见于自动生成的载荷。"
    advice = "Isolate the container or host, end the process that ran it, look at outgoing connections around the file's time, and find out who placed it before restoring from a clean image."
    advice_zh = "隔离容器或主机，结束执行它的进程，核查文件出现前后的对外连接，查明来源后再用干净镜像恢复。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1027/"
  condition:
    uint32(0) == 0x464c457f
    and filesize < 2KB
    and (uint16(16) == 2 or uint16(16) == 3)
    and elf.sections.len() == 0
    and elf.segments.len() <= 2
    and for any segment in elf.segments : (segment.type == elf.PT_LOAD and segment.flags & 7 == 7)
}

rule Linux_Packer_Shc : packer {
  meta:
    name = "Linux.Packer.Shc"
    family = "Shc"
    severity = "low"
    tags = "packer"
    description = "A shell script turned into a program by shc, which encrypts its text. Some vendors ship such files; intruders use them to hide what a script does."
    description_zh = "由 shc 编译加密的 shell 脚本。部分厂商会分发此类文件，入侵者则用来隐藏脚本内容。"
    advice = "Find out where the file comes from. Unpack it in a safe place and scan the result, or replace it with the unpacked build of a source you trust."
    advice_zh = "确认文件来源。在安全环境中脱壳后重新扫描，或替换为可信来源的未加壳版本。"
    author = "Lazaret"
    licence = "Apache-2.0"
    reference = "https://attack.mitre.org/techniques/T1027/"
  strings:
    $a = "neither argv[0] nor $_ works."
    $b = /has expired!\n?\x00/
    $c = "location has changed!"
    $d = /\x00x?%lu %d\x00|=%lu %d\x00/
  condition:
    uint32(0) == 0x464c457f
    and filesize < 20MB
    and $a
    and any of ($b, $c, $d)
}
