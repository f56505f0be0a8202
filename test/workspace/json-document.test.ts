import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDocument } from '../../src/workspace/json-document.ts';
import { readFolder } from '../../src/workspace/read-folder.ts';

test('places of values and keys', () => {
  const { document } = parseDocument('a.json', '{\n  "steps": [\n    { "id": "x" }\n  ]\n}');
  assert.deepEqual(document?.rangeOf(['steps', 0, 'id']), {
    start: { line: 3, column: 13 },
    end: { line: 3, column: 16 },
  });
  assert.deepEqual(document?.rangeOf(['steps', 0, 'id'], 'key').start, { line: 3, column: 7 });
  assert.deepEqual(document?.rangeOf(['steps', 0, 'missing']).start, { line: 3, column: 5 });
});

test('a place within a string is right behind escapes', () => {
  const text = '{ "a": "\\u00e9\\n\\"${{ x }}" }';
  const { document } = parseDocument('a.json', text);
  const range = document?.rangeInString(['a'], 7, 8);
  assert.equal(text.slice((range?.start.column ?? 0) - 1, (range?.end.column ?? 0) - 1), 'x');
});

test('a byte order mark is let through; comments and commas at the end are not', () => {
  assert.deepEqual(parseDocument('a.json', '\ufeff{"a":1}').diagnostics, []);
  for (const text of ['{"a":1,}', '// x\n{}', '', '{', "{'a':1}", '{} {}'])
    assert.ok(parseDocument('a.json', text).diagnostics.length > 0, text);
});

test('a comma at the end is one mistake', () => {
  for (const text of ['{"a":1,}', '[1,]']) assert.equal(parseDocument('a.json', text).diagnostics.length, 1, text);
});

test('mutilated JSON is never thrown at, and every finding lies in the text', () => {
  const source =
    '{ "name": "x", "list": [1, 2.5, true, null, { "a": "\\u0041${{ b }}" }], "big": 12345678901234567890 }';
  fc.assert(
    fc.property(fc.nat(source.length), fc.nat(12), fc.string({ maxLength: 3 }), (at, cut, insert) => {
      const text = source.slice(0, at) + insert + source.slice(at + cut);
      const { document, diagnostics } = parseDocument('a.json', text);
      const lines = text.split('\n').length;
      for (const { range } of diagnostics) assert.ok(range.start.line >= 1 && range.end.line <= lines + 1);
      if (document !== undefined && diagnostics.length === 0) assert.deepEqual(document.value, JSON.parse(text));
    }),
    { numRuns: 2000 },
  );
});

test('deep nesting is a finding', () => {
  const text = '['.repeat(500) + ']'.repeat(500);
  assert.deepEqual(
    parseDocument('a.json', text).diagnostics.map(({ code }) => code),
    ['WB1001'],
  );
});

test('symbolic links are findings and never followed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-tree-'));
  try {
    await writeFile(join(folder, 'secret.txt'), 'outside');
    await mkdir(join(folder, 'w', 'automations', 'a'), { recursive: true });
    await symlink(join(folder, 'secret.txt'), join(folder, 'w', 'automations', 'a', 'x.json'));
    await symlink(folder, join(folder, 'w', 'automations', 'b'));
    const tree = readFolder(join(folder, 'w'));
    assert.deepEqual([...tree.files.keys()], []);
    assert.deepEqual(
      tree.diagnostics.map(({ file }) => file),
      ['automations/a/x.json', 'automations/b'],
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

const linesOf = (text: string): number[] =>
  parseDocument('a.json', text).diagnostics.map(({ range }) => range.start.line);

test('one mistake in JSON is one finding; two that stand apart are two', () => {
  assert.deepEqual(linesOf("{\n  'id': 'a',\n  \"b\": 1\n}"), [2]);
  assert.deepEqual(linesOf('{\n  “id”: “a”\n}'), [2]);
  assert.deepEqual(linesOf('{ "a": [ { "b": 1 '), [1]);
  assert.deepEqual(linesOf('{\n  "a": 1 // one\n  , "b": 2,\n  "c": 3,\n  "d": 4,\n}'), [2, 6]);
});
