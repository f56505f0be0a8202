import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idempotencyKey } from '../../src/engine/idempotency-key.ts';
import { performAction } from '../../src/engine/perform-action.ts';
import { preparePlan, type PreparedAction } from '../../src/engine/prepared-plan.ts';
import type { Plan } from '../../src/generated/plan.ts';
import type { FailureClass, Outcome } from '../../src/run/failure.ts';
import type { Timeout } from '../../src/engine/timeout.ts';
import { embeddedHarness } from './embedded-harness.ts';
import { turn } from './manual-clock.ts';
import { samplePlan } from './sample-plan.ts';
import { Trial } from './trial.ts';

/** The writing step of the sample plan, which takes a key that the service knows for an hour. */
function keyedWrite(): { plan: Plan; send: PreparedAction } {
  const { text } = samplePlan((sample) => {
    const { ledger } = sample.connectors;
    assert.ok(ledger?.actions['write']);
    const write = { ...ledger.actions['write'], idempotency: { header: 'Idempotency-Key', lifetime: '1h' } };
    const connectors = { ...sample.connectors, ledger: { ...ledger, actions: { ...ledger.actions, write } } };
    return {
      ...sample,
      connectors,
      steps: sample.steps.map((step) => (step.id === 'send' ? { ...step, with: {} } : step)),
    };
  });
  const prepared = preparePlan(JSON.parse(text) as Plan);
  const body = prepared.steps.find(({ id }) => id === 'send')?.body;
  assert.ok(body?.kind === 'action');
  return { plan: prepared.plan, send: body };
}

/** Calls whose time was begun and has not been taken back. */
let timed = 0;
const never = (): Timeout => {
  timed += 1;
  return { signal: new AbortController().signal, clear: () => void (timed -= 1) };
};

/** Performs the step against a service that answers so, one call after the other. */
async function performed(
  trial: Trial,
  answers: (FailureClass | 'ok')[],
): Promise<{ outcome: Outcome; keys: string[] }> {
  const { plan, send } = keyedWrite();
  const keys: string[] = [];
  const call = ({ idempotencyKey: key = 'none' }): Promise<Outcome> => {
    keys.push(key);
    const answer = answers[keys.length - 1] ?? 'ok';
    if (answer === 'ok') return Promise.resolve({ ok: true, output: null });
    return Promise.resolve({ ok: false, failure: { class: answer, code: 'timeout', message: 'no answer' } });
  };
  const credentials = { credential: () => Promise.reject(new Error('none')) };
  const services = { caller: { call }, credentials, random: () => 0.5, timeout: never };
  const context = { plan, run: trial.run, durable: trial.resume(), services };
  const ended: Outcome[] = [];
  void performAction(send, 'send', {}, context).then((outcome) => ended.push(outcome));
  for (;;) {
    const [outcome] = ended;
    if (outcome !== undefined) return { outcome, keys };
    await turn();
    trial.clock.advanceToNext();
  }
}

test('a write with a key is tried again though nobody knows whether it took place, each time with the same key', () =>
  Trial.on(embeddedHarness, async (trial) => {
    const { outcome, keys } = await performed(trial, ['uncertain', 'retryable', 'ok']);
    assert.ok(outcome.ok);
    assert.equal(timed, 0);
    assert.deepEqual(
      keys,
      Array.from({ length: 3 }, () => idempotencyKey(trial.run.id, 'send')),
    );
  }));

test('a write whose key never helps ends as uncertain', () =>
  Trial.on(embeddedHarness, async (trial) => {
    const { outcome, keys } = await performed(trial, ['uncertain', 'uncertain', 'uncertain', 'uncertain']);
    assert.equal(!outcome.ok && outcome.failure.class, 'uncertain');
    assert.equal(keys.length, 3);
  }));

test('keys are UUIDs that differ between steps and runs', () => {
  const keys = [
    idempotencyKey('r1', 'a'),
    idempotencyKey('r1', 'b'),
    idempotencyKey('r2', 'a'),
    idempotencyKey('r1', 'each[1].a'),
  ];
  assert.equal(new Set(keys).size, keys.length);
  for (const key of keys) assert.match(key, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(idempotencyKey('r1', 'a'), keys[0]);
});
