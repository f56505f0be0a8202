import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActionCaller } from '../../src/connectors/action-call.ts';
import { EmbeddedEngine } from '../../src/engine/embedded/embedded-engine.ts';
import { preparePlan } from '../../src/engine/prepared-plan.ts';
import { traceRun } from '../../src/engine/trace.ts';
import type { Plan } from '../../src/generated/plan.ts';
import type { Json } from '../../src/json/value.ts';
import type { RunRecord } from '../../src/run/records.ts';
import { calledRunId } from '../../src/run/run-id.ts';
import type { Store } from '../../src/store/store.ts';
import { startTimeout } from '../../src/engine/timeout.ts';
import { compileAutomations, deploy } from '../compiler/compile-text.ts';
import { newStore } from '../store/sample-store.ts';

const INPUT = { type: 'object', required: ['n'], additionalProperties: false, properties: { n: { type: 'integer' } } };
const BODY = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } };
const trigger = { webhook: { body: BODY, verify: 'none' } };
const keep = { id: 'keep', uses: 'storage.increment', with: { key: 'sum', by: '${{ trigger.input.n }}' } };

interface World {
  store: Store;
  engine: EmbeddedEngine;
  digests: Map<string, string>;
  run(automation: string, n: number): Promise<RunRecord>;
}

async function worldOf(automations: { [name: string]: object }, call: ActionCaller['call'] = () => assert.fail()) {
  const store = await newStore();
  const { diagnostics, plans } = compileAutomations(automations);
  assert.deepEqual(diagnostics, []);
  const digests = await deploy(store, plans);
  const engine = new EmbeddedEngine({
    store,
    services: {
      caller: { call },
      credentials: { credential: () => assert.fail() },
      random: () => 0,
      timeout: startTimeout,
    },
    now: Date.now,
    maxConcurrentRuns: 1,
    onError: (error) => assert.fail(String(error)),
  });
  const run: World['run'] = async (automation, n) => {
    const plan = digests.get(automation) ?? '';
    const { id } = await engine.start({ account: 'acme', automation, plan, trigger: { body: { n } } });
    return engine.finished(id);
  };
  return { store, engine, digests, run } satisfies World;
}

const child = {
  name: 'Child',
  trigger: { manual: { input: INPUT } },
  steps: [keep],
  output: { sum: '${{ steps.keep.value }}' },
};

test('a called automation is a run of its own, whose output is that of the step, with one slot for all runs', async () => {
  const steps = [{ id: 'add', call: 'child', with: { n: '${{ trigger.body.n }}' } }];
  const { store, run, digests } = await worldOf({
    child,
    parent: { name: 'Parent', trigger, steps, output: '${{ steps.add.sum + 1 }}' },
  });
  const parent = await run('parent', 5);
  assert.deepEqual([parent.status, parent.output], ['succeeded', 6]);
  const [summary, ...more] = store.runs.called(parent.id, 10);
  const called = store.runs.get(summary?.id ?? '');
  assert.equal(more.length, 0);
  assert.equal(called?.id, calledRunId(parent.id, 'add'));
  assert.deepEqual(called.parent, { run: parent.id, step: 'add' });
  assert.deepEqual(
    [called.plan, called.trigger, called.output],
    [digests.get('child'), { input: { n: 5 } }, { sum: 5 }],
  );
  const plan = JSON.parse(store.deployments.plan(parent.plan) ?? '') as Plan;
  const traced = await traceRun(preparePlan(plan), parent, store.runs.attempts(parent.id));
  assert.deepEqual(
    traced.map(({ end }) => end),
    [{ kind: 'done', output: { sum: 5 } }],
  );
});

test('a call that does not wait gives the id of its run, and does not care how that ends', async () => {
  const failing = { ...child, steps: [keep, { id: 'no', fail: 'no' }], output: 1 };
  const steps = [{ id: 'add', call: 'child', with: { n: 1 }, wait_for_end: false }];
  const { store, engine, run } = await worldOf({
    child: failing,
    parent: { name: 'Parent', trigger, steps, output: '${{ steps.add.run }}' },
  });
  const parent = await run('parent', 0);
  assert.deepEqual([parent.status, parent.output], ['succeeded', calledRunId(parent.id, 'add')]);
  assert.equal((await engine.finished(calledRunId(parent.id, 'add'))).status, 'failed');
  assert.equal(store.runs.called(parent.id, 10).length, 1);
});

test('a failure of the called run is that of the step, names the run, and can be handled', async () => {
  const failing = { ...child, steps: [{ id: 'no', fail: 'out of stock' }] };
  const note = {
    id: 'note',
    uses: 'storage.set',
    with: { key: 'why', value: '${{ error.code }} at ${{ error.step }}' },
  };
  const call = { id: 'add', call: 'child', with: { n: 1 } };
  const { store, run } = await worldOf({
    child: { ...failing, output: 1 },
    parent: { name: 'Parent', trigger, steps: [call] },
    careful: { name: 'Careful', trigger, steps: [{ ...call, on_error: [note] }] },
  });
  const parent = await run('parent', 0);
  const called = calledRunId(parent.id, 'add');
  assert.equal(parent.status, 'failed');
  const { code, message, step, run: named } = parent.failure ?? {};
  assert.deepEqual([code, step, named], ['fail_step', 'add', called]);
  assert.match(message ?? '', new RegExp(`the run ${called} of child failed: step no: out of stock`));
  assert.equal((await run('careful', 0)).status, 'succeeded');
  assert.equal(store.storage.get('acme', 'why')?.value, 'fail_step at add');
});

test('what a called run is not sure of, its caller is not sure of either', async () => {
  const post = { id: 'post', uses: 'http.request', with: { method: 'POST', url: 'https://example.com/' } };
  const steps = [{ id: 'add', call: 'child', with: { n: 1 }, on_error: 'continue' }];
  const { run } = await worldOf(
    { child: { ...child, steps: [post], output: 1 }, parent: { name: 'Parent', trigger, steps } },
    () => Promise.resolve({ ok: false, failure: { class: 'uncertain', code: 'connection_cut', message: 'cut' } }),
  );
  const parent = await run('parent', 0);
  assert.deepEqual([parent.status, parent.failure?.class], ['uncertain', 'uncertain']);
});

test('calls from a parallel loop and through several automations come to their own ends', async () => {
  const middle = {
    name: 'Middle',
    trigger: { manual: { input: INPUT } },
    steps: [{ id: 'down', call: 'child', with: { n: '${{ trigger.input.n }}' } }],
    output: '${{ trigger.input.n * 2 }}',
  };
  const loop = {
    id: 'each',
    for_each: '${{ [1, 2, 3, 4, 5] }}',
    parallel: 3,
    steps: [{ id: 'go', call: 'middle', with: { n: '${{ item }}' } }],
    output: '${{ steps.go }}',
  };
  const { store, run } = await worldOf({
    child,
    middle,
    parent: { name: 'Parent', trigger, steps: [loop], output: '${{ steps.each }}' },
  });
  const parent = await run('parent', 0);
  assert.deepEqual(parent.output, [2, 4, 6, 8, 10] satisfies Json);
  assert.equal(store.storage.get('acme', 'sum')?.value, 15);
  assert.equal(store.runs.called(parent.id, 10).length, 5);
});

test('a run that is called in the moment in which its caller is canceled is canceled too', async () => {
  const called = {
    name: 'Called',
    trigger: { manual: {} },
    steps: [
      { id: 'rest', wait: { for: '1d' } },
      { id: 'never', uses: 'storage.increment', with: { key: 'n', by: 1 } },
    ],
  };
  const caller = { name: 'Caller', trigger, steps: [{ id: 'go', call: 'called' }] };
  const { store, engine, digests } = await worldOf({ called, caller });
  const plan = digests.get('caller') ?? '';
  const beginCall = store.runs.beginCall.bind(store.runs);
  let canceled: Promise<boolean> | undefined;
  store.runs.beginCall = async (attempt, child, outcome) => {
    const begun = beginCall(attempt, child, outcome);
    canceled = engine.cancel(attempt.run, 'for the test');
    return begun;
  };
  const { id } = await engine.start({ account: 'acme', automation: 'caller', plan, trigger: { body: { n: 1 } } });
  await engine.finished(id);
  assert.equal(await canceled, true);
  const child = await engine.finished(calledRunId(id, 'go'));
  assert.deepEqual([child.status, child.failure?.message], ['canceled', `canceled: by the run ${id} that called it`]);
  await engine.stop(0);
  await store.close();
});

test('a run that ends in the moment in which it is canceled has ended by itself', async () => {
  const { store, engine, digests } = await worldOf({
    short: { name: 'Short', trigger, steps: [{ id: 'one', set: { n: 1 } }] },
  });
  const plan = digests.get('short') ?? '';
  const finish = store.runs.finish.bind(store.runs);
  let canceled: Promise<boolean> | undefined;
  let ends = 0;
  store.runs.finish = (run, at, result, answer) => {
    const ended = finish(run, at, result, answer);
    ends += 1;
    if (ends === 1) canceled = engine.cancel(run, 'for the test');
    return ended;
  };
  const { id } = await engine.start({ account: 'acme', automation: 'short', plan, trigger: { body: { n: 1 } } });
  assert.equal((await engine.finished(id)).status, 'succeeded');
  assert.equal(await canceled, false);
  await engine.stop(0);
  await store.close();
});
