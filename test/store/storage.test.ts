import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson } from '../../src/json/parse.ts';
import type { Outcome } from '../../src/run/failure.ts';
import type { StorageOperation } from '../../src/run/storage-operation.ts';
import { aRun, withStore, type StoreSetup } from './with-store.ts';

/** Performs operations as attempts of one run. */
async function operator({ store }: StoreSetup): Promise<(operation: StorageOperation) => Promise<Outcome>> {
  const run = aRun();
  await store.runs.insert(run);
  let attempt = 0;
  return async (operation) => {
    const write = store.runs.storageAttempt(run, { step: 's', attempt: ++attempt }, {}, operation, attempt);
    const outcome = await write.result;
    await write.durable;
    return outcome;
  };
}

test('values are kept, read, counted, listed and deleted', async () => {
  await withStore(async (setup) => {
    const perform = await operator(setup);
    assert.deepEqual(await perform({ kind: 'get', key: 'a' }), { ok: true, output: { found: false } });
    await perform({ kind: 'set', key: 'a', value: { deep: [1, null] } });
    assert.deepEqual(await perform({ kind: 'get', key: 'a' }), {
      ok: true,
      output: { found: true, value: { deep: [1, null] } },
    });
    assert.deepEqual(await perform({ kind: 'increment', key: 'n', by: 2 }), { ok: true, output: { value: 2 } });
    assert.deepEqual(await perform({ kind: 'increment', key: 'n', by: -3 }), { ok: true, output: { value: -1 } });
    const text = await perform({ kind: 'increment', key: 'a', by: 1 });
    assert.equal(text.ok ? '' : text.failure.code, 'storage_not_a_number');
    await perform({ kind: 'set', key: 'm', value: Number.MAX_SAFE_INTEGER });
    const beyond = await perform({ kind: 'increment', key: 'm', by: 1 });
    assert.equal(beyond.ok ? '' : beyond.failure.code, 'storage_number_out_of_range');
    await perform({ kind: 'delete', key: 'a' });
    assert.equal(setup.store.storage.get('acme', 'a'), undefined);
    assert.equal(setup.store.storage.get('globex', 'n'), undefined, 'each account has its own');
  });
});

test('a prefix is taken as it is written', async () => {
  await withStore(async (setup) => {
    const perform = await operator(setup);
    for (const key of ['a%b', 'a_b', 'axb', 'A%b', 'a', 'a\u{10fffd}', 'b'])
      await perform({ kind: 'set', key, value: key });
    const keys = (prefix: string): string[] => setup.store.storage.list('acme', prefix, 10).map(({ key }) => key);
    assert.deepEqual(keys('a%'), ['a%b']);
    assert.deepEqual(keys('a_'), ['a_b']);
    assert.deepEqual(keys('a'), ['a', 'a%b', 'a_b', 'axb', 'a\u{10fffd}']);
    assert.equal(keys('').length, 7);
    assert.equal(setup.store.storage.list('acme', '', 2).length, 2);
  });
});

test('a number that a double cannot hold keeps its digits', async () => {
  await withStore(async (setup) => {
    const perform = await operator(setup);
    const value = parseJson('{"id":12345678901234567890}');
    await perform({ kind: 'set', key: 'k', value });
    const again = await setup.reopen();
    assert.equal(JSON.stringify(again.storage.get('acme', 'k')?.value), '{"id":12345678901234567890}');
  });
});
