/**
 * A gzip stream that holds itself. Five-byte instructions of deflate, those that give bytes as they are (`give`) and those that repeat the last ones
 * (`again`), tell each other what the whole is; the stated checksum is wrong, since it would have to be its own.
 */
export function gzipOfItself(): Buffer {
  const head = Buffer.from('1f8b0808000000000003', 'hex');
  const prefix = Buffer.concat([head, Buffer.from('self\0')]);
  const give = (length: number): Buffer => {
    const bytes = Buffer.alloc(5);
    bytes.writeUInt16LE(length, 1);
    bytes.writeUInt16LE(0xffff - length, 3);
    return bytes;
  };
  // Twice ten bytes from twenty back; at the end seven and six from thirteen back.
  const again = bitsToBytes('0', '10', ['0001000', '01000', '110'], ['0001000', '01000', '110'], '0000000');
  const last = bitsToBytes('1', '10', ['0000101', '00111', '00'], ['0000100', '00111', '00'], '0000000');
  const suffix = Buffer.alloc(8);
  const parts = (size: number): readonly Buffer[] => {
    suffix.writeUInt32LE(size, 4);
    const [all, none, end] = [give(20), give(0), give(13)];
    const start = [prefix, all, prefix, all, again, give(5), again, give(5), give(5), all, again, give(5), give(5), all, again];
    return [...start, all, again, all, again, all, again, all, again, none, none, end, again, none, none, end, last, suffix, last, suffix];
  };
  return Buffer.concat(parts(Buffer.concat(parts(0)).length));
}

// Huffman codes come with their first bit first, numbers with their last.
function bitsToBytes(...fields: readonly (string | readonly string[])[]): Buffer {
  const bits = fields.flat().join('');
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8));
  for (let at = bits.indexOf('1'); at >= 0; at = bits.indexOf('1', at + 1)) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7));
  return bytes;
}
