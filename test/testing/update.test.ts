import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { renderJson } from '../../src/testing/render-json.ts';
import { updatedText } from '../../src/testing/update.ts';
import type { Json } from '../../src/json/value.ts';
import { runCases } from './run-text.ts';

const STEPS = [
  {
    id: 'post',
    uses: 'http.request',
    with: { method: 'POST', url: 'https://api.example.com/', body: { n: 1, list: [1, 2] } },
  },
  { id: 'save', uses: 'storage.set', with: { key: 'k', value: 'v' } },
];
const answered = { trigger: { body: {} }, answers: [{ with: [{ status: 201 }] }] };

/** The expectation after an update, and whether the case then passes. */
async function updated(expect: object): Promise<{ expect: object; passes: boolean }> {
  const one = { name: 'one', ...answered, expect };
  const text = updatedText(await runCases(STEPS, [one])) ?? '';
  const { cases } = JSON.parse(text) as { cases: (typeof one)[] };
  const again = await runCases(STEPS, cases);
  assert.deepEqual({ ...cases[0], expect: {} }, { ...one, expect: {} });
  return { expect: cases[0]?.expect ?? {}, passes: again.cases[0]?.passed === true };
}

test('an update writes what came, for the keys that are there alone', async () => {
  assert.deepEqual(
    await updated({
      status: 'failed',
      storage: { k: 'w' },
      steps: [],
      attempts: { post: 3 },
      waits: { post: ['1s'] },
      took: '5s',
      requests: [{ body: { n: 2, list: [1] }, path: '/x' }, { step: 'save' }],
    }),
    {
      expect: {
        status: 'succeeded',
        storage: { k: 'v' },
        steps: ['post', 'save'],
        attempts: { post: 1 },
        waits: { post: [] },
        took: '0s',
        requests: [{ body: { n: 1, list: [1, 2] }, path: '/' }],
      },
      passes: true,
    },
  );
});

test('a case that passes and one that cannot be compared stay as they are', async () => {
  const cases = [
    { name: 'passes', ...answered, expect: { error: undefined, took: '0ms', steps: ['post', 'save'] } },
    { name: 'unanswered', trigger: { body: {} }, expect: { steps: [] } },
  ];
  const result = await runCases(STEPS, cases);
  assert.deepEqual(
    result.cases.map(({ passed }) => passed),
    [true, false],
  );
  assert.equal(updatedText(result), result.document?.text);
});

test('the text around a value stays as it is', async () => {
  const result = await runCases(STEPS, [
    { name: 'one', ...answered, expect: { storage: { k: 'w' }, status: 'succeeded' } },
  ]);
  assert.equal(updatedText(result), result.document?.text.replace('"w"', '"v"'));
});

test('what is written is the same value, in lines that fit where they can', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), fc.nat(8), fc.nat(80), (value, indent, column) => {
      const text = renderJson(value as Json, indent, column);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
    }),
  );
  assert.equal(renderJson({ a: [1, { b: 'c' }] }, 0, 0), '{ "a": [1, { "b": "c" }] }');
  const long = 'x'.repeat(60);
  assert.equal(renderJson({ a: long, b: [long] }, 2, 10), `{\n    "a": "${long}",\n    "b": ["${long}"]\n  }`);
});
