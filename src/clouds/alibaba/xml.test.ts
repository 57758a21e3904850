import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cdata, xmlDocument } from './xml.ts';

const head = "<?xml version='1.0' encoding='UTF-8'?>";

test('members are elements, lists repeat their element, and what is null is left out', () => {
  const members = {
    RequestId: 'A',
    Page: { Count: 0, Ok: false },
    Rows: [{ Id: 1 }, { Id: 2, Tags: ['x', 'y'] }],
    Empty: [],
    None: null,
    Gone: undefined,
    Text: '',
  };
  assert.equal(
    xmlDocument('XResponse', members),
    `${head}<XResponse><RequestId>A</RequestId><Page><Count>0</Count><Ok>false</Ok></Page><Rows><Id>1</Id></Rows><Rows><Id>2</Id><Tags>x</Tags><Tags>y</Tags></Rows><Text></Text></XResponse>`,
  );
});

test('text cannot become markup, and holds no character that XML cannot', () => {
  const hostile = '</T><a b="c">&amp;\'\u0000\u000b\uffff\ud800]]>\u{1f600}\t\r\n';
  assert.equal(
    xmlDocument('R', { T: hostile }),
    `${head}<R><T>&lt;/T&gt;&lt;a b=&quot;c&quot;&gt;&amp;amp;&apos;\ufffd\ufffd\ufffd\ufffd]]&gt;\u{1f600}\t&#13;\n</T></R>`,
  );
  assert.equal(cdata('a]]>b&c'), '<![CDATA[a]]]]><![CDATA[>b&c]]>');
});
