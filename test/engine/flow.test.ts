import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EmbeddedEngine } from '../../src/engine/embedded/embedded-engine.ts';
import { preparePlan } from '../../src/engine/prepared-plan.ts';
import { traceRun } from '../../src/engine/trace.ts';
import type { Json } from '../../src/json/value.ts';
import { namePlan } from '../../src/plan/digest.ts';
import type { RunRecord } from '../../src/run/records.ts';
import { automationOf, compileAutomation } from '../compiler/compile-text.ts';
import type { Store } from '../../src/store/store.ts';
import { startTimeout } from '../../src/engine/timeout.ts';
import { newStore } from '../store/sample-store.ts';

const BODY = {
  type: 'object',
  required: ['items'],
  additionalProperties: false,
  properties: {
    items: { type: 'array', items: { type: 'string', minLength: 1 } },
    kind: { type: 'string' },
    count: { type: 'integer' },
  },
};

interface Ran {
  run: RunRecord;
  /** `path status`, in the order of the plan. */
  trace: string[];
  stored: { [key: string]: Json };
}

/** Compiles the steps and runs them on the embedded engine and a real store. */
async function runSteps(store: Store, steps: object[], body: Json, more: object = {}): Promise<Ran> {
  const { diagnostics, plans } = compileAutomation(automationOf(steps, BODY, more));
  assert.deepEqual(diagnostics, []);
  const [compiled] = plans;
  assert.ok(compiled !== undefined);
  const { plan, digest, text } = namePlan(compiled);
  const { account, automation } = plan;
  await store.deployments.activate('/', 0, [{ account, automation, plan: digest }], new Map([[digest, text]]));
  const services = {
    caller: { call: () => assert.fail() },
    credentials: { credential: () => assert.fail() },
    random: () => 0,
    timeout: startTimeout,
  };
  const engine = new EmbeddedEngine({ store, services, now: Date.now, maxConcurrentRuns: 10, onError: failTest });
  const { id } = await engine.start({ account, automation, plan: digest, trigger: { body } });
  const run = await engine.finished(id);
  const traced = await traceRun(preparePlan(plan), run, store.runs.attempts(id));
  const stored = Object.fromEntries(store.storage.list('acme', '', 100).map(({ key, value }) => [key, value]));
  return { run, trace: traced.map(({ path, end }) => `${path} ${end?.kind ?? 'none'}`), stored };
}

function failTest(error: unknown): void {
  assert.fail(String(error));
}

const put = (id: string, key: string, value: Json, more: object = {}): object => ({
  id,
  uses: 'storage.set',
  with: { key, value },
  ...more,
});

test('a loop does its steps for each item and gives a list in the order of its source', async () => {
  const store = await newStore();
  const loop = {
    id: 'each',
    for_each: '${{ trigger.body.items }}',
    index: 'n',
    parallel: 3,
    steps: [put('keep', '${{ item }}', '${{ n }}')],
    output: '${{ steps.keep.key }}!',
  };
  const { run, trace, stored } = await runSteps(
    store,
    [loop],
    { items: ['x', 'y', 'z'] },
    { output: '${{ steps.each }}' },
  );
  assert.deepEqual(run.output, ['x!', 'y!', 'z!']);
  assert.deepEqual(stored, { x: 0, y: 1, z: 2 });
  assert.deepEqual(trace, ['each done', 'each[0].keep done', 'each[1].keep done', 'each[2].keep done']);
  const attempts = store.runs.attempts(run.id).map(({ key }) => key.step);
  assert.deepEqual(attempts.toSorted(), ['each[0].keep', 'each[1].keep', 'each[2].keep']);
});

test('a switch goes one way; what was not gone is told', async () => {
  const store = await newStore();
  const steps = [
    {
      id: 'route',
      switch: [
        { if: "${{ trigger.body.kind === 'a' }}", steps: [put('first', 'a', 1)], output: 'was a' },
        { if: "${{ trigger.body.kind === 'b' }}", steps: [put('second', 'b', 2)], output: 'was b' },
      ],
      else: { steps: [put('third', 'c', 3)], output: 'was neither' },
    },
  ];
  const more = { output: '${{ steps.route }}' };
  const b = await runSteps(store, steps, { items: [], kind: 'b' }, more);
  assert.equal(b.run.output, 'was b');
  assert.deepEqual(b.trace, ['route done', 'first not_taken', 'second done', 'third not_taken']);
  assert.equal((await runSteps(store, steps, { items: [] }, more)).run.output, 'was neither');
});

test('branches are done at the same time, and later steps see what each gave', async () => {
  const store = await newStore();
  const steps = [
    {
      id: 'both',
      branches: {
        left: { steps: [put('one', 'l', 1)], output: 'L' },
        right: { steps: [put('two', 'r', 2)], output: 'R' },
      },
    },
  ];
  const { run } = await runSteps(
    store,
    steps,
    { items: [] },
    { output: '${{ steps.both.left + steps.both.right + steps.two.key }}' },
  );
  assert.equal(run.output, 'LRr');
});

test('stop ends the run with its output, also from within', async () => {
  const store = await newStore();
  const steps = [
    {
      id: 'each',
      for_each: '${{ trigger.body.items }}',
      steps: [
        { id: 'found', if: "${{ item === 'y' }}", stop: true, output: 'stopped at ${{ item }}' },
        put('keep', '${{ item }}', true),
      ],
    },
    put('after', 'after', true),
  ];
  const { run, stored, trace } = await runSteps(store, steps, { items: ['x', 'y', 'z'] });
  assert.deepEqual([run.status, run.output], ['succeeded', 'stopped at y']);
  assert.deepEqual(stored, { x: true });
  assert.equal(trace.at(-1), 'after none');
});

test('a failure is handled by its steps, and the run goes on', async () => {
  const store = await newStore();
  const handler = [put('note', 'why', '${{ error.step }}: ${{ error.code }}')];
  const steps = [
    { id: 'check', set: { quotient: '${{ 1 / (trigger.body.count ?? 0) }}' }, on_error: handler },
    put('after', 'result', '${{ steps.check?.quotient ?? 0 }}'),
  ];
  const failed = await runSteps(store, steps, { items: [] });
  assert.deepEqual(failed.stored, { why: 'check: mapping_failed', result: 0 });
  assert.deepEqual(failed.trace, ['check handled', 'note done', 'after done']);
  const fine = await runSteps(store, steps, { items: [], count: 2 });
  assert.equal(fine.stored['result'], 0.5);
  assert.deepEqual(fine.trace, ['check done', 'note not_taken', 'after done']);
});

test('what a block did before it failed is not there any more after the failure was handled', async () => {
  const inner = { id: 'inner', set: { value: 1 } };
  const arm = { if: '${{ trigger.body.items.length === 0 }}', steps: [inner, { id: 'broken', fail: 'no' }] };
  const steps = [
    { id: 'way', switch: [arm], on_error: [put('note', 'why', '${{ error.step }}')] },
    put('after', 'later', "${{ steps.inner?.value ?? 'absent' }}"),
  ];
  const { stored } = await runSteps(await newStore(), steps, { items: [] });
  assert.deepEqual(stored, { why: 'broken', later: 'absent' });
});

test('fail ends the run with its message', async () => {
  const store = await newStore();
  const steps = [
    { id: 'none', if: '${{ trigger.body.items.length === 0 }}', fail: 'nothing in ${{ run.id }}' },
    put('after', 'after', true),
  ];
  const { run, stored } = await runSteps(store, steps, { items: [] });
  assert.deepEqual([run.status, run.failure?.code, run.failure?.step], ['failed', 'fail_step', 'none']);
  assert.equal(run.failure?.message, `step none: nothing in ${run.id}`);
  assert.deepEqual(stored, {});
});

test('a loop collects the failures of its items, and the others go on', async () => {
  const store = await newStore();
  const bad = { id: 'bad', if: "${{ item === 'y' }}", fail: 'no ${{ item }}' };
  const loop = {
    id: 'each',
    for_each: '${{ trigger.body.items }}',
    on_item_error: 'collect',
    parallel: 2,
    steps: [bad, put('keep', '${{ item }}', true)],
    output: '${{ steps.keep.key }}!',
  };
  const body = { items: ['x', 'y', 'z'] };
  const { run, stored } = await runSteps(store, [loop], body, { output: '${{ steps.each }}' });
  const failures = [{ index: 1, code: 'fail_step', message: 'step bad: no y', step: 'each[1].bad' }];
  assert.deepEqual(run.output, { outputs: ['x!', null, 'z!'], failures });
  assert.deepEqual(stored, { x: true, z: true });
  const quiet = { ...loop, output: undefined };
  const { run: other } = await runSteps(store, [quiet], body, { output: '${{ steps.each.failures.length }}' });
  assert.equal(other.output, 1);
});
