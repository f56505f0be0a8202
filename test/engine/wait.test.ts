import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EmbeddedEngine } from '../../src/engine/embedded/embedded-engine.ts';
import { nextInWindow } from '../../src/engine/wait-window.ts';
import type { RunRecord } from '../../src/run/records.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { startTimeout } from '../../src/engine/timeout.ts';
import { automationOf, compileAutomation, deploy } from '../compiler/compile-text.ts';
import { newFolder, newStore } from '../store/sample-store.ts';

const BODY = { type: 'object', required: ['due'], properties: { due: { type: 'string', format: 'date-time' } } };
const after = { id: 'after', uses: 'storage.set', with: { key: 'after', value: '${{ steps.pause }}' } };

function engineOn(store: Store, maxConcurrentRuns = 2): EmbeddedEngine {
  return new EmbeddedEngine({
    store,
    services: {
      caller: { call: () => assert.fail() },
      credentials: { credential: () => assert.fail() },
      random: () => 0,
      timeout: startTimeout,
    },
    now: Date.now,
    maxConcurrentRuns,
    onError: (error) => assert.fail(String(error)),
  });
}

async function planOf(store: Store, steps: object[]): Promise<string> {
  const { diagnostics, plans } = compileAutomation(automationOf(steps, BODY, { output: '${{ steps.pause }}' }));
  assert.deepEqual(diagnostics, []);
  return (await deploy(store, plans)).get('example') ?? '';
}

function start(engine: EmbeddedEngine, plan: string, due = '2020-01-01T00:00:00Z'): Promise<RunRecord> {
  return engine.start({ account: 'acme', automation: 'example', plan, trigger: { body: { due } } });
}

async function atRest(store: Store, id: string): Promise<void> {
  while (store.runs.get(id)?.status !== 'waiting') await new Promise((resolve) => setTimeout(resolve, 5));
}

test('runs that wait hold no slot, and go on when they are due', async () => {
  const store = await newStore();
  const engine = engineOn(store, 1);
  const plan = await planOf(store, [{ id: 'pause', wait: { for: '300ms' } }, after]);
  const begun = Date.now();
  const runs = await Promise.all(Array.from({ length: 20 }, () => start(engine, plan)));
  const ends = await Promise.all(runs.map(({ id }) => engine.finished(id)));
  for (const { status, output, finishedAt } of ends) {
    const { until } = output as { until: string };
    assert.equal(status, 'succeeded');
    assert.ok(Date.parse(until) >= begun + 300 && (finishedAt ?? 0) >= Date.parse(until));
  }
  await engine.stop(0);
});

test('an instant that is past is not waited for', async () => {
  const store = await newStore();
  const engine = engineOn(store);
  const plan = await planOf(store, [{ id: 'pause', wait: { until: '${{ trigger.body.due }}' } }, after]);
  const { id } = await start(engine, plan);
  assert.deepEqual((await engine.finished(id)).output, { until: '2020-01-01T00:00:00.000Z' });
  const wrong = await start(engine, plan, 'tomorrow');
  const { failure } = await engine.finished(wrong.id);
  assert.deepEqual([failure?.code, failure?.step], ['guard_failed', 'pause']);
  await engine.stop(0);
});

test('a run that waits for a person outlives the process; the decision is its output, and counts once', async () => {
  const folder = newFolder();
  const first = openSqliteStore(folder);
  const engine = engineOn(first);
  const ask = { id: 'pause', wait: { approval: { message: 'Pay until ${{ trigger.body.due }}?', expires: '30d' } } };
  const { id } = await start(engine, await planOf(first, [ask, after]));
  await atRest(first, id);
  assert.deepEqual(first.runs.attempts(id)[0]?.input, { approval: 'Pay until 2020-01-01T00:00:00Z?' });
  await engine.stop(0);
  await first.close();
  const second = openSqliteStore(folder);
  const other = engineOn(second);
  assert.equal(other.resume(), 0, 'it is left to the store');
  const run = second.runs.get(id);
  assert.ok(run !== undefined);
  const decision = { approved: true, by: 'Ada', at: '2026-01-01T00:00:00.000Z' };
  const key = { step: 'pause', attempt: 1 };
  const given = await Promise.all([1, 2].map(() => other.answer(run, key, { ok: true, output: decision })));
  assert.deepEqual(given, [true, false]);
  assert.deepEqual((await other.finished(id)).output, decision);
  await other.stop(0);
  await second.close();
});

test('a wait that expires fails its step, which can handle it', async () => {
  const store = await newStore();
  const engine = engineOn(store);
  const event = { payload: { type: 'string' }, expires: '150ms' };
  const plan = await planOf(store, [{ id: 'pause', wait: { event }, on_error: 'continue' }]);
  const { id } = await start(engine, plan);
  const { status, output } = await engine.finished(id);
  assert.deepEqual([status, output], ['succeeded', undefined]);
  const [attempt] = store.runs.attempts(id);
  assert.equal(attempt?.outcome?.ok === false && attempt.outcome.failure.code, 'wait_expired');
  await engine.stop(0);
});

test('what is done at the same time goes on while one branch waits, and the wait is over in time', async () => {
  const store = await newStore();
  const engine = engineOn(store, 1);
  const branches = {
    slow: { steps: [{ id: 'long', wait: { for: '400ms' } }], output: '${{ steps.long.until }}' },
    quick: { steps: [{ id: 'short', wait: { for: '150ms' } }], output: '${{ steps.short.until }}' },
  };
  const plan = await planOf(store, [
    { id: 'both', branches },
    { id: 'pause', set: { both: '${{ steps.both }}' } },
  ]);
  const { id } = await start(engine, plan);
  const { both } = (await engine.finished(id)).output as { both: { slow: string; quick: string } };
  assert.ok(Date.parse(both.slow) - Date.parse(both.quick) >= 200);
  const [long, short] = store.runs.attempts(id);
  assert.ok(Math.abs((long?.startedAt ?? 0) - (short?.startedAt ?? 0)) < 100, 'one of them began after the other');
  await engine.stop(0);
});

test('ten thousand waits that are due at once all go on', async () => {
  const store = await newStore();
  const engine = engineOn(store, 200);
  const plan = await planOf(store, [{ id: 'pause', wait: { until: '${{ trigger.body.due }}' } }]);
  const due = new Date(Date.now() + 2500).toISOString();
  const runs: RunRecord[] = [];
  for (let page = 0; page < 10; page++)
    runs.push(...(await Promise.all(Array.from({ length: 1000 }, () => start(engine, plan, due)))));
  const ends = await Promise.all(runs.map(({ id }) => engine.finished(id)));
  assert.ok(ends.every(({ status }) => status === 'succeeded'));
  assert.ok(ends.every(({ finishedAt = 0 }) => finishedAt >= Date.parse(due)));
  await engine.stop(0);
});

const OFFICE = {
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '09:00',
  to: '17:30',
  timezone: 'Europe/Berlin',
} as const;

for (const [now, next, why] of [
  ['2026-03-27T12:00:00+01:00', '2026-03-27T12:00:00+01:00', 'within it is now'],
  ['2026-03-27T08:59:59+01:00', '2026-03-27T09:00:00+01:00', 'before it is today'],
  ['2026-03-27T17:30:00+01:00', '2026-03-30T09:00:00+02:00', 'its end is outside, and clocks change on the weekend'],
  ['2026-03-28T12:00:00+01:00', '2026-03-30T09:00:00+02:00', 'a day that is none is passed over'],
] as const)
  test(`business hours: ${why}`, () => {
    const found = nextInWindow(Date.parse(now), { ...OFFICE, days: [...OFFICE.days] });
    assert.equal(new Date(found).toISOString(), new Date(next).toISOString());
  });

test('a window over midnight belongs to the day on which it begins', () => {
  const night = { days: ['fri' as const], from: '22:00', to: '06:00', timezone: 'UTC' };
  const at = (text: string): string => new Date(nextInWindow(Date.parse(text), night)).toISOString();
  assert.equal(at('2026-03-28T05:59:00Z'), '2026-03-28T05:59:00.000Z');
  assert.equal(at('2026-03-28T06:00:00Z'), '2026-04-03T22:00:00.000Z');
});
