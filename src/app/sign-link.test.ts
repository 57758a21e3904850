import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVault } from '#lib/vault.ts';
import { someTime } from '../../test/support/stored-images.ts';
import { checkLink, type Link, signLink } from './sign-link.ts';

const job = { id: '0123456789abcdef0123456789abcdef', name: 'a b+c&d=é.xlsx' };
const app = { vault: createVault([Buffer.alloc(32, 1)]), clock: () => someTime };

function linkOf(url: string): Link {
  const { pathname, searchParams } = new URL(url);
  const [, , id = '', name = ''] = pathname.split('/');
  return { id, name: decodeURIComponent(name), expires: searchParams.get('Expires') ?? '', signature: searchParams.get('Signature') ?? '' };
}

test('a link is good for a quarter of an hour, at the place where the caller reached the server', () => {
  const url = signLink(app, job, 'https://10.0.0.1:8443');
  assert.match(
    url,
    /^https:\/\/10\.0\.0\.1:8443\/downloads\/0123456789abcdef0123456789abcdef\/a%20b%2Bc%26d%3D%C3%A9\.xlsx\?Expires=\d{10}&Signature=[\w-]{43}$/,
  );
  const link = linkOf(url);
  assert.equal(link.name, job.name);
  assert.equal(Number(link.expires), someTime / 1000 + 900);
  assert.equal(checkLink(app, link), 'good');
  assert.equal(checkLink({ ...app, clock: () => someTime + 899_999 }, link), 'good');
  assert.equal(checkLink({ ...app, clock: () => someTime + 900_000 }, link), 'expired');
});

test('how long it is good can be chosen', () => {
  const link = linkOf(signLink({ ...app, downloads: { linkMs: 60_000, keepMs: 1 } }, job, 'http://h'));
  assert.equal(checkLink({ ...app, clock: () => someTime + 60_000 }, link), 'expired');
});

test('any change, or another key, makes it a forged one', () => {
  const link = linkOf(signLink(app, job, 'http://h'));
  const changed: Link[] = [
    { ...link, id: `f${link.id.slice(1)}` },
    { ...link, name: 'other.xlsx' },
    { ...link, expires: String(Number(link.expires) + 1) },
    { ...link, expires: `0${link.expires}` },
    { ...link, signature: `${link.signature.slice(0, -1)}${link.signature.endsWith('A') ? 'E' : 'A'}` },
    { ...link, signature: link.signature.slice(0, -1) },
    { ...link, signature: '' },
    { ...link, signature: `${link.signature}é` },
  ];
  for (const one of changed) assert.equal(checkLink(app, one), 'forged', JSON.stringify(one));
  assert.equal(checkLink({ ...app, vault: createVault([Buffer.alloc(32, 2)]) }, link), 'forged');
});
