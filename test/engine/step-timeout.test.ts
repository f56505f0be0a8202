import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calledRunId } from '../../src/run/run-id.ts';
import { automationOf } from '../compiler/compile-text.ts';
import { count, EngineWorld, until } from './engine-world.ts';

const BODY = { type: 'object', required: ['kind'], properties: { kind: { type: 'string' } } };
const BODY_OF = { kind: 'a' };

const timed = (step: object, timeout: string): object => ({
  timeout,
  on_error: [{ id: 'late', uses: 'storage.set', with: { key: 'late', value: '${{ error.code }} ${{ error.step }}' } }],
  ...step,
});
const get = { id: 'get', uses: 'http.request', with: { method: 'GET', url: 'https://example.com/' } };

const hangs: EngineWorld['answer'] = ({ signal }) =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve({ ok: false, failure: { class: 'uncertain', code: 'timeout', message: 'hung' } });
    });
  });

test('each kind of block ends at its time, and what handles failures goes on', async () => {
  const wait = { id: 'pause', wait: { event: { payload: {} } } };
  const never = count('never', 'never');
  const blocks = {
    wait: timed(wait, '50ms'),
    branches: timed(
      { id: 'both', branches: { left: { steps: [wait, never] }, right: { steps: [count('r', 'r')] } } },
      '50ms',
    ),
    arms: timed({ id: 'way', switch: [{ if: "${{ trigger.body.kind === 'a' }}", steps: [wait, never] }] }, '50ms'),
    loop: timed({ id: 'each', for_each: '${{ [1, 2] }}', parallel: 2, steps: [wait, never] }, '50ms'),
    handled: timed(
      {
        id: 'outer',
        branches: { one: { steps: [{ ...wait, on_error: [count('inner', 'never')] }, never] } },
      },
      '50ms',
    ),
  };
  const automations = Object.entries(blocks).map(([name, step]) => [
    name,
    automationOf([step, count('after', name)], BODY),
  ]);
  const world = await EngineWorld.of(Object.fromEntries(automations) as { [name: string]: object });
  for (const [name, step] of [
    ['wait', 'pause'],
    ['branches', 'both'],
    ['arms', 'way'],
    ['loop', 'each'],
    ['handled', 'outer'],
  ] as const) {
    const run = await world.ended(await world.start(name, BODY_OF));
    assert.deepEqual([run.status, world.stored('late'), world.stored(name)], ['succeeded', `step_timeout ${step}`, 1]);
    const [first] = await world.trace(run);
    assert.deepEqual([first?.path, first?.end?.kind, first?.timed?.outcome?.ok], [step, 'handled', false]);
    // Nobody can answer what is not waited for any more.
    const open = world.store.runs.attempts(run.id).filter(({ outcome }) => outcome === undefined);
    assert.deepEqual(open, []);
  }
  assert.equal(world.stored('never'), undefined);
  await world.close();
});

test('what ends in time is not touched, and the time goes on counting through a restart', async () => {
  const steps = (timeout: string): object[] => [
    timed(
      { id: 'both', branches: { one: { steps: [{ id: 'pause', wait: { for: '300ms' } }, count('in', 'in')] } } },
      timeout,
    ),
    count('after', 'after'),
  ];
  const world = await EngineWorld.of({
    quick: automationOf(steps('1m'), BODY),
    slow: automationOf([timed({ id: 'ask', wait: { approval: { message: 'Go on?' } } }, '1s')], BODY),
  });
  const begun = Date.now();
  const quick = await world.start('quick', BODY_OF);
  const slow = await world.start('slow', BODY_OF);
  await until(() => [quick, slow].every(({ id }) => world.store.runs.get(id)?.status === 'waiting'));
  await world.restart();
  assert.equal((await world.ended(quick)).status, 'succeeded');
  assert.deepEqual([world.stored('in'), world.stored('after'), world.stored('late')], [1, 1, undefined]);
  const { finishedAt = 0 } = await world.ended(slow);
  assert.equal(world.stored('late'), 'step_timeout ask');
  assert.ok(finishedAt - begun < 1900, 'it began to count again');
  await world.close();
});

test('a called run ends with the time of the step that called it', async () => {
  const child = {
    name: 'Child',
    trigger: { manual: {} },
    steps: [{ id: 'long', wait: { for: '1d' } }, count('never', 'never')],
  };
  const go = { id: 'go', call: 'child' };
  const world = await EngineWorld.of({
    child,
    example: automationOf([timed(go, '60ms'), count('after', 'after')], BODY),
  }).catch(() => undefined);
  // The compiler knows that this can never be in time.
  assert.equal(world, undefined);
  const asks = {
    ...child,
    steps: [{ id: 'long', wait: { approval: { message: 'Go on?' } } }, count('never', 'never')],
  };
  const other = await EngineWorld.of({
    child: asks,
    example: automationOf([timed(go, '60ms'), count('after', 'after')], BODY),
  });
  const run = await other.ended(await other.start('example', BODY_OF));
  const called = other.store.runs.get(calledRunId(run.id, 'go'));
  assert.deepEqual([run.status, called?.status, called?.failure?.code], ['succeeded', 'canceled', 'step_timeout']);
  assert.deepEqual([other.stored('late'), other.stored('after')], ['step_timeout go', 1]);
  await other.close();
});

test('a write that is aborted by the time of the step around it is uncertain, and a person decides', async () => {
  const write = { ...get, with: { ...get.with, method: 'POST' } };
  const block = timed(
    {
      id: 'both',
      branches: { one: { steps: [write] }, two: { steps: [{ id: 'pause', wait: { event: { payload: {} } } }] } },
    },
    '500ms',
  );
  const world = await EngineWorld.of({ example: automationOf([block], BODY) });
  world.answer = hangs;
  const run = await world.ended(await world.start('example', BODY_OF));
  assert.deepEqual([run.status, run.failure?.code, run.failure?.step], ['uncertain', 'timeout', 'get']);
  assert.equal(world.stored('late'), undefined);
  // Settled, it goes on: its time is over.
  await world.engine.reopen(
    run,
    { step: 'get', attempt: 1 },
    { ok: true, output: { status: 200, headers: {}, body: '' } },
  );
  assert.equal((await world.ended(run)).status, 'succeeded');
  assert.equal(world.stored('late'), 'step_timeout both');
  assert.equal(world.calls.length, 1);
  await world.close();
});
