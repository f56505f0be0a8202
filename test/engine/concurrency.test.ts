import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preparePlan } from '../../src/engine/prepared-plan.ts';
import { AFTER_TROUBLE_MS, untilKept } from '../../src/engine/embedded/store-trouble.ts';
import { StoreError } from '../../src/store/store-error.ts';
import type { RunStore } from '../../src/store/store.ts';
import type { Plan } from '../../src/generated/plan.ts';
import { automationOf } from '../compiler/compile-text.ts';
import { count, EngineWorld, until } from './engine-world.ts';

const BODY = {
  type: 'object',
  required: ['who'],
  properties: { who: { type: 'string' }, for: { type: 'integer' } },
};
const pause = { id: 'pause', wait: { event: { payload: {} } } };

function automation(
  concurrency: object | undefined,
  steps: object[] = [count('one', '${{ trigger.body.who }}'), pause],
): object {
  return automationOf(steps, BODY, concurrency === undefined ? {} : { concurrency });
}

async function letGo(world: EngineWorld, run: { id: string }): Promise<void> {
  const record = world.store.runs.get(run.id) ?? assert.fail();
  assert.equal(await world.engine.answer(record, { step: 'pause', attempt: 1 }, { ok: true, output: {} }), true);
}

const statusOf = (world: EngineWorld, ...runs: { id: string }[]): (string | undefined)[] =>
  runs.map(({ id }) => world.store.runs.get(id)?.status);

test('runs of a key wait for one another, in order, also while they rest, and through a restart', async () => {
  const world = await EngineWorld.of({ example: automation({ key: '${{ trigger.body.who }}', limit: 2 }) });
  const runs = await Promise.all([1, 2, 3, 4].map(() => world.start('example', { who: 'ann' })));
  const other = await world.start('example', { who: 'bob' });
  const [one, two, three, four] = runs as [(typeof runs)[0], (typeof runs)[0], (typeof runs)[0], (typeof runs)[0]];
  await until(() => statusOf(world, one, two, other).every((status) => status === 'waiting'));
  assert.deepEqual(statusOf(world, three, four), ['queued', 'queued']);
  await letGo(world, two);
  await until(() => statusOf(world, three)[0] === 'waiting');
  await world.restart();
  await letGo(world, one);
  await until(() => statusOf(world, four)[0] === 'waiting');
  assert.deepEqual([world.stored('ann'), world.stored('bob')], [4, 1]);
  // A run that is canceled gives its place away, and one that waits for a place leaves the queue.
  const [five, six, seven] = await Promise.all([1, 2, 3].map(() => world.start('example', { who: 'ann' })));
  if (five === undefined || six === undefined || seven === undefined) return assert.fail();
  await world.engine.cancel(five.id, 'for the test');
  await world.engine.cancel(three.id, 'for the test');
  await until(() => statusOf(world, six)[0] === 'waiting');
  assert.deepEqual(statusOf(world, five, seven), ['canceled', 'queued']);
  await world.close();
});

test('runs whose key has no value are counted together', async () => {
  const world = await EngineWorld.of({ example: automation({ key: '${{ trigger.body.who }}' }, [pause]) });
  const [first, second] = [await world.start('example', {}), await world.start('example', {})];
  const other = await world.start('example', { who: 'ann' });
  await until(() => statusOf(world, first, other).every((status) => status === 'waiting'));
  assert.deepEqual(statusOf(world, second), ['queued']);
  await world.close();
});

test('a run that comes while another goes on is skipped where the policy says so, for all to see', async () => {
  const world = await EngineWorld.of({ example: automation({ policy: 'skip' }) });
  const first = await world.start('example', { who: 'ann' });
  const second = await world.ended(await world.start('example', { who: 'bob' }));
  assert.deepEqual([second.status, second.failure?.code], ['canceled', 'run_skipped']);
  await until(() => statusOf(world, first)[0] === 'waiting');
  await letGo(world, first);
  await world.ended(first);
  const third = await world.start('example', { who: 'cid' });
  await until(() => statusOf(world, third)[0] === 'waiting');
  assert.deepEqual([world.stored('ann'), world.stored('bob'), world.stored('cid')], [1, undefined, 1]);
  await world.close();
});

test('the newest run takes the place of the others where the policy says so', async () => {
  const world = await EngineWorld.of({ example: automation({ policy: 'cancel_running' }) });
  const first = await world.start('example', { who: 'ann' });
  await until(() => statusOf(world, first)[0] === 'waiting');
  const more = await Promise.all(['bob', 'cid', 'dan'].map((who) => world.start('example', { who })));
  const last = more.at(-1) ?? assert.fail();
  await until(() => statusOf(world, last)[0] === 'waiting');
  const ends = [first, ...more.slice(0, -1)].map(({ id }) => world.store.runs.get(id));
  assert.deepEqual(
    ends.map((run) => [run?.status, run?.failure?.code]),
    ends.map(() => ['canceled', 'run_replaced']),
  );
  assert.equal(world.stored('dan'), 1);
  await world.close();
});

test('with room for several, the newest takes the place of the oldest alone', async () => {
  const world = await EngineWorld.of({ example: automation({ limit: 2, policy: 'cancel_running' }) });
  const [one, two, three] = [
    await world.start('example', { who: 'ann' }),
    await world.start('example', { who: 'bob' }),
    await world.start('example', { who: 'cid' }),
  ];
  assert.equal((await world.ended(one)).failure?.code, 'run_replaced');
  await until(() => statusOf(world, two, three).every((status) => status === 'waiting'));
  await world.close();
});

test('a called run counts as every run of its automation, and the step waits for its turn', async () => {
  const called = {
    name: 'Called',
    concurrency: {},
    trigger: { manual: {} },
    steps: [count('in', 'in'), { id: 'short', wait: { for: '120ms' } }, count('out', 'out')],
  };
  const world = await EngineWorld.of({ called, example: automation(undefined, [{ id: 'go', call: 'called' }]) });
  const runs = await Promise.all([1, 2, 3].map(() => world.start('example', { who: 'ann' })));
  while (world.stored('out') !== 3) {
    const [inside = 0, outside = 0] = [world.stored('in'), world.stored('out')] as [number?, number?];
    assert.ok(inside - outside <= 1, `${inside} in, ${outside} out`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  for (const run of runs) assert.equal((await world.ended(run)).status, 'succeeded');
  await world.close();
});

test('many runs before a limit hold no slots: another account goes by, and all come to their turn in order', async () => {
  const get = {
    id: 'get',
    uses: 'http.request',
    with: { method: 'GET', url: 'https://example.com/${{ trigger.body.who }}' },
  };
  const world = await EngineWorld.of(
    { example: automation(undefined, [get]), quick: automation(undefined, [count('one', 'quick')]) },
    3,
    ({ connectors: { http } }) => {
      if (http !== undefined) http.limits = { concurrency: 1 };
    },
  );
  let free: (() => void) | undefined;
  const gate = new Promise<void>((resolve) => (free = resolve));
  world.answer = async () => {
    await gate;
    return { ok: true, output: { status: 200, headers: {}, body: '' } };
  };
  const runs = [];
  for (let n = 0; n < 120; n++) runs.push(await world.start('example', { who: `n${n}` }));
  // It needs a slot, and all three would be taken by those that wait.
  assert.equal((await world.ended(await world.start('quick', { who: 'bob' }))).status, 'succeeded');
  assert.equal(world.calls.length, 1);
  free?.();
  for (const run of runs) assert.equal((await world.ended(run)).status, 'succeeded');
  assert.equal(world.calls.length, 120);
  await world.close();
});

test('while a service asks one run to wait, no other calls it through the connection', async () => {
  const get = { id: 'get', uses: 'http.request', with: { method: 'GET', url: 'https://example.com/' } };
  const world = await EngineWorld.of({ example: automation(undefined, [get]) });
  const retryAfterMs = 600_000;
  world.answer = () =>
    Promise.resolve({
      ok: false,
      failure: { class: 'retryable', code: 'http_status', message: 'later', retryAfterMs },
    });
  const first = await world.start('example', { who: 'ann' });
  await until(() => statusOf(world, first)[0] === 'waiting');
  const { plan, id } = await world.start('example', { who: 'bob' });
  const prepared = preparePlan(JSON.parse(world.store.deployments.plan(plan) ?? '') as Plan);
  const [step] = prepared.steps;
  if (step?.body.kind !== 'action') return assert.fail();
  const turn = world.engine.limiter.enter(step.body.limits({}));
  assert.equal(await Promise.race([turn, new Promise((resolve) => setImmediate(resolve, 'waits'))]), 'waits');
  assert.deepEqual([world.calls.length, world.store.runs.attempts(id)], [1, []]);
  await world.close();
});

test('a service that hangs under one account keeps no other from its run', async () => {
  const get = { id: 'get', uses: 'http.request', with: { method: 'GET', url: 'https://example.com/' } };
  const automations = { example: automation(undefined, [get]), quick: automation(undefined, [count('one', 'quick')]) };
  const world = await EngineWorld.of(automations, 3);
  const gate = Promise.withResolvers<void>();
  world.answer = async () => {
    await gate.promise;
    return { ok: true, output: { status: 200, headers: {}, body: '' } };
  };
  const runs = [];
  for (let n = 0; n < 5; n++) runs.push(await world.start('example', { who: 'ann' }));
  await until(() => world.calls.length === 3);
  const others = [
    await world.start('quick', { who: 'bob' }, 'beta'),
    await world.start('quick', { who: 'cid' }, 'beta'),
  ];
  for (const run of others) assert.equal((await world.ended(run)).status, 'succeeded');
  assert.equal(world.calls.length, 3);
  gate.resolve();
  for (const run of runs) assert.equal((await world.ended(run)).status, 'succeeded');
  await world.close();
});

test('runs that wait for a place, or behind a crowd, count as waiting', async () => {
  const world = await EngineWorld.of({ example: automation({}) });
  const runs = await Promise.all([1, 2, 3].map(() => world.start('example', { who: 'ann' })));
  const [first, second] = runs as [(typeof runs)[0], (typeof runs)[0]];
  await until(() => statusOf(world, first)[0] === 'waiting');
  assert.deepEqual(world.engine.backlog('acme'), { runs: 2, runsOfAccount: 2 });
  await world.engine.cancel(second.id, 'for the test');
  assert.deepEqual(world.engine.backlog('acme'), { runs: 1, runsOfAccount: 1 });
  await letGo(world, first);
  await until(() => world.engine.backlog('acme').runs === 0);
  await world.close();
});

test('the call under way of a run that is replaced is cut off at once; that of a canceled run may end', async () => {
  const get = { id: 'get', uses: 'http.request', with: { method: 'GET', url: 'https://example.com/' } };
  const world = await EngineWorld.of({ example: automation({ policy: 'cancel_running' }, [get]) });
  const ended: string[] = [];
  const endedBefore: number[] = [];
  const goOn = Promise.withResolvers<void>();
  world.answer = async ({ signal }) => {
    endedBefore.push(ended.length);
    const cut = new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('cut off')));
    const end = await Promise.race([cut, goOn.promise.then(() => 'answered')]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    ended.push(end);
    return { ok: true, output: { status: 200, headers: {}, body: '' } };
  };
  await world.start('example', { who: 'ann' });
  await until(() => world.calls.length === 1);
  const second = await world.start('example', { who: 'bob' });
  await until(() => world.calls.length === 2);
  assert.deepEqual([ended, endedBefore], [['cut off'], [0, 1]], 'the newer run begins when the call has ended');
  assert.equal(await world.engine.cancel(second.id, 'for the test'), true);
  goOn.resolve();
  await until(() => ended.length === 2);
  assert.deepEqual(ended, ['cut off', 'answered']);
  await world.close();
});

test('where the store cannot keep that a run is replaced, it waits for its place as before', async () => {
  const world = await EngineWorld.of({ example: automation({ policy: 'cancel_running' }) });
  const first = await world.start('example', { who: 'ann' });
  await until(() => statusOf(world, first)[0] === 'waiting');
  const told: string[] = [];
  world.troubles = (error) => told.push(error instanceof StoreError ? error.code : String(error));
  const { runs } = world.store;
  let full = true;
  const finish: RunStore['finish'] = (...end) =>
    full ? Promise.reject(new StoreError('store_full', 'for the test')) : runs.finish(...end);
  Object.assign(world.store, { runs: { ...runs, finish } });
  const second = await world.start('example', { who: 'bob' });
  const third = await world.start('example', { who: 'cid' });
  await until(() => told.length === 2 && statusOf(world, first)[0] === 'waiting');
  full = false;
  assert.deepEqual([world.stored('bob'), ...statusOf(world, second, third)], [undefined, 'queued', 'queued']);
  for (const [run, next] of [
    [first, second],
    [second, third],
  ] as const) {
    await letGo(world, run);
    await until(() => statusOf(world, next)[0] === 'waiting');
  }
  await world.close();
});

test('what must be kept is tried again until the store can, or the engine stops', async () => {
  const full = new StoreError('store_full', 'for the test');
  const outcomes: (() => Promise<void>)[] = [
    () => Promise.reject(full),
    () => Promise.reject(full),
    () => Promise.resolve(),
  ];
  const waits: number[] = [];
  const told: unknown[] = [];
  const delay = (milliseconds: number): Promise<void> => {
    waits.push(milliseconds);
    return waits.length < 3 ? Promise.resolve() : Promise.reject(new Error('stopped'));
  };
  await untilKept(
    () => outcomes.shift()?.() ?? assert.fail(),
    { delay },
    (error) => told.push(error),
  );
  assert.deepEqual([outcomes, waits, told], [[], [AFTER_TROUBLE_MS, AFTER_TROUBLE_MS], [full, full]]);
  const refused = new StoreError('store_refused', 'for the test');
  for (const error of [full, refused])
    await untilKept(
      () => Promise.reject(error),
      { delay },
      () => undefined,
    );
  assert.equal(waits.length, 3);
});
