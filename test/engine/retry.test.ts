import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RunRecord } from '../../src/run/records.ts';
import { calledRunId } from '../../src/run/run-id.ts';
import { automationOf } from '../compiler/compile-text.ts';
import { count, EngineWorld, until } from './engine-world.ts';

const BODY = {
  type: 'object',
  required: ['items'],
  properties: { items: { type: 'array', items: { type: 'integer' } } },
};
const INPUT = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } };
const refused = { class: 'permanent', code: 'http_status', message: 'no', status: 422 } as const;

function post(id: string, n: string | number): object {
  return { id, uses: 'http.request', with: { method: 'POST', url: 'https://example.com/', body: { n } } };
}

function childOf(steps: object[]): object {
  return { name: 'Child', trigger: { manual: { input: INPUT } }, steps, output: '${{ trigger.input.n }}' };
}

/** A service that refuses each of some writes once, and counts those that it did. */
function refuses(world: EngineWorld, some: Iterable<number>): Map<number, number> {
  const left = new Set(some);
  const done = new Map<number, number>();
  world.answer = ({ input }) => {
    const { n } = (input as { body: { n: number } }).body;
    if (left.delete(n)) return Promise.resolve({ ok: false, failure: refused });
    done.set(n, (done.get(n) ?? 0) + 1);
    return Promise.resolve({ ok: true, output: { status: 200, headers: {}, body: n } });
  };
  return done;
}

async function retried(world: EngineWorld, run: { id: string }): Promise<RunRecord> {
  assert.equal(await world.engine.retry(world.store.runs.summary(run.id) ?? assert.fail()), undefined);
  return world.engine.finished(run.id);
}

test('what ended well is done once, however much of a long loop, its branches and called runs fails, and where', async () => {
  const each = {
    id: 'each',
    for_each: '${{ trigger.body.items }}',
    as: 'n',
    parallel: 4,
    timeout: '1h',
    steps: [
      count('one', 'one'),
      {
        id: 'both',
        branches: {
          left: { steps: [post('sent', '${{ n }}')] },
          right: { steps: [{ id: 'go', if: '${{ n % 50 === 49 }}', call: 'child', with: { n: '${{ n }}' } }] },
        },
      },
      count('two', 'two'),
    ],
    output: '${{ n }}',
  };
  const child = childOf([count('begun', 'begun'), post('inner', '${{ trigger.input.n + 10000 }}')]);
  const example = automationOf([count('first', 'first'), each, count('last', 'last')], BODY, {
    output: '${{ steps.each }}',
  });
  const items = Array.from({ length: 1200 }, (_, n) => n);
  const calls = items.filter((n) => n % 50 === 49);
  const some = fc.uniqueArray(fc.oneof(fc.constantFrom(...items), fc.constantFrom(...calls.map((n) => n + 10000))), {
    minLength: 1,
    maxLength: 8,
  });
  const world = await EngineWorld.of({ example, child });
  await fc.assert(
    fc.asyncProperty(some, fc.boolean(), async (failing, restarts) => {
      const before = ['first', 'one', 'two', 'begun', 'last'].map((key) => Number(world.stored(key) ?? 0));
      const done = refuses(world, failing);
      let run = await world.ended(await world.start('example', { items }));
      for (let rounds = 0; run.status === 'failed'; rounds++) {
        assert.ok(rounds < failing.length, 'it goes on from what failed');
        if (restarts) await world.restart();
        run = await retried(world, run);
      }
      assert.deepEqual([run.status, run.output], ['succeeded', items]);
      assert.deepEqual(
        [...done.entries()].toSorted(([left], [right]) => left - right),
        [...items, ...calls.map((n) => n + 10000)].map((n) => [n, 1]),
      );
      const after = ['first', 'one', 'two', 'begun', 'last'].map((key) => Number(world.stored(key)));
      assert.deepEqual(
        after.map((now, index) => now - (before[index] ?? 0)),
        [1, 1200, 1200, 24, 1],
      );
    }),
    { numRuns: 3 },
  );
  await world.close();
});

test('a retry that is cut off in its midst goes on, and does nothing twice', async () => {
  const set = { id: 'set', uses: 'storage.set', with: { key: 'gate', value: '${{ trigger.body.items }}' } };
  const gate = { ...count('gate', 'gate'), if: '${{ n === 650 }}' };
  const pause = { id: 'pause', if: '${{ n === 900 }}', wait: { for: '300ms' } };
  const steps = [count('one', 'one'), gate, pause, count('two', 'two')];
  const each = { id: 'each', for_each: '${{ trigger.body.items }}', as: 'n', steps };
  const open = { ...set, with: { key: 'gate', value: 0 } };
  const world = await EngineWorld.of({
    closes: automationOf([set], BODY),
    opens: automationOf([open], BODY),
    example: automationOf([each], BODY),
  });
  await world.ended(await world.start('closes', { items: [] }));
  const run = await world.ended(await world.start('example', { items: Array.from({ length: 1200 }, (_, n) => n) }));
  assert.equal(run.failure?.step, 'each[650].gate');
  await world.ended(await world.start('opens', { items: [] }));
  assert.equal(await world.engine.retry(run), undefined);
  await world.restart();
  await until(() => world.store.runs.get(run.id)?.status === 'waiting');
  await world.restart();
  assert.equal((await world.ended(run)).status, 'succeeded');
  assert.deepEqual([world.stored('one'), world.stored('gate'), world.stored('two')], [1200, 1, 1200]);
  await world.close();
});

test('failures that the automation handled stay, also where something else failed', async () => {
  const collects = {
    id: 'each',
    for_each: '${{ [1, 2, 3] }}',
    as: 'n',
    steps: [post('sent', '${{ n }}')],
    on_item_error: 'collect',
    output: '${{ n }}',
  };
  const handled = { ...post('handled', 4), on_error: [count('instead', 'instead'), post('told', 5)] };
  const world = await EngineWorld.of({
    example: automationOf([collects, handled, post('last', 6)], BODY, { output: '${{ steps.each.failures }}' }),
  });
  const done = refuses(world, [2, 4, 5, 6]);
  const first = await world.ended(await world.start('example', { items: [] }));
  assert.equal(first.failure?.step, 'told', 'what handles a failure fails');
  assert.equal((await retried(world, first)).failure?.step, 'last');
  const run = await retried(world, first);
  assert.equal(run.status, 'succeeded');
  assert.deepEqual(
    (run.output as { index: number }[]).map(({ index }) => index),
    [1],
  );
  assert.deepEqual(Object.fromEntries(done), { 1: 1, 3: 1, 5: 1, 6: 1 });
  assert.equal(world.stored('instead'), 1);
  await world.close();
});

test('a step whose time was over gets it anew, and does again what was cut off, collected or not', async () => {
  const slow = {
    id: 'each',
    for_each: '${{ [1, 2, 3] }}',
    as: 'n',
    timeout: '300ms',
    on_item_error: 'collect',
    steps: [
      count('one', 'one'),
      {
        id: 'get',
        uses: 'http.request',
        with: { method: 'GET', url: 'https://example.com/${{ n }}' },
        retry: { attempts: 1 },
      },
    ],
    output: '${{ n }}',
  };
  const world = await EngineWorld.of({
    example: automationOf([slow, count('after', 'after')], BODY, { output: '${{ steps.each }}' }),
  });
  let hangs = true;
  world.answer = ({ input, signal }) => {
    const { url } = input as { url: string };
    if (url.endsWith('1')) return Promise.resolve({ ok: false, failure: refused });
    if (!hangs || url.endsWith('2'))
      return Promise.resolve({ ok: true, output: { status: 200, headers: {}, body: '' } });
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve({ ok: false, failure: { class: 'retryable', code: 'timeout', message: 'hung' } });
      });
    });
  };
  const run = await world.ended(await world.start('example', { items: [] }));
  assert.deepEqual([run.failure?.code, run.failure?.step], ['step_timeout', 'each']);
  hangs = false;
  const { status, output } = await retried(world, run);
  const { outputs, failures } = output as { outputs: unknown[]; failures: { index: number }[] };
  assert.deepEqual([status, outputs, failures.map(({ index }) => index)], ['succeeded', [null, 2, 3], [0]]);
  assert.deepEqual([world.stored('one'), world.stored('after'), world.calls.length], [3, 1, 4]);
  await world.close();
});

test('a step that failed in time has all of its time again', async () => {
  const block = { id: 'both', timeout: '400ms', branches: { one: { steps: [post('sent', 1), count('one', 'one')] } } };
  const world = await EngineWorld.of({ example: automationOf([block], BODY) });
  refuses(world, [1]);
  const run = await world.ended(await world.start('example', { items: [] }));
  world.answer = ({ signal }) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve({ ok: false, failure: { ...refused, class: 'retryable' } }));
    });
  const late = await retried(world, run);
  assert.equal(late.failure?.code, 'step_timeout', 'its time counts');
  refuses(world, []);
  assert.equal((await retried(world, run)).status, 'succeeded');
  await world.close();
});

test('a called run that was ended with the time of its step goes on, and one that was called for good stays', async () => {
  const asks = { id: 'ask', wait: { approval: { message: 'Go on?' } } };
  const example = automationOf(
    [
      { id: 'apart', call: 'child', with: { n: 1 }, wait_for_end: false },
      { id: 'go', call: 'asking', with: { n: 2 }, timeout: '100ms' },
    ],
    BODY,
  );
  const child = childOf([count('child', 'child'), { id: 'bad', fail: 'no' }]);
  const world = await EngineWorld.of({ example, child, asking: childOf([count('asked', 'asked'), asks]) });
  const run = await world.ended(await world.start('example', { items: [] }));
  const [apart, asking] = ['apart', 'go'].map((step) => calledRunId(run.id, step)) as [string, string];
  assert.deepEqual([run.failure?.code, world.store.runs.get(asking)?.status], ['step_timeout', 'canceled']);
  assert.equal(await world.engine.retry(run), undefined);
  await until(() => world.store.runs.get(asking)?.status === 'waiting');
  const outcome = { ok: true, output: { approved: true } } as const;
  const called = world.store.runs.get(asking) ?? assert.fail();
  assert.equal(await world.engine.answer(called, { step: 'ask', attempt: 1 }, outcome), true);
  assert.equal((await world.ended(run)).status, 'succeeded');
  assert.deepEqual([world.stored('asked'), world.stored('child')], [1, 1]);
  assert.equal(world.store.runs.get(apart)?.status, 'failed');
  await world.close();
});

test('a write that may have taken place keeps its key, and the time for which the service knows it', async () => {
  const keys: string[] = [];
  const world = await EngineWorld.of({ example: automationOf([post('sent', 1)], BODY) }, 10, ({ connectors }) => {
    const request = connectors['http']?.actions['request'] ?? assert.fail();
    request.idempotency = { header: 'Idempotency-Key', lifetime: '1h' };
  });
  const answers = ['uncertain', 'permanent', 'permanent', 'ok'] as const;
  world.answer = ({ idempotencyKey = 'none' }) => {
    const answer = answers[keys.length] ?? 'ok';
    keys.push(idempotencyKey);
    if (answer === 'ok') return Promise.resolve({ ok: true, output: { status: 200, headers: {}, body: '' } });
    return Promise.resolve({ ok: false, failure: { ...refused, class: answer } });
  };
  const run = await world.ended(await world.start('example', { items: [] }));
  assert.equal(run.status, 'failed');
  const [doubt] = world.store.runs.attempts(run.id);
  assert.equal((await retried(world, run)).status, 'failed');
  assert.deepEqual(world.store.runs.attempts(run.id)[0], doubt, 'the service counts from there');
  assert.equal((await retried(world, run)).status, 'succeeded');
  assert.deepEqual([keys.length, new Set(keys).size], [4, 1]);
  await world.close();
});

test('what would come out the same is not retried, and neither is what goes on', async () => {
  const world = await EngineWorld.of({ example: automationOf([count('one', 'one'), { id: 'bad', fail: 'no' }], BODY) });
  const run = await world.ended(await world.start('example', { items: [] }));
  assert.match((await world.engine.retry(run)) ?? '', /no call of the run .* failed, but step bad/);
  assert.equal(world.store.runs.get(run.id)?.status, 'failed');
  const sending = await EngineWorld.of({ example: automationOf([post('sent', 1)], BODY) });
  refuses(sending, [1]);
  const other = await sending.ended(await sending.start('example', { items: [] }));
  const both = await Promise.all([sending.engine.retry(other), sending.engine.retry(other)]);
  assert.equal(both[0], undefined);
  assert.match(both[1] ?? '', /goes on already/);
  assert.equal((await sending.ended(other)).status, 'succeeded');
  await world.close();
  await sending.close();
});

test('a retry waits for its place in a group, and is refused where that skips', async () => {
  const steps = [
    { ...post('sent', 1), if: '${{ trigger.body.items.length === 1 }}' },
    { id: 'pause', if: '${{ trigger.body.items.length === 2 }}', wait: { event: { payload: {} } } },
  ];
  const group = (policy: string): object => automationOf(steps, BODY, { concurrency: { limit: 1, policy } });
  const world = await EngineWorld.of({ queues: group('queue'), skips: group('skip') });
  for (const name of ['queues', 'skips']) {
    refuses(world, [1]);
    const failed = await world.ended(await world.start(name, { items: [1] }));
    const other = await world.start(name, { items: [1, 2] });
    await until(() => world.store.runs.get(other.id)?.status === 'waiting');
    const reason = await world.engine.retry(failed);
    const isSkipped = name === 'skips';
    assert.equal(reason?.includes('skips what comes then') ?? false, isSkipped, reason);
    await world.restart();
    assert.equal(world.store.runs.get(failed.id)?.status, isSkipped ? 'failed' : 'queued');
    const waiting = world.store.runs.get(other.id) ?? assert.fail();
    await world.engine.answer(waiting, { step: 'pause', attempt: 1 }, { ok: true, output: {} });
    await world.ended(other);
    if (isSkipped) await retried(world, failed);
    assert.equal((await world.ended(failed)).status, 'succeeded');
  }
  await world.close();
});
