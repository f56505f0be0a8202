import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson } from '../../src/json/parse.ts';
import type { Failure } from '../../src/run/failure.ts';
import { aRun, withStore } from './with-store.ts';

test('what was kept is there after the store is opened anew', async () => {
  await withStore(async ({ store, reopen }) => {
    const run = aRun({ trigger: { body: parseJson('{"id":12345678901234567890}') } });
    await store.runs.insert(run);
    const key = { step: 'send', attempt: 1 };
    await store.runs.begin(run.id, 5);
    const begun = { run: run.id, key, effect: 'write', input: { a: 1 }, startedAt: 6 } as const;
    await store.runs.beginAttempt(begun, 'now');
    const again = await reopen();
    assert.deepEqual(again.runs.get(run.id), { ...run, status: 'running', startedAt: 5 });
    assert.deepEqual(again.runs.attempts(run.id), [begun]);
    assert.deepEqual(
      [...again.runs.unfinished()].map(({ id }) => id),
      [run.id],
    );
    const failure: Failure = {
      class: 'credential',
      code: 'http_status',
      message: 'no',
      step: 'send',
      help: 'do',
      status: 401,
      details: [1],
      retryAfterMs: 7,
    };
    await again.runs.finishAttempt(run.id, key, 8, { ok: false, failure });
    await again.runs.finish(run.id, 9, { status: 'failed', failure });
    assert.deepEqual(again.runs.attempts(run.id)[0]?.outcome, { ok: false, failure });
    assert.deepEqual(again.runs.get(run.id)?.failure, failure);
    assert.deepEqual([...again.runs.unfinished()], []);
  });
});

test('runs are listed newest first, in pages, by each filter', async () => {
  await withStore(async ({ store }) => {
    const runs = Array.from({ length: 6 }, (_, index) =>
      aRun({ account: index % 2 === 0 ? 'acme' : 'globex', automation: index < 3 ? 'one' : 'two' }),
    );
    for (const run of runs) await store.runs.insert(run);
    await store.runs.finish(runs[0]?.id ?? '', 1, { status: 'succeeded', output: null });
    const failure = { class: 'permanent', code: 'timeout', message: 'm' } as const;
    await store.runs.finish(runs[1]?.id ?? '', 1, { status: 'failed', failure });
    const indexes = (filter: object): number[] =>
      store.runs.list({ limit: 10, ...filter }).map(({ id }) => runs.findIndex((run) => run.id === id));
    assert.deepEqual(indexes({}), [5, 4, 3, 2, 1, 0]);
    assert.deepEqual(indexes({ limit: 2 }), [5, 4]);
    assert.deepEqual(indexes({ limit: 2, before: runs[4]?.id }), [3, 2]);
    assert.deepEqual(indexes({ account: 'acme' }), [4, 2, 0]);
    assert.deepEqual(indexes({ automation: 'one' }), [2, 1, 0]);
    assert.deepEqual(indexes({ account: 'globex', automation: 'two' }), [5, 3]);
    assert.deepEqual(indexes({ status: 'succeeded' }), [0]);
    assert.deepEqual(indexes({ status: 'failed', account: 'globex' }), [1]);
    assert.deepEqual(indexes({ status: 'queued' }), [5, 4, 3, 2]);
  });
});

test('a write that contradicts what is kept is refused alone', async () => {
  await withStore(async ({ store }) => {
    const [first, second, third] = [aRun(), aRun(), aRun()];
    const results = await Promise.allSettled(
      [first, first, second, { ...first }, third].map((run) => store.runs.insert(run)),
    );
    assert.deepEqual(
      results.map((result) => (result.status === 'rejected' ? (result.reason as { code: string }).code : 'kept')),
      ['kept', 'store_refused', 'kept', 'store_refused', 'kept'],
    );
    assert.equal(store.runs.list({ limit: 10 }).length, 3);
  });
});

test('many writes share a commit, and take effect in their order', async () => {
  await withStore(async ({ store, commits }) => {
    const runs = Array.from({ length: 500 }, () => aRun());
    await Promise.all(runs.map((run) => store.runs.insert(run)));
    assert.ok(commits.length < 50, `${commits.length} commits for 500 writes`);
    assert.equal(
      commits.reduce((sum, writes) => sum + writes, 0),
      500,
    );
    assert.deepEqual(
      store.runs.list({ limit: 500 }).map(({ id }) => id),
      runs.map(({ id }) => id).toReversed(),
    );
  });
});
