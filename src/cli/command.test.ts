import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineCommand } from './command.ts';
import { testIo } from './test-io.ts';
import { oneOf, wholeNumber } from './values.ts';

const readShape = oneOf(['round', 'square']);

/** A command that keeps what it was given. */
function example() {
  const inputs: unknown[] = [];
  const command = defineCommand({
    name: 'draw',
    summary: 'draw a thing',
    notes: 'Exit status: 7.',
    options: {
      shape: { type: 'text', flag: 'shape', short: 's', value: 'SHAPE', default: 'round', read: readShape, description: 'its shape' },
      size: { type: 'text', flag: 'size', value: 'N', read: wholeNumber(9), description: 'its size' },
      inks: { type: 'list', flag: 'ink', value: 'PATH', description: 'ink to use' },
      isQuiet: { type: 'boolean', flag: 'quiet', short: 'q', description: 'say nothing' },
    },
    positionals: { thing: { value: 'THING', description: 'what to draw' } },
    async run(input) {
      const shape: 'round' | 'square' = input.options.shape;
      const size: number | undefined = input.options.size;
      const inks: readonly string[] = input.options.inks;
      const isQuiet: boolean = input.options.isQuiet;
      const thing: string = input.positionals.thing;
      inputs.push({ shape, size, inks, isQuiet, thing });
      return 7;
    },
  });
  return { command, inputs };
}

async function call(...args: string[]) {
  const { command, inputs } = example();
  const { io, output } = testIo();
  const status = await command.execute(args, io);
  return { status, input: inputs[0], ...output() };
}

test('a command gets its options and arguments, as typed or as usual', async () => {
  assert.deepEqual(await call('cat'), {
    status: 7,
    input: { shape: 'round', size: undefined, inks: [], isQuiet: false, thing: 'cat' },
    stdout: '',
    stderr: '',
  });
  const { input } = await call('-q', '--ink', 'a', 'cat', '--ink=b', '--size=3', '-s', 'square');
  assert.deepEqual(input, { shape: 'square', size: 3, inks: ['a', 'b'], isQuiet: true, thing: 'cat' });
});

test('of an option given twice the last counts', async () => {
  assert.deepEqual(((await call('cat', '--size', '1', '--size', '2')).input as { size: number }).size, 2);
});

test('what begins with a dash can be an argument or a value', async () => {
  const { input } = await call('--ink=-x', '--', '--cat');
  assert.deepEqual(input, { shape: 'round', size: undefined, inks: ['-x'], isQuiet: false, thing: '--cat' });
});

for (const [args, message] of [
  [['cat', '--inkk', 'a'], 'unknown option --inkk (did you mean --ink?)'],
  [['cat', '--elephant'], 'unknown option --elephant'],
  [['cat', '-x'], 'unknown option -x'],
  [['cat', '--\u001b[31m'], 'unknown option --\\x1b[31m'],
  [['cat', '--__proto__'], 'unknown option --__proto__'],
  [[], 'THING is missing'],
  [[''], 'THING is missing'],
  [['cat', 'dog'], "unexpected argument 'dog'"],
  [['cat', '--size'], '--size needs a value: --size N'],
  [['cat', '--size='], '--size has an empty value'],
  [['cat', '--size', '--quiet'], '--size needs a value before --quiet; write --size=--quiet if that is the value'],
  [['cat', '--size', 'big'], "--size: 'big' is not a whole number from 1 to 9"],
  [['cat', '--shape', 'oval'], "--shape: 'oval' is not one of round, square"],
  [['cat', '--quiet=yes'], '--quiet takes no value'],
] as const) {
  test(`${JSON.stringify(args)} is refused with what is wrong and where help is`, async () => {
    const { status, input, stdout, stderr } = await call(...args);
    assert.equal(status, 2);
    assert.equal(input, undefined);
    assert.equal(stdout, '');
    assert.equal(stderr, `lazaret: ${message}\nusage: lazaret draw THING [options]\nSee lazaret draw --help\n`);
  });
}

test('help is made of the table and wins over all that is wrong', async () => {
  const expected = `Draw a thing.

usage: lazaret draw THING [options]

  THING  what to draw

options:
  -s, --shape SHAPE  its shape (default: round)
      --size N       its size
      --ink PATH     ink to use; may be given several times
  -q, --quiet        say nothing
  -h, --help         show this help

Exit status: 7.
`;
  for (const args of [['--help'], ['-h'], ['--elephant', '--size', '-h']]) {
    const { status, stdout, input } = await call(...args);
    assert.equal(stdout, expected);
    assert.equal(status, 0);
    assert.equal(input, undefined);
  }
});

test('help fits a narrow terminal', () => {
  const { command } = example();
  for (const line of command.help(45).split('\n')) assert.ok(line.length <= 45, line);
});

test('an argument that is a list needs one member and takes all', async () => {
  const seen: (readonly string[])[] = [];
  const command = defineCommand({
    name: 'read',
    summary: 'read',
    options: {},
    positionals: { paths: { value: 'PATH', isList: true, description: 'what to read' } },
    async run({ positionals }) {
      seen.push(positionals.paths);
      return 0;
    },
  });
  const { io, output } = testIo();
  await command.execute(['a', 'b', 'c'], io);
  assert.deepEqual(seen, [['a', 'b', 'c']]);
  assert.equal(await command.execute([], io), 2);
  assert.match(output().stderr, /PATH is missing\nusage: lazaret read PATH\.\.\. \[options\]/);
});
