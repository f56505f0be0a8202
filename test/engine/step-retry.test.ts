import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainRun } from '../../src/authoring/explain/explain-run.ts';
import { standingFailures } from '../../src/authoring/explain/standing-failures.ts';
import { renderRun } from '../../src/cli/render-run.ts';
import type { Plan } from '../../src/generated/plan.ts';
import type { Failure, Outcome } from '../../src/run/failure.ts';
import type { RunRecord } from '../../src/run/records.ts';
import { calledRunId } from '../../src/run/run-id.ts';
import { LiveDeployment } from '../../src/runner/live-deployment.ts';
import { RunControl } from '../../src/runner/run-control.ts';
import { Redactor } from '../../src/secrets/redaction.ts';
import { Views } from '../../src/server/views.ts';
import { automationOf } from '../compiler/compile-text.ts';
import { count, EngineWorld, until } from './engine-world.ts';

const BODY = { type: 'object', properties: { n: { type: 'integer' } } };
const send = { id: 'send', uses: 'http.request', with: { method: 'POST', url: 'https://example.com/', body: 'x' } };
const both = [count('one', 'ones'), send, count('two', 'twos')];
const way = {
  id: 'way',
  switch: [{ if: '${{ trigger.body.n !== 9 }}', steps: both, output: '${{ steps.one.value }}' }],
};

const GIVEN: Outcome = { ok: true, output: { status: 200, headers: {}, body: 'ok' } };
const refused = (more: Partial<Failure> = {}): Outcome => ({
  ok: false,
  failure: { class: 'permanent', code: 'http_status', message: 'no', ...more },
});

/** Answers one call after the other, the last answer to all that follow. Gives the idempotency keys that came. */
function answers(world: EngineWorld, ...all: Outcome[]): string[] {
  const keys: string[] = [];
  world.answer = ({ idempotencyKey = 'none' }) => {
    keys.push(idempotencyKey);
    return Promise.resolve(all[Math.min(keys.length, all.length) - 1] ?? GIVEN);
  };
  return keys;
}

const worldOf = (steps: object[], output?: string): Promise<EngineWorld> =>
  EngineWorld.of({ example: automationOf(steps, BODY, output === undefined ? {} : { output }) }, 10, keyed);

function keyed(plan: Plan): void {
  const request = plan.connectors['http']?.actions['request'];
  if (request !== undefined) request.idempotency = { header: 'Idempotency-Key', lifetime: '1h' };
}

async function controlOf(world: EngineWorld): Promise<RunControl> {
  await world.store.deployments.hookSecret('acme', 'example');
  const live = new LiveDeployment(world.store);
  return new RunControl(
    world.store,
    world.engine,
    () => live,
    () => undefined,
  );
}

async function untilAsync(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function traced(world: EngineWorld, run: RunRecord): Promise<string[]> {
  return (await world.trace(run)).map(({ path, depth, end }) => `${depth} ${path} ${end?.kind ?? 'none'}`);
}

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

test('what is waited between tries outlives the process, and is told', async () => {
  const world = await worldOf([{ ...way, retry: { attempts: 2 } }]);
  answers(world, refused({ retryAfterMs: 1200 }), GIVEN);
  const { id } = await world.start('example', {});
  await until(() => world.store.runs.get(id)?.status === 'waiting');
  const [pause, ...more] = world.store.runs.attemptsOf(id, 'way~2');
  assert.deepEqual([pause?.key.attempt, pause?.outcome, more], [-1, undefined, []]);
  assert.deepEqual(pause?.input, { after: { code: 'http_status', message: 'no', step: 'send' } });
  const due = pause?.sleepUntil ?? 0;
  const waiting = world.store.runs.get(id) ?? assert.fail();
  const plan = JSON.parse(world.store.deployments.plan(waiting.plan) ?? '') as Plan;
  const { findings } = explainRun(plan, waiting, await world.trace(waiting));
  const said = `step \`way\` is tried again at ${new Date(due).toISOString().replace(/\.?0*Z$/, 'Z')}: no`;
  assert.deepEqual(
    findings.map(({ what }) => what),
    [said],
  );
  await world.restart();
  assert.equal((await world.ended(waiting)).status, 'succeeded');
  const [kept] = world.store.runs.attemptsOf(id, 'way~2');
  const [began] = world.store.runs.attemptsOf(id, 'way~2.one');
  assert.equal(kept?.sleepUntil, due);
  assert.ok((began?.startedAt ?? 0) >= due);
  await world.close();
});

test('a stop in the midst of the second try goes on there, with its key', async () => {
  const world = await worldOf([{ ...way, retry: { attempts: 3 } }]);
  const keys = answers(world, refused());
  const answer = world.answer;
  world.answer = async (call) => {
    const given = await answer(call);
    if (keys.length === 2) await new Promise((resolve) => call.signal.addEventListener('abort', resolve));
    return keys.length === 1 ? given : GIVEN;
  };
  const run = await world.start('example', {});
  await until(() => keys.length === 2);
  await world.restart();
  assert.equal((await world.ended(run)).status, 'succeeded');
  assert.deepEqual(
    ['ones', 'twos'].map((key) => world.stored(key)),
    [2, 1],
  );
  assert.equal(keys[1], keys[2]);
  assert.deepEqual(await traced(world, run), [
    '0 way done',
    '1 one done',
    '1 send failed',
    '1 two not_taken',
    '0 way~2 done',
    '1 way~2.one done',
    '1 way~2.send done',
    '1 way~2.two done',
  ]);
  await world.close();
});

test('a replay from a later step keeps what the last tries gave', async () => {
  const child = { name: 'Child', trigger: { manual: {} }, steps: [send], output: 'given' };
  const go = { id: 'go', call: 'child', retry: { attempts: 2 } };
  const steps = [go, { ...way, retry: { attempts: 2 } }, count('last', 'lasts')];
  const output = '${{ [steps.go, steps.one?.value ?? 0] }}';
  const world = await EngineWorld.of({ child, example: automationOf(steps, BODY, { output }) });
  answers(world, refused(), GIVEN, refused(), GIVEN);
  const run = await world.ended(await world.start('example', {}));
  assert.deepEqual(run.output, ['given', 2]);
  const control = await controlOf(world);
  const replayed = await control.replay(run.id, { from: 'last' });
  assert.ok(replayed.kind === 'done');
  assert.deepEqual((await world.ended(replayed.run)).output, ['given', 2]);
  assert.deepEqual(
    ['ones', 'lasts'].map((key) => world.stored(key)),
    [2, 2],
  );
  assert.equal(world.calls.length, 4);
  await world.close();
});

test('a run is not replayed from behind a loop in whose later try there is a doubt, also where that lies in a page', async () => {
  const each = { id: 'each', for_each: '${{ trigger.body.items }}', retry: { attempts: 2 } };
  const steps = [{ ...each, steps: [{ ...send, if: '${{ item === 500 }}' }] }, count('last', 'lasts')];
  const items = { type: 'object', required: ['items'], properties: { items: { type: 'array' } } };
  const world = await EngineWorld.of({ example: automationOf(steps, items) });
  answers(world, refused(), refused({ class: 'uncertain' }));
  const body = { items: Array.from({ length: 501 }, (_, index) => index) };
  const run = await world.ended(await world.start('example', body));
  assert.deepEqual([run.status, run.failure?.step], ['uncertain', 'each~2[500].send']);
  const control = await controlOf(world);
  assert.match(
    JSON.stringify(await control.replay(run.id, { from: 'last' })),
    /nobody knows whether the step each~2\[500\].send/,
  );
  await world.close();
});

test('where the time of a step around is over while a try is waited for, it has not begun, and a retry waits anew', async () => {
  const quick = {
    id: 'quick',
    switch: [{ if: '${{ trigger.body.n !== 9 }}', steps: [{ id: 'set', set: { n: 1 } }, send] }],
  };
  const around = { id: 'all', timeout: '60ms', branches: { one: { steps: [{ ...quick, retry: {} }] } } };
  const world = await worldOf([around]);
  answers(world, refused({ retryAfterMs: 60_000 }));
  const run = await world.ended(await world.start('example', {}));
  assert.deepEqual([run.failure?.code, run.failure?.step], ['step_timeout', 'all']);
  const rows = [
    '0 all failed',
    '1 quick failed',
    '2 set done',
    '2 send failed',
    '1 quick~2 failed',
    '2 quick~2.set not_taken',
    '2 quick~2.send not_taken',
  ];
  assert.deepEqual(await traced(world, run), rows);
  const begun = (): number => world.store.runs.attemptsOf(run.id, 'quick~2')[0]?.startedAt ?? 0;
  const first = begun();
  assert.equal(await world.engine.retry(world.store.runs.summary(run.id) ?? assert.fail()), undefined);
  assert.equal((await world.ended(run)).failure?.code, 'step_timeout');
  assert.ok(begun() > first);
  assert.deepEqual(await traced(world, run), rows);
  await world.close();
});

test('a run that is retried goes on in the last try, and what failed in those before it stays', async () => {
  const child = { name: 'Child', trigger: { manual: {} }, steps: [count('begun', 'begun'), send], output: 'given' };
  const go = { id: 'go', call: 'child', retry: { attempts: 2 } };
  const each = { id: 'each', for_each: '${{ [1, 2] }}', steps: [count('each_one', 'twos'), { ...send, id: 'post' }] };
  const blocks = [
    { ...way, retry: { attempts: 2 } },
    { ...each, timeout: '1m', retry: { attempts: 3 } },
  ];
  const world = await EngineWorld.of({ child, example: automationOf([go, ...blocks], BODY) });
  const attempts = (id: string): string[] =>
    world.store.runs
      .attempts(id)
      .filter(({ key, outcome }) => key.attempt > 0 && outcome?.ok === false)
      .map(({ key }) => key.step);
  answers(world, refused());
  const run = await world.ended(await world.start('example', {}));
  assert.deepEqual([run.status, attempts(run.id)], ['failed', ['go', 'go~2']]);
  const control = await controlOf(world);
  assert.match(JSON.stringify(await control.retry(calledRunId(run.id, 'go~2'))), /they are retried together/);
  const retried = async (...all: Outcome[]): Promise<RunRecord> => {
    answers(world, ...all);
    assert.equal(await world.engine.retry(world.store.runs.summary(run.id) ?? assert.fail()), undefined);
    return world.ended(run);
  };
  const after = await retried(GIVEN, refused());
  assert.deepEqual([after.status, attempts(run.id)], ['failed', ['go', 'send', 'way~2.send']]);
  // The run of the first try has ended, and stays so.
  assert.deepEqual(
    ['go', 'go~2'].map((step) => world.store.runs.get(calledRunId(run.id, step))?.status),
    ['failed', 'succeeded'],
  );
  const later = await retried(GIVEN, GIVEN, refused());
  const failures = ['go', 'send', 'each[1].post', 'each~2[0].post', 'each~3[0].post'];
  assert.deepEqual([later.status, attempts(run.id)], ['failed', failures]);
  const last = await retried(GIVEN);
  assert.deepEqual([last.status, attempts(run.id)], ['succeeded', failures.slice(0, -1)]);
  assert.deepEqual(
    ['begun', 'ones', 'twos'].map((key) => world.stored(key)),
    [2, 2, 6],
  );
  await world.close();
});
