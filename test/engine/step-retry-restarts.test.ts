import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainRun } from '../../src/authoring/explain/explain-run.ts';
import type { Plan } from '../../src/generated/plan.ts';
import type { Outcome } from '../../src/run/failure.ts';
import type { RunRecord } from '../../src/run/records.ts';
import { calledRunId } from '../../src/run/run-id.ts';
import { automationOf } from '../compiler/compile-text.ts';
import { count, EngineWorld, until } from './engine-world.ts';

import { answers, BODY, controlOf, GIVEN, refused, send, traced, way, worldOf } from './tried-world.ts';

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
