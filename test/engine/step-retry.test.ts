import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainRun } from '../../src/authoring/explain/explain-run.ts';
import { standingFailures } from '../../src/authoring/explain/standing-failures.ts';
import { renderRun } from '../../src/cli/render-run.ts';
import type { Plan } from '../../src/generated/plan.ts';
import { calledRunId } from '../../src/run/run-id.ts';
import { Redactor } from '../../src/secrets/redaction.ts';
import { Views } from '../../src/server/views.ts';
import { automationOf } from '../compiler/compile-text.ts';
import { count, EngineWorld, until } from './engine-world.ts';

import { answers, BODY, GIVEN, refused, send, traced, untilAsync, way, worldOf } from './tried-world.ts';

test('a new try of a block does all of it anew, under paths and keys of its own; the steps after it see the last one', async () => {
  const steps = [{ ...way, retry: { attempts: 3 } }, count('after', 'after')];
  const world = await worldOf(steps, '${{ [steps.way ?? 0, steps.two?.value ?? 0] }}');
  const keys = answers(world, refused(), GIVEN);
  const run = await world.ended(await world.start('example', {}));
  assert.deepEqual([run.status, run.output], ['succeeded', [2, 1]]);
  assert.deepEqual(
    ['ones', 'twos', 'after'].map((key) => world.stored(key)),
    [2, 1, 1],
  );
  assert.equal(new Set(keys).size, 2);
  assert.deepEqual(await traced(world, run), [
    '0 way done',
    '1 one done',
    '1 send failed',
    '1 two not_taken',
    '0 way~2 done',
    '1 way~2.one done',
    '1 way~2.send done',
    '1 way~2.two done',
    '0 after done',
  ]);
  const [, , , , again] = await world.trace(run);
  assert.deepEqual([again?.again?.message, again?.again?.step, again?.again?.waits], ['no', 'send', false]);
  await world.close();
});

test('what a try gave that failed is not there any more, neither in the next one nor after it', async () => {
  const early = { id: 'early', if: '${{ steps.one.value === 1 }}', set: { n: 1 } };
  const no = { id: 'no', if: '${{ steps.early !== undefined }}', fail: 'once more' };
  const arms = [{ if: '${{ trigger.body.n !== 9 }}', steps: [count('one', 'ones'), early, no] }];
  const steps = [{ id: 'way', switch: arms, retry: { attempts: 2 } }];
  const world = await worldOf(steps, "${{ steps.early?.n ?? 'absent' }}");
  const run = await world.ended(await world.start('example', {}));
  assert.deepEqual([run.status, run.output], ['succeeded', 'absent']);
  await world.close();
});

test('a run shows its tries, and what each came after', async () => {
  const world = await worldOf([{ ...way, retry: { attempts: 2 } }]);
  answers(world, refused({ message: 'no such secret' }), GIVEN);
  const run = await world.ended(await world.start('example', {}));
  const redactor = new Redactor();
  redactor.add('secret');
  const views = new Views(redactor);
  const steps = (await world.trace(run)).map((step) => views.step(run.id, step));
  const again = steps.find(({ path }) => path === 'way~2')?.again;
  assert.deepEqual([again?.code, again?.step, again?.message.includes('secret')], ['http_status', 'send', false]);
  const shown = renderRun({ run: views.run(run), steps, called: [], standing: [], retried: [] });
  assert.match(
    shown,
    /\n✓ way {2}switch\n[^]*\n✓ way~2 {2}switch\n +again +at .*, after step send failed \(http_status\)\n/,
  );
  assert.match(shown, /\n {2}✓ way~2.send {2}http.request\n/);
  await world.close();
});

test('an explanation reads the last try alone, from inside and from outside', async () => {
  const inner = [
    count('one', 'ones'),
    { id: 'look', uses: 'storage.get', with: { key: 'none ${{ steps.one.value }}' } },
    { id: 'keep', uses: 'storage.set', with: { key: 'kept', value: { found: "${{ steps.look.value ?? '' }}" } } },
    { id: 'no', if: '${{ steps.one.value < 3 }}', fail: 'once more' },
  ];
  const each = { id: 'each', for_each: '${{ [7] }}', steps: inner, output: '${{ steps.one.value }}', retry: {} };
  const after = { id: 'after', set: { text: "${{ steps.each[0] === 3 ? '' : 'x' }}" } };
  const world = await worldOf([each, after]);
  const run = await world.ended(await world.start('example', {}));
  assert.equal(run.status, 'succeeded');
  const plan = JSON.parse(world.store.deployments.plan(run.plan) ?? '') as Plan;
  const { findings } = explainRun(plan, run, await world.trace(run));
  const about = findings.filter(({ step }) => step === 'each~3[0].keep' || step === 'after');
  assert.deepEqual(
    about.map(({ step, because }) => [step, because[0]]),
    [
      ['each~3[0].keep', 'what Storage gave has `found`, not `value`'],
      ['after', '`steps.each.0` was 3'],
    ],
  );
  assert.ok(findings.every(({ step }) => step !== 'each[0].keep' && step !== 'each~2[0].keep'));
  await world.close();
});

test('what has failed in a try beside what goes on is told with what comes of it', async () => {
  const branches = { left: { steps: [send] }, right: { steps: [{ id: 'ask', wait: { event: { payload: {} } } }] } };
  const world = await worldOf([{ id: 'all', branches, retry: { attempts: 2 } }]);
  answers(world, refused());
  const run = await world.start('example', {});
  const standing = async (): Promise<string[]> =>
    standingFailures(await world.trace(run)).map(({ what, comes }) => `${what}; ${comes}`);
  const waits = (step: string) => async (): Promise<boolean> =>
    (await standing()).some((said) => said.includes(`\`${step}\` is over`));
  await untilAsync(waits('ask'));
  assert.deepEqual(await standing(), [
    'branch `left` of step `all` has failed: no; step `all` is tried again when step `ask` is over',
  ]);
  await world.engine.answer(run, { step: 'ask', attempt: 1 }, { ok: true, output: null });
  await untilAsync(waits('all~2.ask'));
  assert.deepEqual(await standing(), [
    'branch `left` of step `all~2` has failed: no; the run ends so when step `all~2.ask` is over',
  ]);
  await world.close();
});

test('on_error comes after the last try, and a step whose tries are used up fails with the last failure', async () => {
  const late = { id: 'late', uses: 'storage.set', with: { key: 'late', value: '${{ error.step }}' } };
  const world = await EngineWorld.of({
    handled: automationOf([{ ...way, retry: { attempts: 2 }, on_error: [late] }], BODY),
    failing: automationOf([{ ...way, retry: { attempts: 3 } }], BODY),
    once: automationOf([way], BODY),
  });
  answers(world, refused());
  const handled = await world.ended(await world.start('handled', {}));
  assert.deepEqual([handled.status, world.stored('late'), world.stored('ones')], ['succeeded', 'way~2.send', 2]);
  const failing = await world.ended(await world.start('failing', {}));
  assert.deepEqual([failing.failure?.step, world.stored('ones')], ['way~3.send', 5]);
  const once = await world.ended(await world.start('once', {}));
  assert.deepEqual([once.failure?.step, world.stored('ones')], ['send', 6]);
  await world.close();
});

test('a loop and branches are tried again, a long loop with pages of its own', async () => {
  const bad = { ...send, if: '${{ item === 500 }}' };
  const loop = { id: 'each', for_each: '${{ trigger.body.items }}', steps: [count('one', 'ones'), bad] };
  const branches = { left: { steps: [send] }, right: { steps: [count('r', 'r')] } };
  const items = { type: 'object', required: ['items'], properties: { items: { type: 'array' } } };
  const world = await EngineWorld.of({
    loop: automationOf([{ ...loop, retry: { attempts: 2 }, output: 1 }], items, {
      output: '${{ steps.each.length }}',
    }),
    branches: automationOf([{ id: 'all', branches, retry: {} }], BODY, { output: '${{ steps.r.value }}' }),
  });
  answers(world, refused(), GIVEN);
  const body = { items: Array.from({ length: 501 }, (_, index) => index) };
  const run = await world.ended(await world.start('loop', body));
  assert.deepEqual([run.status, run.output, world.stored('ones')], ['succeeded', 501, 1002]);
  const pages = (await world.trace(run)).flatMap(({ path, pages: own }) =>
    own.map(({ key, outcome }) => `${path} ${key.step} ${outcome?.ok}`),
  );
  assert.deepEqual(pages, ['each each[500-999] false', 'each~2 each~2[500-999] true']);
  const inPage = (await world.trace(run, 'each~2[500-999]')).map(({ path, end }) => `${path} ${end?.kind}`);
  assert.equal(inPage.at(-1), 'each~2[500].send done');
  answers(world, refused(), refused(), GIVEN);
  const other = await world.ended(await world.start('branches', {}));
  assert.deepEqual([other.status, other.output], ['succeeded', 3]);
  await world.close();
});

test('a call that is tried again calls another run; what a person ended is not called again', async () => {
  const child = { name: 'Child', trigger: { manual: {} }, steps: [send], output: 'given' };
  const go = { id: 'go', call: 'child', retry: { attempts: 3 } };
  const asks = { ...child, steps: [{ id: 'ask', wait: { event: { payload: {} } } }] };
  const world = await EngineWorld.of({
    child,
    asks,
    example: automationOf([go], BODY, { output: '${{ steps.go }}' }),
    patient: automationOf([{ ...go, call: 'asks' }], BODY),
  });
  answers(world, refused(), GIVEN);
  const run = await world.ended(await world.start('example', {}));
  assert.deepEqual([run.status, run.output], ['succeeded', 'given']);
  const called = world.store.runs.called(run.id, 10).map(({ id, parent, status }) => [id, `${parent?.step} ${status}`]);
  assert.equal(called.length, 2);
  assert.deepEqual(Object.fromEntries(called), {
    [calledRunId(run.id, 'go')]: 'go failed',
    [calledRunId(run.id, 'go~2')]: 'go~2 succeeded',
  });
  assert.deepEqual(await traced(world, run), ['0 go done', '0 go~2 done']);

  const patient = await world.start('patient', {});
  const id = calledRunId(patient.id, 'go');
  await until(() => world.store.runs.get(id)?.status === 'waiting');
  await world.engine.cancel(id, 'on request');
  const canceled = await world.ended(patient);
  assert.deepEqual([canceled.status, canceled.failure?.code], ['failed', 'canceled']);
  assert.equal(world.store.runs.called(patient.id, 10).length, 1);
  await world.close();
});

test('what nobody is sure of, a refused key and an expression without a value are not tried again', async () => {
  const list = { id: 'each', for_each: '${{ [trigger.body.n ?? 1].map(n => 1 / n) }}', steps: [count('one', 'ones')] };
  const world = await EngineWorld.of({
    way: automationOf([{ ...way, retry: { attempts: 3 } }], BODY),
    list: automationOf([{ ...list, retry: { attempts: 3 } }], BODY),
  });
  for (const one of ['uncertain', 'credential'] as const) {
    answers(world, refused({ class: one }));
    const run = await world.ended(await world.start('way', {}));
    assert.deepEqual([run.failure?.class, run.failure?.step], [one, 'send']);
  }
  const run = await world.ended(await world.start('list', { n: 0 }));
  assert.deepEqual(await traced(world, run), ['0 each failed']);
  assert.equal(run.failure?.code, 'mapping_failed');
  await world.close();
});

test('a time holds for each try', async () => {
  const world = await worldOf([{ ...way, timeout: '60ms', retry: { attempts: 2 } }]);
  let calls = 0;
  world.answer = ({ signal }) =>
    ++calls === 2
      ? Promise.resolve(GIVEN)
      : new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(refused({ class: 'retryable', code: 'timeout' })));
        });
  const run = await world.ended(await world.start('example', {}));
  assert.deepEqual([run.status, world.stored('ones')], ['succeeded', 2]);
  const [first, , , , second] = await world.trace(run);
  assert.deepEqual([first?.timed?.outcome?.ok, second?.timed?.outcome?.ok], [false, true]);
  assert.equal(second?.again?.code, 'step_timeout');
  await world.close();
});
