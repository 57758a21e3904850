import { elf, elfPair, noise } from './elf.ts';
import type { RuleSample } from './piece.ts';

const upxMark = Buffer.from(['UP', 'X!'].join(''));
const upxStub = ['PROT_EXEC|', 'PROT_WRITE failed.'].join('');

export const packedSamples: readonly RuleSample[] = [
  elfPair(
    'Linux_Packer_Upx',
    'usr/local/bin/small',
    { bytes: Buffer.concat([upxMark, Buffer.alloc(4096), upxMark, Buffer.alloc(24)]) },
    { sections: true, bytes: Buffer.concat([Buffer.from('knows the mark '), upxMark, Buffer.alloc(4096)]) },
  ),
  elfPair(
    'Linux_Packer_UpxModified',
    'tmp/.u',
    { strings: [upxStub], bytes: Buffer.alloc(2048) },
    { sections: true, strings: [upxStub, '$Id: UPX '], bytes: Buffer.alloc(2048) },
  ),
  elfPair('Linux_Packer_Unknown', 'tmp/.p', { segments: [7], bytes: noise(16384) }, { segments: [5, 6], bytes: noise(16384) }),
  elfPair('Linux_Trojan_TinyElf', 'tmp/tiny', { segments: [7], bytes: Buffer.alloc(100) }, { segments: [5], bytes: Buffer.alloc(100) }),
  {
    rule: 'Linux_Packer_Shc',
    path: 'usr/local/bin/job',
    positive: () => elf({ strings: ['E: neither ¦argv[0] nor $_ works.', 'has ex¦pired!\n', '=%lu ¦%d'] }),
    nearMiss: () => elf({ strings: ['your licence has expired!', 'argv[0]', 'neither this nor that works.'] }),
  },
];
