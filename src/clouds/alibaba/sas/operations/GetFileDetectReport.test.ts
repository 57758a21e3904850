import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { askAlibaba as ask, askAlibabaWell as askWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { aJudgedFile, aVerdict, detected, keyOf } from '../../../../../test/support/detected-files.ts';
import { getFileDetectReport } from './GetFileDetectReport.ts';

function spoken(text = ''): readonly unknown[] {
  const [first] = JSON.parse(text) as readonly Readonly<Record<string, unknown>>[];
  return ['name', 'threat_type', 'threat_type_desc', 'risk_type', 'last_find_time', 'description'].map((key) => first?.[key]);
}

test('a file is reported by either digest, with what engines say of it', async (context) => {
  const call = await openCall(context);
  await detected(call, keyOf('a'), { state: 'done', result: aJudgedFile('a', { verdict: aVerdict('critical') }), members: [] });
  for (const FileHash of [keyOf('a'), hash('sha256', 'a')]) {
    const { Data, Code, Success } = await askWell(getFileDetectReport, call, { FileHash });
    assert.deepEqual([Code, Success, Data.FileHash, Data.HasData, Data.ShowTab, Data.ThreatLevel], ['200', true, FileHash, true, true, 2]);
    assert.deepEqual(JSON.parse(Data.Intelligences ?? ''), ['Trojan']);
    const basic = JSON.parse(Data.Basic ?? '') as Readonly<Record<string, unknown>>;
    const digests = { md5: keyOf('a'), sha1: hash('sha1', 'a'), sha256: hash('sha256', 'a') };
    const times = { gmt_first_submit: '2025-01-02 03:05:05', gmt_update: '2025-01-02 03:05:05' };
    assert.deepEqual(basic, { ...digests, fileSize: '1', fileLabel: ['ELF64'], virus_name: 'Linux.Trojan.Test', ...times });
    assert.deepEqual(spoken(Data.ThreatTypes), ['Linux.Trojan.Test', 'Trojan', 'Trojan', 1, '2025-01-02 03:05:05', 'bad']);
  }
  const { Data } = await askWell(getFileDetectReport, { ...call, language: 'zh' }, { FileHash: keyOf('a') });
  assert.deepEqual(spoken(Data.ThreatTypes).slice(2), ['木马程序', 1, '2025-01-02 03:05:05', '坏']);
  assert.equal(Data.Intelligences, '["木马程序"]');
});

test('a file that was fetched has the name of its address, an uploaded one none', async (context) => {
  const call = await openCall(context);
  const names = { 'https://files.example/a/%E4%B8%AD.sh?x=/y': '中.sh', 'http://files.example/%zz': '%zz', 'http://files.example/': undefined, '': undefined };
  for (const [url, name] of Object.entries(names)) {
    await detected(call, keyOf(url), undefined, { url });
    assert.equal((await askWell(getFileDetectReport, call, { FileHash: keyOf(url) })).Data.Filename, name);
  }
});

test('only the fields asked for are told', async (context) => {
  const call = await openCall(context);
  await detected(call, keyOf('a'), { state: 'done', result: aJudgedFile('a', { verdict: aVerdict('medium') }), members: [] });
  const { Data } = await askWell(getFileDetectReport, call, { FileHash: keyOf('a'), Field: 'ThreatLevel, Intelligences' });
  assert.deepEqual(Data, { FileHash: keyOf('a'), HasData: true, ShowTab: true, ThreatLevel: 1, Intelligences: '["Trojan"]' });
  assert.equal(await ask(getFileDetectReport, call, { FileHash: keyOf('a'), Field: 'Basic,Other' }), 'InvalidField');
});

test('a file that is not known, not judged yet or of another account has no data', async (context) => {
  const call = await openCall(context);
  await detected(call, keyOf('waiting'));
  await detected({ ...call, accountId: 'other' }, keyOf('theirs'));
  for (const name of ['unknown', 'waiting', 'theirs']) {
    const { Data } = await askWell(getFileDetectReport, call, { FileHash: keyOf(name) });
    assert.deepEqual(Data, { FileHash: keyOf(name), HasData: false, ShowTab: false });
  }
  assert.equal(await ask(getFileDetectReport, call, {}), 'MissingFileHash');
  assert.equal(await ask(getFileDetectReport, call, { FileHash: "x' OR 1" }), 'InvalidFileHash');
});
