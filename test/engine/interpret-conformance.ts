import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interpretPlan, type RunResult } from '../../src/engine/interpret.ts';
import type { Services } from '../../src/engine/perform-action.ts';
import { preparePlan, type PreparedPlan } from '../../src/engine/prepared-plan.ts';
import type { Plan, PlanStep } from '../../src/generated/plan.ts';
import type { Outcome } from '../../src/run/failure.ts';
import { startTimeout } from '../../src/engine/timeout.ts';
import type { MakeHarness } from './harness.ts';
import { turn } from './manual-clock.ts';
import { samplePlan } from './sample-plan.ts';
import { keyOf, Trial } from './trial.ts';

/** Looks (which fails once, for a second), sends, and counts in the storage. */
function countingPlan(): PreparedPlan {
  const { text } = samplePlan((plan) => {
    const open = { type: 'object' };
    const storage = {
      title: 'Storage',
      version: '1.0.0',
      actions: { increment: { effect: 'write', input: open, output: open, native: 'storage' } },
    } as const;
    return {
      ...plan,
      steps: plan.steps.map((step) =>
        step.id === 'save' ? { ...step, action: 'increment', effect: 'write', with: { key: 'count' } } : step,
      ),
      connectors: { ...plan.connectors, storage },
      output: { sent: '${{ steps.send }}', count: '${{ steps.save.value }}' },
    };
  });
  return preparePlan(JSON.parse(text) as Plan);
}

/** Counts, fails for good where that gave 1, looks and sends; all of it again where something fails. */
function retriedPlan(): PreparedPlan {
  const { plan } = countingPlan();
  const [look, send, save] = plan.steps;
  assert.ok(look !== undefined && send !== undefined && save !== undefined);
  const fail: PlanStep = { kind: 'fail', id: 'no', if: '${{ steps.save.value === 1 }}', message: 'no' };
  const block = { steps: [save, fail, look, send], mappings: [] };
  return preparePlan({
    ...plan,
    steps: [{ kind: 'switch', id: 'way', retry: { attempts: 3 }, arms: [{ block }] }],
  });
}

/** What the services saw, over all lives. */
class World {
  readonly calls: string[] = [];
  private chance = 0;
  readonly services: Services = {
    caller: { call: ({ action }) => this.answer(action.effect) },
    credentials: { credential: () => Promise.reject(new Error('none')) },
    // Another one each time: what is waited must be decided once.
    random: () => (this.chance += 0.1) % 1,
    timeout: startTimeout,
  };

  count(effect: string): number {
    return this.calls.filter((call) => call === effect).length;
  }

  private async answer(effect: string): Promise<Outcome> {
    this.calls.push(effect);
    const count = this.count(effect);
    await turn();
    if (effect === 'read' && count === 1)
      return { ok: false, failure: { class: 'retryable', code: 'http_status', message: 'later', retryAfterMs: 1000 } };
    return { ok: true, output: { effect } };
  }
}

interface Whole {
  result: RunResult;
  world: World;
  /** How many moments the first life had. */
  moments: number;
}

/** Runs the plan to its end, with one crash: at the given moment of the first life, and so many turns later. */
async function runWhole(trial: Trial, prepared: PreparedPlan, crashAt: number, turnsLater: number): Promise<Whole> {
  const world = new World();
  let moments = 0;
  let crashed = false;
  const crash = (): void => {
    crashed = true;
    trial.crash();
  };
  trial.lifeWith(() => {
    moments += 1;
    if (moments !== crashAt) return;
    if (turnsLater === 0) crash();
    else void turnsPass(turnsLater).then(crash);
  });
  const live = (): (() => RunResult | undefined) => {
    let result: RunResult | undefined;
    void interpretPlan(prepared, trial.run, trial.resume(), world.services).then((ended) => {
      result = ended;
    });
    return () => result;
  };
  let ended = live();
  let resumed = false;
  for (const end = performance.now() + 5000; ;) {
    assert.ok(performance.now() < end, `no end after a crash at moment ${crashAt}`);
    const result = ended();
    if (result !== undefined && (crashed || crashAt > moments)) {
      await trial.crashSettled();
      return { result, world, moments };
    }
    if (crashed && !resumed) {
      resumed = true;
      ended = live();
    }
    await turn();
    trial.clock.advanceToNext();
  }
}

async function turnsPass(count: number): Promise<void> {
  for (let turns = 0; turns < count; turns++) await turn();
}

/** How often the plan counted, as a run that comes later sees it. */
async function countedIn(trial: Trial): Promise<unknown> {
  const outcome = await trial.resume(trial.other).storage(keyOf('look'), null, { kind: 'get', key: 'count' });
  return outcome.ok ? outcome.output : outcome;
}

/** `count`: how often it counts in all; what is counted before the write is there where the write is in doubt. */
const PLANS = [
  { title: 'a whole plan', make: countingPlan, count: 1, inDoubt: { found: false } },
  { title: 'a plan that is tried again', make: retriedPlan, count: 2, inDoubt: { found: true, value: 2 } },
];

export function interpretConformance(makeHarness: MakeHarness): void {
  for (const plan of PLANS) wholePlan(makeHarness, plan);
}

function wholePlan(makeHarness: MakeHarness, { title, make, count, inDoubt }: (typeof PLANS)[number]): void {
  const prepared = make();
  const sent = { status: 'succeeded', output: { sent: { effect: 'write' }, count } };

  test(`${title} runs`, () =>
    Trial.on(makeHarness, async (trial) => {
      const { result, world } = await runWhole(trial, prepared, Infinity, 0);
      assert.deepEqual(result, sent);
      assert.deepEqual(world.calls, ['read', 'read', 'write']);
      assert.deepEqual(await countedIn(trial), { found: true, value: count });
    }));

  for (const turnsLater of [0, 1, 3])
    test(`${title} comes to its end from a crash at any of its moments and ${turnsLater} turns later`, async () => {
      let last = 1;
      let uncertain = 0;
      for (let crashAt = 1; crashAt <= last; crashAt++)
        await Trial.on(makeHarness, async (trial) => {
          const { result, world, moments } = await runWhole(trial, prepared, crashAt, turnsLater);
          // The first life tells of a moment more as long as it comes so far.
          last = Math.max(last, moments + 1);
          const told = `crash at moment ${crashAt}`;
          assert.ok(world.count('write') <= 1, `${told}: written ${world.count('write')} times`);
          if (result.status === 'uncertain') {
            uncertain += 1;
            assert.deepEqual(await countedIn(trial), inDoubt, told);
          } else {
            assert.deepEqual(result, sent, told);
            assert.equal(world.count('write'), 1, told);
            assert.deepEqual(await countedIn(trial), { found: true, value: count }, told);
          }
        });
      assert.ok(last > 15, `only ${last} moments`);
      // Some turns after it was written, the record of it is there.
      assert.ok((uncertain > 0 || turnsLater > 1) && uncertain < last / 2, `${uncertain} of ${last} were uncertain`);
    });
}
