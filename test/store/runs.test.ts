import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExactNumber } from '../../src/json/value.ts';
import type { RunRecord } from '../../src/run/records.ts';
import { namedRunId } from '../../src/run/run-id.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { keepPlan, newFolder, newStore, sampleRun } from './sample-store.ts';

const failure = {
  class: 'credential',
  code: 'http_status',
  message: 'no',
  help: 'connect again',
  status: 401,
  details: { id: new ExactNumber('12345678901234567890') },
  retryAfterMs: 7,
} as const;

test('a run that was inserted is there after reopening, as it was', async () => {
  const folder = newFolder();
  const first = openSqliteStore(folder);
  await keepPlan(first);
  const trigger = { body: { text: 'Zoë \u0000 🙂', '': null, ['__proto__']: [1.5, -0.1, 1e300] }, list: [[], {}] };
  const run = sampleRun({ trigger });
  await first.runs.insert(run);
  await first.close();
  const second = openSqliteStore(folder);
  assert.deepEqual(second.runs.get(run.id), run);
  assert.deepEqual([...second.runs.ready()], [{ id: run.id, account: run.account }]);
  await second.close();
});

test('numbers that a double would change keep their digits', async () => {
  const store = await newStore();
  for (const digits of [
    '9007199254740993',
    '12345678901234567890',
    '999.12345678901239',
    '0.1234567890123456789',
    '1e400',
    '-1.00000000000000001E+2',
  ]) {
    const run = sampleRun({ trigger: { body: new ExactNumber(digits) } });
    await store.runs.insert(run);
    assert.deepEqual(store.runs.get(run.id)?.trigger['body'], new ExactNumber(digits), digits);
  }
});

test('a run goes from queued to its end, and then stands still', async () => {
  const store = await newStore();
  const run = sampleRun();
  await store.runs.insert(run);
  await store.runs.begin(run.id, 2000);
  assert.deepEqual(store.runs.get(run.id), { ...run, status: 'running', startedAt: 2000 });
  await store.runs.begin(run.id, 2500);
  assert.equal(store.runs.get(run.id)?.startedAt, 2000, 'a resumed run keeps the time at which it was begun first');
  await store.runs.finish(run.id, 3000, { status: 'failed', failure });
  const ended: RunRecord = { ...run, status: 'failed', failure, startedAt: 2000, finishedAt: 3000 };
  assert.deepEqual(store.runs.get(run.id), ended);
  assert.deepEqual([...store.runs.ready()], []);
  await assert.rejects(store.runs.begin(run.id, 4000), { code: 'store_refused' });
  await assert.rejects(store.runs.finish(run.id, 4000, { status: 'succeeded' }), { code: 'store_refused' });
  assert.deepEqual(store.runs.get(run.id), ended);
});

test('an output that is null is an output', async () => {
  const store = await newStore();
  const [withNull, without] = [sampleRun(), sampleRun()];
  await Promise.all([store.runs.insert(withNull), store.runs.insert(without)]);
  await store.runs.finish(withNull.id, 1, { status: 'succeeded', output: null });
  await store.runs.finish(without.id, 1, { status: 'succeeded' });
  assert.equal(store.runs.get(withNull.id)?.output, null);
  assert.ok(!Object.hasOwn(store.runs.get(without.id) ?? {}, 'output'));
});

test('runs are found by the time at which they were accepted', async () => {
  const store = await newStore();
  const at = [1000, 2000, 2000, 3000].map((time) => Date.parse('2026-01-31T09:00:00Z') + time);
  const runs = at.map((createdAt) => sampleRun({ id: namedRunId(createdAt, String(Math.random())), createdAt }));
  for (const run of runs) await store.runs.insert(run);
  const [first = 0, second = 0, , last = 0] = at;
  const times = (filter: { since?: number; until?: number }): number[] =>
    store.runs.list({ ...filter, limit: 9 }).map(({ createdAt }) => createdAt);
  assert.deepEqual(times({ since: second }), [last, second, second]);
  assert.deepEqual(times({ until: second }), [first]);
  assert.deepEqual(times({ since: first + 1, until: last }), [second, second]);
  assert.deepEqual(times({ since: last + 1 }), []);
});

test('an id that is taken stays with its run; an unknown plan and an unknown run are refused', async () => {
  const store = await newStore();
  const run = sampleRun();
  assert.equal(await store.runs.insert(run), true);
  const refused = { name: 'StoreError', code: 'store_refused' };
  assert.equal(await store.runs.insert({ ...run, automation: 'other' }), false);
  await assert.rejects(store.runs.insert(sampleRun({ plan: 'sha256-unknown' })), refused);
  await assert.rejects(store.runs.begin('unknown', 1), refused);
  await assert.rejects(store.runs.finish('unknown', 1, { status: 'succeeded' }), refused);
  const { trigger: _trigger, ...summary } = run;
  assert.deepEqual([store.runs.list({ limit: 9 }), store.runs.get(run.id)], [[summary], run]);
  assert.equal(store.runs.get('unknown'), undefined);
});

function ids(runs: readonly { id: string }[]): string[] {
  return runs.map(({ id }) => id);
}

/** Runs of every status for two accounts with two automations each; oldest first. */
async function insertMany(store: Store): Promise<RunRecord[]> {
  const statuses = ['queued', 'running', 'succeeded', 'failed', 'uncertain'] as const;
  const runs = statuses.flatMap((status) =>
    ['acme', 'globex'].flatMap((account) =>
      ['example', 'other'].map((automation) => sampleRun({ account, automation, status })),
    ),
  );
  // In no order, for the order must come from the ids.
  await Promise.all(runs.toReversed().map((run) => store.runs.insert({ ...run, status: 'queued' })));
  for (const { id, status } of runs) {
    if (status === 'running') await store.runs.begin(id, 1);
    else if (status === 'succeeded') await store.runs.finish(id, 1, { status });
    else if (status !== 'queued') await store.runs.finish(id, 1, { status, failure });
  }
  return runs;
}

test('the list is newest first and each filter, alone or with others, gives just what it says', async () => {
  const store = await newStore();
  const runs = await insertMany(store);
  const newest = runs.toReversed();
  assert.deepEqual(ids(store.runs.list({ limit: 99 })), ids(newest));
  for (const account of [undefined, 'acme', 'nobody'])
    for (const automation of [undefined, 'example'])
      for (const status of [undefined, 'queued', 'running', 'waiting', 'succeeded', 'failed', 'uncertain'] as const)
        for (const before of [undefined, runs[9]?.id]) {
          const filter = {
            ...(account === undefined ? {} : { account }),
            ...(automation === undefined ? {} : { automation }),
            ...(status === undefined ? {} : { status }),
            ...(before === undefined ? {} : { before }),
          };
          const expected = newest.filter(
            (run) =>
              (account === undefined || run.account === account) &&
              (automation === undefined || run.automation === automation) &&
              (status === undefined || run.status === status) &&
              (before === undefined || run.id < before),
          );
          const told = JSON.stringify(filter);
          assert.deepEqual(ids(store.runs.list({ ...filter, limit: 99 })), ids(expected), told);
          assert.deepEqual(ids(store.runs.list({ ...filter, limit: 2 })), ids(expected).slice(0, 2), told);
        }
});

test('pages follow one another without a gap and without doubles, though runs come in between', async () => {
  const store = await newStore();
  const runs = await insertMany(store);
  const seen: string[] = [];
  for (let before: string | undefined; ;) {
    const page = store.runs.list({ limit: 3, ...(before === undefined ? {} : { before }) });
    if (page.length === 0) break;
    seen.push(...ids(page));
    before = page.at(-1)?.id;
    await store.runs.insert(sampleRun());
  }
  assert.deepEqual(seen, ids(runs).toReversed());
});

test('the unfinished runs come oldest first, and others read and write meanwhile', async () => {
  const store = await newStore();
  const runs = await insertMany(store);
  const unfinished = runs.filter(({ status }) => status === 'queued' || status === 'running');
  const seen: string[] = [];
  for (const { id } of store.runs.ready()) {
    seen.push(id);
    await store.runs.finish(id, 1, { status: 'succeeded' });
    assert.equal(store.runs.get(id)?.status, 'succeeded', 'reads see what is durable, in the middle of it too');
  }
  assert.deepEqual(seen, ids(unfinished));
  assert.deepEqual([...store.runs.ready()], []);
});

test('unfinished runs come once each, however many there are', async () => {
  const store = await newStore();
  const runs = Array.from({ length: 350 }, () => sampleRun());
  await Promise.all(runs.map((run) => store.runs.insert(run)));
  assert.deepEqual(
    [...store.runs.ready()].map(({ id }) => id),
    ids(runs),
  );
});

test('whoever leaves the unfinished runs in the middle still reads what is durable', async () => {
  const store = await newStore();
  await insertMany(store);
  for (const _run of store.runs.ready()) break;
  const run = sampleRun();
  await store.runs.insert(run);
  assert.deepEqual(store.runs.get(run.id), run);
});
