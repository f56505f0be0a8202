import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActionCaller } from '../../src/connectors/action-call.ts';
import { EmbeddedEngine } from '../../src/engine/embedded/embedded-engine.ts';
import type { Json } from '../../src/json/value.ts';
import type { RunRecord } from '../../src/run/records.ts';
import { calledRunId } from '../../src/run/run-id.ts';
import { RunControl, type ControlResult } from '../../src/runner/run-control.ts';
import { LiveDeployment } from '../../src/runner/live-deployment.ts';
import type { Store } from '../../src/store/store.ts';
import { namePlan } from '../../src/plan/digest.ts';
import { startTimeout } from '../../src/engine/timeout.ts';
import { compileAutomations, deploy } from '../compiler/compile-text.ts';
import { newStore } from '../store/sample-store.ts';

const BODY = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } };
const webhook = { webhook: { body: BODY, verify: 'none' } };
const count = (id: string, key: string): object => ({ id, uses: 'storage.increment', with: { key, by: 1 } });
const post = { id: 'post', uses: 'http.request', with: { method: 'POST', url: 'https://example.com/' } };

function failTest(error: unknown): void {
  assert.fail(String(error));
}

class World {
  readonly store: Store;
  live: LiveDeployment;
  readonly calls: Json[] = [];
  answer: ActionCaller['call'] = () =>
    Promise.resolve({ ok: true, output: { status: 200, headers: {}, body: 'sent' } });

  constructor(store: Store) {
    this.store = store;
    this.live = new LiveDeployment(store);
  }

  static async of(automations: { [name: string]: object }): Promise<World> {
    const world = new World(await newStore());
    await world.deploy(automations);
    return world;
  }

  async deploy(automations: { [name: string]: object }): Promise<void> {
    const { diagnostics, plans } = compileAutomations(automations);
    assert.deepEqual(diagnostics, []);
    await deploy(this.store, plans);
    for (const { account, automation } of plans) await this.store.deployments.hookSecret(account, automation);
    this.live = new LiveDeployment(this.store);
  }

  engine(): EmbeddedEngine {
    const call: ActionCaller['call'] = (one) => {
      this.calls.push(one.input);
      return this.answer(one);
    };
    const services = {
      caller: { call },
      credentials: { credential: () => Promise.reject(new Error('none')) },
      random: () => 0,
      timeout: startTimeout,
    };
    return new EmbeddedEngine({ store: this.store, services, now: Date.now, maxConcurrentRuns: 5, onError: failTest });
  }

  control(engine: EmbeddedEngine, stalled?: string): RunControl {
    return new RunControl(
      this.store,
      engine,
      () => this.live,
      () => stalled,
    );
  }

  start(engine: EmbeddedEngine, automation: string, n = 1): Promise<RunRecord> {
    const plan = this.live.get(`acme/${automation}`)?.digest ?? '';
    return engine.start({ account: 'acme', automation, plan, trigger: { body: { n } } });
  }

  stored(key: string): Json | undefined {
    return this.store.storage.get('acme', key)?.value;
  }
}

function runOf(result: ControlResult): RunRecord {
  assert.equal(result.kind, 'done', JSON.stringify(result));
  return result.kind === 'done' ? result.run : assert.fail();
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const child = {
  name: 'Child',
  trigger: { manual: {} },
  steps: [{ id: 'long', wait: { for: '1d' } }, count('after', 'child')],
};

test('a canceled run does nothing more, and neither does what it waits for', async () => {
  const world = await World.of({
    child,
    parent: { name: 'Parent', trigger: webhook, steps: [{ id: 'go', call: 'child' }, count('after', 'parent')] },
  });
  const engine = world.engine();
  const { id } = await world.start(engine, 'parent');
  await until(() => world.store.runs.get(calledRunId(id, 'go'))?.status === 'waiting');
  const canceled = runOf(await world.control(engine).cancel(id));
  assert.deepEqual([canceled.status, canceled.failure?.code], ['canceled', 'canceled']);
  assert.equal((await engine.finished(id)).status, 'canceled');
  assert.equal(world.store.runs.get(calledRunId(id, 'go'))?.status, 'canceled');
  assert.equal((await world.control(engine).cancel(id)).kind, 'not_possible');
  assert.equal(world.stored('parent'), undefined);
  assert.deepEqual(world.store.runs.list({ status: 'canceled', limit: 10 }).length, 2);
  await engine.stop(0);
});

test('what is under way when a run is canceled ends, and is journaled; nothing follows', async () => {
  const world = await World.of({ one: { name: 'One', trigger: webhook, steps: [post, count('after', 'after')] } });
  const gate = Promise.withResolvers<void>();
  world.answer = async () => {
    await gate.promise;
    return { ok: true, output: { status: 200, headers: {}, body: 'sent' } };
  };
  const engine = world.engine();
  const { id } = await world.start(engine, 'one');
  await until(() => world.calls.length === 1);
  runOf(await world.control(engine).cancel(id));
  gate.resolve();
  await until(() => world.store.runs.attempts(id)[0]?.outcome?.ok === true);
  await engine.stop(100);
  assert.deepEqual([world.store.runs.get(id)?.status, world.stored('after')], ['canceled', undefined]);
});

test('a run that is canceled while its call waits for its turn makes no call', async () => {
  const world = await World.of({ one: { name: 'One', trigger: webhook, steps: [post] } });
  const plan = structuredClone(world.live.get('acme/one')?.plan ?? assert.fail());
  const connector = plan.connectors['http'] ?? assert.fail();
  connector.limits = { concurrency: 1 };
  const [named] = [namePlan(plan)];
  await world.store.deployments.activate('/', 0, [], new Map([[named.digest, named.text]]));
  const gate = Promise.withResolvers<void>();
  world.answer = async () => {
    await gate.promise;
    return { ok: true, output: { status: 200, headers: {}, body: 'sent' } };
  };
  const engine = world.engine();
  const start = (): Promise<RunRecord> =>
    engine.start({ account: 'acme', automation: 'one', plan: named.digest, trigger: { body: { n: 1 } } });
  const [first, second] = [await start(), await start()];
  await until(() => world.store.runs.get(second.id)?.status === 'running' && world.calls.length === 1);
  runOf(await world.control(engine).cancel(second.id));
  gate.resolve();
  assert.equal((await engine.finished(first.id)).status, 'succeeded');
  await engine.stop(100);
  assert.deepEqual([world.calls.length, world.store.runs.attempts(second.id)], [1, []]);
});

test('what is paused neither begins nor goes on, also after a restart; then everything goes on as it was', async () => {
  const steps = [{ id: 'brief', wait: { for: '150ms' } }, count('after', 'after')];
  const world = await World.of({
    paused: { name: 'Paused', trigger: webhook, steps },
    other: { name: 'Other', trigger: webhook, steps: [count('own', 'other')] },
  });
  const first = world.engine();
  const waiting = await world.start(first, 'paused');
  await until(() => world.store.runs.get(waiting.id)?.status === 'waiting');
  await first.pause('acme', 'paused');
  const queued = await world.start(first, 'paused');
  assert.equal((await first.finished((await world.start(first, 'other')).id)).status, 'succeeded');
  await new Promise((resolve) => setTimeout(resolve, 250));
  assert.equal(world.stored('after'), undefined);
  await first.stop(0);
  const second = world.engine();
  second.resume();
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(
    [waiting, queued].map(({ id }) => world.store.runs.get(id)?.status),
    ['queued', 'queued'],
  );
  assert.deepEqual(
    world.store.pauses.list().map(({ account, automation }) => [account, automation]),
    [['acme', 'paused']],
  );
  assert.equal(await second.unpause('acme', undefined), false);
  assert.equal(await second.unpause('acme', 'paused'), true);
  for (const { id } of [waiting, queued]) assert.equal((await second.finished(id)).status, 'succeeded');
  assert.equal(world.stored('after'), 2);
  await second.stop(0);
});

test('a run in the middle of a call stops after it when its account is paused, and does not make it again', async () => {
  const world = await World.of({ one: { name: 'One', trigger: webhook, steps: [post, count('after', 'after')] } });
  const gate = Promise.withResolvers<void>();
  world.answer = async () => {
    await gate.promise;
    return { ok: true, output: { status: 200, headers: {}, body: 'sent' } };
  };
  const engine = world.engine();
  const { id } = await world.start(engine, 'one');
  await until(() => world.calls.length === 1);
  await engine.pause('acme', undefined);
  gate.resolve();
  await until(() => world.store.runs.get(id)?.status === 'queued');
  assert.equal(world.stored('after'), undefined);
  await engine.unpause('acme', undefined);
  assert.equal((await engine.finished(id)).status, 'succeeded');
  assert.deepEqual([world.calls.length, world.stored('after')], [1, 1]);
  await engine.stop(0);
});

/** Fails at `bad` where the condition is true. */
function guarded(condition: string): object {
  return {
    name: 'One',
    trigger: webhook,
    steps: [count('first', 'first'), post, { id: 'bad', if: condition, fail: 'no' }, count('last', 'last')],
    output: '${{ trigger.body.n }}',
  };
}

test('a replay names its origin, from a step does nothing again, and takes edited data that fits', async () => {
  const world = await World.of({ one: guarded('${{ trigger.body.n === 1 }}') });
  const engine = world.engine();
  const control = world.control(engine);
  const { id } = await world.start(engine, 'one');
  assert.equal((await engine.finished(id)).status, 'failed');
  assert.match(JSON.stringify(await control.replay(id, { from: 'lost' })), /no step lost[^]*first, post, bad, last/);
  assert.match(JSON.stringify(await control.replay(id, { trigger: { body: {} } })), /lacks the property `n`/);
  await world.deploy({ one: guarded('${{ trigger.body.n === 5 }}') });
  const mended = runOf(await control.replay(id, { from: 'bad' }));
  assert.deepEqual([mended.origin, (await engine.finished(mended.id)).status], [id, 'succeeded']);
  assert.deepEqual([world.stored('first'), world.calls.length, world.stored('last')], [1, 1, 1]);
  const owing = world.control(engine, 'a consent is owed');
  assert.match(JSON.stringify(await owing.replay(id, {})), /not_possible.*acme\/one is stalled: a consent is owed/);
  const edited = runOf(await control.replay(id, { trigger: { body: { n: 7 } } }));
  assert.equal((await engine.finished(edited.id)).output, 7);
  assert.deepEqual([world.stored('first'), world.calls.length], [2, 2]);
  await engine.stop(0);
});

test('a replay from a step keeps nothing that is another one now, or in doubt', async () => {
  const world = await World.of({ one: guarded('${{ trigger.body.n === 1 }}') });
  const engine = world.engine();
  const control = world.control(engine);
  const { id } = await world.start(engine, 'one');
  await engine.finished(id);
  const other = {
    ...guarded('false'),
    steps: [{ id: 'post', uses: 'http.get', with: { url: 'https://example.com/' } }, count('last', 'last')],
  };
  await world.deploy({ one: other });
  assert.match(JSON.stringify(await control.replay(id, { from: 'last' })), /the step post is another one now/);
  await world.deploy({ one: guarded('${{ trigger.body.n === 1 }}') });
  const cut = { class: 'uncertain', code: 'connection_cut', message: 'cut' } as const;
  world.answer = () => Promise.resolve({ ok: false, failure: cut });
  const doubt = await world.start(engine, 'one');
  assert.equal((await engine.finished(doubt.id)).status, 'uncertain');
  assert.match(JSON.stringify(await control.replay(doubt.id, { from: 'bad' })), /nobody knows whether the step post/);
  assert.equal(runOf(await control.replay(doubt.id, { from: 'post' })).origin, doubt.id);
  await engine.stop(0);
});

test('many are replayed once each, the oldest first', async () => {
  const world = await World.of({ one: { name: 'One', trigger: webhook, steps: [{ id: 'bad', fail: 'no' }] } });
  const engine = world.engine();
  const runs = [];
  for (const n of [1, 2, 3]) runs.push(await world.start(engine, 'one', n));
  for (const { id } of runs) await engine.finished(id);
  const filter = { account: 'acme', status: 'failed', limit: 10 } as const;
  const { done: started, refused } = await world.control(engine).decideMany('replay', filter);
  assert.deepEqual([started.map(({ origin }) => origin), refused], [runs.map(({ id }) => id), []]);
  for (const { id } of started) await engine.finished(id);
  assert.equal(
    (await world.control(engine).decideMany('replay', { ...filter, limit: 3 })).done.length,
    3,
    'the replays failed',
  );
  await engine.stop(0);
});

test('many are replayed beyond those that were, also by time', async () => {
  const world = await World.of({ one: { name: 'One', trigger: webhook, steps: [{ id: 'bad', fail: 'no' }] } });
  const engine = world.engine();
  const control = world.control(engine);
  const runs = [];
  for (let n = 0; n < 120; n++) runs.push(await world.start(engine, 'one', n));
  for (const { id } of runs) await engine.finished(id);
  await world.deploy({ one: { name: 'One', trigger: webhook, steps: [count('good', 'good')] } });
  const filter = { account: 'acme', status: 'failed', limit: 100 } as const;
  assert.equal((await control.decideMany('replay', { ...filter, until: runs[0]?.createdAt ?? 0 })).done.length, 0);
  const first = await control.decideMany('replay', filter);
  const second = await control.decideMany('replay', filter);
  assert.deepEqual(
    [...second.done, ...first.done].map(({ origin }) => origin),
    runs.map(({ id }) => id),
  );
  assert.equal((await control.decideMany('replay', filter)).done.length, 0);
  await engine.stop(0);
});

test('the doubt of a called run is settled there, and who called it goes on', async () => {
  const sending = { name: 'Child', trigger: { manual: {} }, steps: [post], output: '${{ steps.post.status }}' };
  const steps = [{ id: 'go', call: 'child' }, count('after', 'after')];
  const parent = { name: 'Parent', trigger: webhook, steps, output: '${{ steps.go }}' };
  const world = await World.of({ child: sending, parent });
  const engine = world.engine();
  const control = world.control(engine);
  const answer = world.answer;
  world.answer = () =>
    Promise.resolve({ ok: false, failure: { class: 'uncertain', code: 'connection_cut', message: 'cut' } });
  const runs = [];
  for (const n of [1, 2, 3]) runs.push(await world.start(engine, 'parent', n));
  const [told, again, given] = runs.map(({ id }) => id) as [string, string, string];
  for (const { id } of runs) assert.equal((await engine.finished(id)).status, 'uncertain');
  assert.match(JSON.stringify(await control.settle(told, { kind: 'repeat' })), /the doubt is that of the run/);
  world.answer = answer;
  runOf(
    await control.settle(calledRunId(told, 'go'), { kind: 'happened', output: { status: 201, headers: {}, body: '' } }),
  );
  const ended = await engine.finished(told);
  assert.deepEqual([ended.status, ended.output, world.calls.length], ['succeeded', 201, 3]);
  runOf(await control.settle(calledRunId(again, 'go'), { kind: 'repeat' }));
  assert.deepEqual([(await engine.finished(again)).output, world.calls.length], [200, 4]);
  runOf(await control.settle(calledRunId(given, 'go'), { kind: 'cancel' }));
  const failed = await engine.finished(given);
  assert.deepEqual([failed.status, failed.failure?.code, world.stored('after')], ['failed', 'canceled', 2]);
  await engine.stop(0);
});

test('several doubts of called runs are settled in any order, also while who called them is still under way', async () => {
  const sending = { name: 'Child', trigger: { manual: {} }, steps: [post], output: '${{ steps.post.status }}' };
  const left = { steps: [{ id: 'left', call: 'child' }] };
  const right = { steps: [{ id: 'right', call: 'child' }] };
  const apart = {
    steps: [
      { id: 'apart', call: 'child', wait_for_end: false },
      { id: 'long', wait: { for: '300ms' } },
    ],
  };
  const steps = [{ id: 'all', branches: { left, right, apart } }];
  const output = ['${{ steps.left }}', '${{ steps.right }}', '${{ steps.apart.run }}'];
  const world = await World.of({ child: sending, parent: { name: 'Parent', trigger: webhook, steps, output } });
  const engine = world.engine();
  const control = world.control(engine);
  world.answer = () =>
    Promise.resolve({ ok: false, failure: { class: 'uncertain', code: 'connection_cut', message: 'cut' } });
  const settle = async (id: string, status: number): Promise<void> => {
    await until(() => world.store.runs.get(id)?.status === 'uncertain');
    runOf(await control.settle(id, { kind: 'happened', output: { status, headers: {}, body: '' } }));
  };
  const early = (await world.start(engine, 'parent')).id;
  // The parent still waits in its third branch.
  await settle(calledRunId(early, 'right'), 202);
  await settle(calledRunId(early, 'apart'), 203);
  await until(() => world.store.runs.get(early)?.status === 'uncertain');
  assert.equal(world.store.runs.get(early)?.failure?.run, calledRunId(early, 'left'));
  await settle(calledRunId(early, 'left'), 201);
  assert.deepEqual((await engine.finished(early)).output, [201, 202, calledRunId(early, 'apart')]);
  await engine.stop(0);
});
