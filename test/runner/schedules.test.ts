import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { HttpCaller } from '../../src/connectors/http-caller.ts';
import { EmbeddedEngine } from '../../src/engine/embedded/embedded-engine.ts';
import type { Plan, ScheduleTrigger } from '../../src/generated/plan.ts';
import { namePlan } from '../../src/plan/digest.ts';
import { LiveDeployment } from '../../src/runner/live-deployment.ts';
import { Schedules } from '../../src/runner/schedules.ts';
import { Redactor } from '../../src/secrets/redaction.ts';
import type { Store } from '../../src/store/store.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { startTimeout } from '../../src/engine/timeout.ts';
import { turn } from '../engine/manual-clock.ts';
import { samplePlan } from '../engine/sample-plan.ts';
import { newStore } from '../store/sample-store.ts';

const NINE = Date.parse('2026-03-02T09:00:00+01:00');
const DAY = 24 * 3_600_000;

/** A runner's schedules on a real store and engine, with a clock that the test sets. */
async function process(
  store: Store,
  clock: { now: number },
): Promise<{ schedules: Schedules; engine: EmbeddedEngine }> {
  const caller = new HttpCaller({ reroutes: new Map(), redactor: new Redactor() });
  const engine = new EmbeddedEngine({
    store,
    services: {
      caller,
      credentials: { credential: () => Promise.reject(new Error('nothing is called')) },
      random: () => 0,
      timeout: startTimeout,
    },
    now: () => clock.now,
    maxConcurrentRuns: 10,
    onError: (error) => assert.fail(String(error)),
  });
  after(() => engine.stop(0));
  const schedules = new Schedules({
    store,
    engine,
    stalled: () => undefined,
    now: () => clock.now,
    onError: (error) => assert.fail(String(error)),
  });
  await schedules.use(new LiveDeployment(store));
  return { schedules, engine };
}

async function deploy(store: Store, change: Partial<ScheduleTrigger> = {}): Promise<void> {
  const trigger: ScheduleTrigger = {
    kind: 'schedule',
    cron: '0 9 * * *',
    timezone: 'Europe/Madrid',
    missed: 'once',
    ...change,
  };
  const steps: Plan['steps'] = [{ kind: 'set', id: 'due', set: { at: '${{ trigger.at }}' }, mappings: [] }];
  const { plan, digest, text } = namePlan({
    ...samplePlan().plan,
    trigger,
    steps,
    output: '${{ steps.due.at }}',
    connectors: {},
  });
  const { account, automation } = plan;
  await store.deployments.activate('test', 1, [{ account, automation, plan: digest }], new Map([[digest, text]]));
}

function times(store: Store): unknown[] {
  return store.runs
    .list({ limit: 100 })
    .map(({ id }) => store.runs.get(id)?.trigger['at'])
    .toReversed();
}

test('a run starts when it is due, once, with its time in the zone of the schedule', async () => {
  const store = await newStore();
  await deploy(store);
  const clock = { now: NINE - 1000 };
  const { schedules, engine } = await process(store, clock);
  await schedules.fire();
  assert.deepEqual(times(store), []);
  clock.now = NINE + 5;
  await schedules.fire();
  await schedules.fire();
  assert.deepEqual(times(store), ['2026-03-02T09:00:00+01:00']);
  const [run] = store.runs.list({ limit: 1 });
  assert.equal((await engine.finished(run?.id ?? '')).output, '2026-03-02T09:00:00+01:00');
  clock.now -= DAY / 2;
  await schedules.fire();
  clock.now = NINE + DAY;
  await schedules.fire();
  assert.equal(times(store).length, 2, 'a clock that is set back repeats nothing');
});

test('a crash between the run and the note of its time starts no second run', async () => {
  const store = await newStore();
  await deploy(store);
  const clock = { now: NINE - 1000 };
  // What is durable when the process dies after the run is on disk: the run, and not that its time has passed.
  const dying: Store = { ...store, schedules: { ...store.schedules, passed: () => new Promise(() => {}) } };
  const { schedules } = await process(dying, clock);
  clock.now = NINE;
  void schedules.fire();
  while (times(store).length === 0) await new Promise((resolve) => setImmediate(resolve));
  clock.now = NINE + 30_000;
  const { schedules: next } = await process(store, clock);
  await next.fire();
  assert.deepEqual(times(store), ['2026-03-02T09:00:00+01:00']);
  assert.equal(store.schedules.list()[0]?.passedUntil, clock.now);
});

test('times that no runner saw are made up for; a new schedule and one with other times begin now', async () => {
  const store = await newStore();
  const clock = { now: NINE - 1000 };
  await deploy(store, { missed: 'all' });
  await process(store, clock);
  clock.now = NINE + 2 * DAY + 3_600_000;
  const { schedules } = await process(store, clock);
  await schedules.fire();
  assert.deepEqual(
    times(store),
    [2, 3, 4].map((day) => `2026-03-0${day}T09:00:00+01:00`),
  );
  await deploy(store, { missed: 'all', cron: '0 8 * * *' });
  const { schedules: changed } = await process(store, clock);
  await changed.fire();
  assert.equal(times(store).length, 3);
});

test('what cannot be started is tried again after half a minute, not at once', async ({ mock }) => {
  const store = await newStore();
  await deploy(store);
  let now = NINE - 1000;
  let tries = 0;
  const errors: unknown[] = [];
  const start = (): Promise<never> => {
    tries++;
    return Promise.reject(new Error('the disk is full'));
  };
  const schedules = new Schedules({
    store,
    engine: { start } as Partial<Engine> as Engine,
    stalled: () => undefined,
    now: () => now,
    onError: (error) => errors.push(error),
  });
  await schedules.use(new LiveDeployment(store));
  now = NINE;
  mock.timers.enable({ apis: ['setTimeout'] });
  schedules.start();
  const triesAfter = async (milliseconds: number): Promise<number> => {
    now += milliseconds;
    mock.timers.tick(milliseconds);
    await turn();
    return tries;
  };
  assert.deepEqual([await triesAfter(0), await triesAfter(29_999), await triesAfter(1)], [1, 1, 2]);
  assert.deepEqual([await triesAfter(29_999), await triesAfter(1)], [2, 3]);
  assert.equal(errors.length, 3);
  schedules.stop();
});
