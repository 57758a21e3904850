import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicAddress } from './public-address.ts';

test('addresses of the Internet are public', () => {
  for (const address of ['1.1.1.1', '8.8.8.8', '172.15.0.1', '172.32.0.1', '100.63.0.1', '223.255.255.255', '2606:4700::1111', '2a00:1450::1', '2001:200::1'])
    assert.equal(isPublicAddress(address), true, address);
});

test('addresses of this machine, of private nets and of special use are not', () => {
  const addresses =
    '0.0.0.0 10.1.2.3 100.64.0.1 100.100.100.200 127.0.0.1 127.255.0.9 169.254.169.254 172.16.0.1 172.31.255.255 192.168.0.1 198.18.0.1 224.0.0.1 255.255.255.255 :: ' +
    '::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::7f00:1 fe80::1 fe80::1%eth0 fc00::1 fd12::1 ff02::1 64:ff9b::7f00:1 2002:7f00:1:: 2001:db8::1 2001::1 fec0::1 4000::1';
  for (const address of addresses.split(' ')) assert.equal(isPublicAddress(address), false, address);
});

test('what is no address is not public', () => {
  for (const address of ['', 'localhost', '127.1', '0x7f.0.0.1', '2130706433', '1.1.1.1 ', '[::1]', '1.1.1.1.'])
    assert.equal(isPublicAddress(address), false, address);
});
