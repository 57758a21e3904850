import { BlockList, isIP } from 'node:net';

// Special-purpose registries of IANA (RFC 6890 and what came after it): whatever is not reachable from everywhere, or stands for an IPv4 address inside.
const special4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
] as const;
// Of 2000::/3, the only block that is given out so far.
const special6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'] as const;

const blocked = new BlockList();
for (const [family, nets] of [
  ['ipv4', special4],
  ['ipv6', special6],
] as const) {
  for (const net of nets) {
    const [address = '', bits = ''] = net.split('/');
    blocked.addSubnet(address, Number(bits), family);
  }
}
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');

/**
 * Whether an IP address, as text without brackets, belongs to the public Internet: not to this machine, a private or local net, a cloud's
 * metadata service, a group of receivers or a tunnel. False for what is no address.
 */
export function isPublicAddress(address: string): boolean {
  // A zone names an interface, and only local addresses have one.
  switch (isIP(address)) {
    case 4:
      return !blocked.check(address, 'ipv4');
    case 6:
      return !address.includes('%') && global6.check(address, 'ipv6') && !blocked.check(address, 'ipv6');
    default:
      return false;
  }
}
