import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExactNumber, type Json } from '../../src/json/value.ts';
import type { Outcome } from '../../src/run/failure.ts';
import type { StorageOperation } from '../../src/run/storage-operation.ts';
import type { Store } from '../../src/store/store.ts';
import { newStore, sampleRun } from './sample-store.ts';

interface Bench {
  store: Store;
  /** Performs an operation for the account, each as a step of its own. */
  perform: (operation: StorageOperation, account?: string) => Promise<Outcome>;
}

async function newBench(): Promise<Bench> {
  const store = await newStore();
  const run = sampleRun();
  await store.runs.insert(run);
  let steps = 0;
  return {
    store,
    perform: async (operation, account = 'acme') => {
      const key = { step: `step${++steps}`, attempt: 1 };
      const write = store.runs.storageAttempt({ id: run.id, account }, key, { of: operation.kind }, operation, steps);
      await write.durable;
      const recorded = store.runs.attempts(run.id).at(-1);
      const outcome = await write.result;
      assert.deepEqual([recorded?.key, recorded?.outcome], [key, outcome], 'the journal has what was answered');
      return outcome;
    },
  };
}

function success(output: Json): Outcome {
  return { ok: true, output };
}

test('get, set and delete', async () => {
  const { store, perform } = await newBench();
  assert.deepEqual(await perform({ kind: 'get', key: 'a' }), success({ found: false }));
  assert.deepEqual(await perform({ kind: 'set', key: 'a', value: { x: [1, null] } }), success({ key: 'a' }));
  assert.deepEqual(await perform({ kind: 'get', key: 'a' }), success({ found: true, value: { x: [1, null] } }));
  assert.deepEqual(store.storage.get('acme', 'a'), { key: 'a', value: { x: [1, null] }, updatedAt: 2 });
  await perform({ kind: 'set', key: 'a', value: null });
  assert.deepEqual(await perform({ kind: 'get', key: 'a' }), success({ found: true, value: null }));
  assert.deepEqual(store.storage.get('acme', 'a'), { key: 'a', value: null, updatedAt: 4 });
  assert.deepEqual(await perform({ kind: 'delete', key: 'a' }), success({ deleted: true }));
  assert.deepEqual(await perform({ kind: 'delete', key: 'a' }), success({ deleted: false }));
  assert.equal(store.storage.get('acme', 'a'), undefined);
});

test('an account sees and changes nothing of another', async () => {
  const { store, perform } = await newBench();
  await perform({ kind: 'set', key: 'a', value: 1 }, 'acme');
  assert.deepEqual(await perform({ kind: 'get', key: 'a' }, 'globex'), success({ found: false }));
  assert.deepEqual(await perform({ kind: 'list', prefix: '', limit: 9 }, 'globex'), success({ entries: [] }));
  assert.deepEqual(await perform({ kind: 'delete', key: 'a' }, 'globex'), success({ deleted: false }));
  assert.deepEqual(await perform({ kind: 'increment', key: 'a', by: 5 }, 'globex'), success({ value: 5 }));
  assert.equal(store.storage.get('acme', 'a')?.value, 1);
  assert.deepEqual(store.storage.list('globex', '', 9), [{ key: 'a', value: 5, updatedAt: 5 }]);
});

test('a prefix is taken by the letter, also where its characters mean something to a database', async () => {
  const { store, perform } = await newBench();
  const keys = [
    '',
    'a',
    'a%',
    'a%b',
    'a_',
    'ab',
    'aXb',
    "a'b",
    'a"b',
    'a*',
    'a?',
    'a\\',
    'a\u0000b',
    'A',
    'ä',
    'a🙂',
    'b',
  ];
  for (const key of keys) await perform({ kind: 'set', key, value: key });
  const inOrder = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const prefix of ['', 'a', 'a%', 'a_', 'ab', "a'", 'a"', 'a*', 'a?', 'a\\', 'a\u0000', 'A', 'ä', 'a🙂', 'none']) {
    const expected = inOrder.filter((key) => key.startsWith(prefix));
    const listed = store.storage.list('acme', prefix, 99);
    assert.deepEqual(
      listed.map(({ key }) => key),
      expected,
      JSON.stringify(prefix),
    );
    assert.deepEqual(
      await perform({ kind: 'list', prefix, limit: 2 }),
      success({ entries: expected.slice(0, 2).map((key) => ({ key, value: key })) }),
    );
  }
});

test('a number keeps its digits through the storage', async () => {
  const { store, perform } = await newBench();
  const value = { id: new ExactNumber('12345678901234567890'), share: new ExactNumber('999.12345678901239') };
  await perform({ kind: 'set', key: 'a', value });
  assert.deepEqual(await perform({ kind: 'get', key: 'a' }), success({ found: true, value }));
  assert.deepEqual(await perform({ kind: 'list', prefix: '', limit: 1 }), success({ entries: [{ key: 'a', value }] }));
  assert.deepEqual(store.storage.get('acme', 'a')?.value, value);
});

test('increment counts from nothing, and refuses what it could only count wrongly', async () => {
  const { store, perform } = await newBench();
  const count = (by: number): Promise<Outcome> => perform({ kind: 'increment', key: 'n', by });
  assert.deepEqual(
    [await count(1), await count(2), await count(-5), await count(0.5)],
    [1, 3, -2, -1.5].map((value) => success({ value })),
  );
  const codeAfter = async (value: Json, by: number): Promise<string | undefined> => {
    await perform({ kind: 'set', key: 'n', value });
    const outcome = await count(by);
    assert.deepEqual(store.storage.get('acme', 'n')?.value, value, 'a refused count changes nothing');
    return outcome.ok ? undefined : outcome.failure.code;
  };
  for (const value of ['1', null, [1], { n: 1 }, true, new ExactNumber('12345678901234567890')])
    assert.equal(await codeAfter(value, 1), 'storage_not_a_number');
  assert.equal(await codeAfter(Number.MAX_SAFE_INTEGER, 1), 'storage_number_out_of_range');
  assert.equal(await codeAfter(-Number.MAX_SAFE_INTEGER, -1), 'storage_number_out_of_range');
  assert.equal(await codeAfter(1.5e308, 1.5e308), 'storage_number_out_of_range');
});
