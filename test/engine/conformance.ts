import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AutomationCall } from '../../src/engine/durable.ts';
import type { Outcome } from '../../src/run/failure.ts';
import type { Effect } from '../../src/run/records.ts';
import { calledRunId } from '../../src/run/run-id.ts';
import type { StorageOperation } from '../../src/run/storage-operation.ts';
import { PLAN } from '../store/sample-store.ts';
import type { MakeHarness } from './harness.ts';
import { pagesOnce, timedOnce } from './conformance-of-parts.ts';
import { retriedOnce } from './conformance-of-retries.ts';
import { aMoment, over, until, waitOf, type Check } from './conformance-tools.ts';
import { interpretConformance } from './interpret-conformance.ts';
import { turn } from './manual-clock.ts';
import { keyOf, Trial } from './trial.ts';

const EFFECTS: readonly Effect[] = ['read', 'idempotent', 'write'];

/** After so many turns of the event loop an engine has done what it does at once. */
const ENOUGH_TURNS = 10;

/** Proves, sentence by sentence, what `Durable` asks of an engine. */
export function durableConformance(name: string, makeHarness: MakeHarness): void {
  void describe(`${name} is a durable engine`, { timeout: 60_000 }, () => {
    const check: Check = (title, body) => test(title, () => Trial.on(makeHarness, body));
    attemptsWithOutcome(check);
    attemptsCutOff(check);
    storageOnce(check);
    sleepDecidedOnce(check);
    calledOnce(check);
    waitsUntilDecided(check);
    pagesOnce(check);
    timedOnce(check);
    retriedOnce(check);
    interpretConformance(makeHarness);
  });
}

function attemptsWithOutcome(check: Check): void {
  for (const effect of EFFECTS)
    for (const fails of [undefined, 'permanent', 'retryable', 'credential', 'uncertain'] as const)
      check(
        `${effect}: what ${fails === undefined ? 'succeeded' : `failed (${fails})`} is not performed again`,
        async (trial) => {
          const first = await trial.resume().attempt(trial.call('a', effect, fails));
          assert.equal(first.ok, fails === undefined);
          for (let crashes = 0; crashes < 2; crashes++) {
            await trial.crashSettled();
            assert.deepEqual(await trial.resume().attempt(trial.call('a', effect)), first);
          }
          assert.deepEqual(trial.performed, ['a']);
        },
      );

  for (const first of EFFECTS)
    for (const second of EFFECTS)
      check(`the outcome of one (${first}) is durable before the next (${second}) is performed`, async (trial) => {
        const durable = trial.resume();
        const outcome = await durable.attempt(trial.call('a', first));
        void durable.attempt(trial.dyingCall('b', second));
        await until(() => trial.performed.includes('b'));
        assert.deepEqual(await trial.resume().attempt(trial.call('a', first)), outcome);
        assert.deepEqual(trial.performed, ['a', 'b']);
      });

  check('each attempt of a step is one of its own, and so is each run', async (trial) => {
    const life = async (): Promise<Outcome[]> => {
      const [one, other] = [trial.resume(), trial.resume(trial.other)];
      return [
        await one.attempt(trial.call('a', 'write', 'retryable')),
        await other.attempt(trial.call('a', 'write')),
        await one.attempt({ ...trial.call('a', 'write'), key: keyOf('a', 2) }),
      ];
    };
    const outcomes = await life();
    await trial.crashSettled();
    assert.deepEqual(await life(), outcomes);
    assert.deepEqual(trial.performed, ['a', 'a', 'a']);
  });
}

function attemptsCutOff(check: Check): void {
  for (const effect of ['read', 'idempotent'] as const)
    for (const journaled of [false, true])
      check(
        `${effect}: what was cut off ${journaled ? 'late' : 'at once'} is performed again, as often as it takes`,
        async (trial) => {
          for (let crashes = 1; crashes <= 3; crashes++) {
            void trial.resume().attempt(trial.call('a', effect, undefined, forever));
            await until(() => trial.performed.length === crashes);
            // Settled, an engine may know that it was begun.
            if (journaled) await trial.settled();
            trial.crash();
          }
          assert.deepEqual(await trial.resume().attempt(trial.call('a', effect)), { ok: true, output: { count: 4 } });
        },
      );

  // To die at once in the middle of it shows that it was journaled before.
  check('a write that was cut off is uncertain for good, and not performed again', async (trial) => {
    void trial.resume().attempt(trial.dyingCall('a', 'write'));
    await until(() => trial.performed.length === 1);
    const outcome = await trial.resume().attempt(trial.call('a', 'write'));
    assert.equal(!outcome.ok && outcome.failure.class, 'uncertain');
    await trial.crashSettled();
    assert.deepEqual(await trial.resume().attempt(trial.call('a', 'write')), outcome);
    assert.deepEqual(trial.performed, ['a']);
  });

  check(
    'a write that the service does once for a key is performed again, as long as the key is known',
    async (trial) => {
      const key = keyOf('a');
      const call = { ...trial.call('a', 'write'), repeatable: { since: key, forMs: 1000 } };
      for (let crashes = 1; crashes <= 2; crashes++) {
        void trial.resume().attempt({ ...trial.dyingCall('a', 'write'), repeatable: call.repeatable });
        await until(() => trial.performed.length === crashes);
        trial.clock.advance(400);
      }
      assert.deepEqual(await trial.resume().attempt(call), { ok: true, output: { count: 3 } });
    },
  );

  for (const between of [1000, 1001])
    check(`a write whose key is ${between === 1000 ? 'just known' : 'forgotten'} after a crash`, async (trial) => {
      const repeatable = { since: keyOf('a'), forMs: 1000 };
      void trial.resume().attempt({ ...trial.dyingCall('a', 'write'), repeatable });
      await until(() => trial.performed.length === 1);
      trial.clock.advance(between);
      const outcome = await trial.resume().attempt({ ...trial.call('a', 'write'), repeatable });
      assert.equal(outcome.ok, between === 1000);
      assert.equal(trial.performed.length, between === 1000 ? 2 : 1);
    });

  check('an attempt after an uncertain one is not performed once the key is forgotten', async (trial) => {
    const repeatable = { since: keyOf('a'), forMs: 1000 };
    const durable = trial.resume();
    await durable.attempt({ ...trial.call('a', 'write', 'uncertain'), repeatable });
    trial.clock.advance(1001);
    const outcome = await durable.attempt({ ...trial.call('a', 'write'), key: keyOf('a', 2), repeatable });
    assert.equal(!outcome.ok && outcome.failure.code, 'interrupted');
    assert.deepEqual(trial.performed, ['a']);
  });

  for (let turns = 0; turns < ENOUGH_TURNS; turns++)
    check(`a write is performed once at most, with a crash after ${turns} turns`, async (trial) => {
      void trial.resume().attempt(
        trial.call('a', 'write', undefined, async () => {
          await turn();
          return { ok: true, output: 'done' };
        }),
      );
      await manyTurns(turns);
      trial.crash();
      const performedBefore = trial.performed.length;
      const outcome = await trial.resume().attempt(trial.call('a', 'write'));
      assert.ok(trial.performed.length <= 1, 'it was performed twice');
      if (outcome.ok) assert.equal(trial.performed.length, 1);
      else assert.equal(outcome.failure.class, 'uncertain');
      if (outcome.ok && performedBefore === 1) assert.equal(outcome.output, 'done');
    });
}

const increment: StorageOperation = { kind: 'increment', key: 'count', by: 1 };

function storageOnce(check: Check): void {
  for (let turns = 0; turns < ENOUGH_TURNS; turns++)
    check(`a storage operation takes place once, with a crash after ${turns} turns`, async (trial) => {
      void trial.resume().storage(keyOf('a'), null, increment);
      await manyTurns(turns);
      trial.crash();
      const once: Outcome = { ok: true, output: { value: 1 } };
      assert.deepEqual(await trial.resume().storage(keyOf('a'), null, increment), once);
      await trial.crashSettled();
      const durable = trial.resume();
      assert.deepEqual(await durable.storage(keyOf('a'), null, increment), once);
      assert.deepEqual(await durable.storage(keyOf('look'), null, { kind: 'get', key: 'count' }), {
        ok: true,
        output: { found: true, value: 1 },
      });
    });

  for (const effect of EFFECTS)
    check(`a storage operation is durable before the next attempt (${effect}) is performed`, async (trial) => {
      const durable = trial.resume();
      const outcome = await durable.storage(keyOf('a'), null, increment);
      void durable.attempt(trial.dyingCall('b', effect));
      await until(() => trial.performed.includes('b'));
      // Were it lost, this would count first.
      await trial.resume(trial.other).storage(keyOf('a'), null, increment);
      assert.deepEqual(await trial.resume().storage(keyOf('a'), null, increment), outcome);
    });

  check('what a run read stays what it read, though another run of the account has changed it', async (trial) => {
    const look: StorageOperation = { kind: 'get', key: 'a' };
    assert.deepEqual(await trial.resume().storage(keyOf('look'), null, look), { ok: true, output: { found: false } });
    await trial.settled();
    await trial.resume(trial.other).storage(keyOf('save'), null, { kind: 'set', key: 'a', value: 1 });
    await trial.crashSettled();
    const durable = trial.resume();
    assert.deepEqual(await durable.storage(keyOf('look'), null, look), { ok: true, output: { found: false } });
    assert.deepEqual(await durable.storage(keyOf('again'), null, look), {
      ok: true,
      output: { found: true, value: 1 },
    });
  });
}

function sleepDecidedOnce(check: Check): void {
  check('a sleep ends after so many milliseconds, not before', async (trial) => {
    const over = await comeToSleep(trial, 1000);
    await until(() => trial.clock.waiting() === 1);
    trial.clock.advance(999);
    await aMoment();
    assert.equal(over(), false);
    trial.clock.advance(1);
    await until(over);
  });

  check('a sleep that crashes cut up ends when it was first to end, whatever it is asked later', async (trial) => {
    await comeToSleep(trial, 1000);
    for (const asked of [5, 9999]) {
      await until(() => trial.clock.waiting() === 1);
      trial.crash();
      trial.clock.forget();
      trial.clock.advance(300);
      await comeToSleep(trial, asked);
    }
    await until(() => trial.clock.waiting() === 1);
    trial.crash();
    trial.clock.forget();
    const over = await comeToSleep(trial, 1);
    await until(() => trial.clock.waiting() === 1);
    trial.clock.advance(399);
    await aMoment();
    assert.equal(over(), false, 'it ended too early');
    trial.clock.advance(1);
    await until(over);
    assert.deepEqual(trial.performed, ['a']);
  });

  check('a sleep whose end is past is over at once', async (trial) => {
    await comeToSleep(trial, 1000);
    await until(() => trial.clock.waiting() === 1);
    trial.crash();
    trial.clock.forget();
    trial.clock.advance(1000);
    await until(await comeToSleep(trial, 1000));
  });

  check('a sleep is counted from the end of its attempt, also when a crash came between them', async (trial) => {
    await trial.resume().attempt(trial.call('a', 'read', 'retryable'));
    await trial.crashSettled();
    trial.clock.advance(400);
    const over = await comeToSleep(trial, 1000);
    await until(() => trial.clock.waiting() === 1);
    trial.clock.advance(599);
    await aMoment();
    assert.equal(over(), false);
    trial.clock.advance(1);
    await until(over);
    assert.deepEqual(trial.performed, ['a']);
  });
}

function callOf(waits: boolean): AutomationCall {
  return { key: keyOf('a'), automation: 'other', plan: PLAN, trigger: { input: 1 }, input: 1, waits };
}

function calledOnce(check: Check): void {
  for (let turns = 0; turns < ENOUGH_TURNS; turns++)
    check(`a run is called once, with a crash after ${turns} turns, and its end is the outcome`, async (trial) => {
      void trial.resume().call(callOf(true));
      await manyTurns(turns);
      trial.crash();
      let pending = trial.resume().call(callOf(true));
      await until(() => trial.called().length > 0);
      const [called, ...more] = trial.called();
      assert.ok(called !== undefined && more.length === 0);
      assert.equal(called.id, calledRunId(trial.run.id, 'a'));
      assert.deepEqual(
        [called.automation, called.plan, called.trigger, called.parent],
        ['other', PLAN, { input: 1 }, { run: trial.run.id, step: 'a' }],
      );
      if (turns % 2 === 1) await trial.end(called, { status: 'succeeded', output: 'done' });
      trial.crash();
      pending = trial.resume().call(callOf(true));
      if (turns % 2 === 0) await trial.end(called, { status: 'succeeded', output: 'done' });
      const outcome = { ok: true, output: { run: called.id, output: 'done' } };
      assert.deepEqual(await pending, outcome);
      await trial.crashSettled();
      assert.deepEqual(await trial.resume().call(callOf(true)), outcome);
      assert.equal(trial.called().length, 1);
    });

  check('a call that is not waited for has its outcome when the run is durable', async (trial) => {
    const durable = trial.resume();
    const outcome = await durable.call(callOf(false));
    assert.deepEqual(outcome, { ok: true, output: { run: calledRunId(trial.run.id, 'a') } });
    trial.crash();
    assert.equal(trial.called().length, 1);
    assert.deepEqual(await trial.resume().call(callOf(false)), outcome);
    assert.equal(trial.called().length, 1);
  });

  check('the failure of a called run is the outcome, and names the run', async (trial) => {
    const pending = trial.resume().call(callOf(true));
    await until(() => trial.called().length > 0);
    const [called] = trial.called();
    assert.ok(called !== undefined);
    const failure = { class: 'credential', code: 'http_status', message: 'no', step: 'x' } as const;
    await trial.end(called, { status: 'failed', failure });
    const outcome = await pending;
    assert.ok(!outcome.ok);
    const { class: failureClass, code, run, step } = outcome.failure;
    assert.deepEqual([failureClass, code, run, step], ['credential', 'http_status', called.id, undefined]);
  });
}

function waitsUntilDecided(check: Check): void {
  check('a wait is over at the instant that was decided when it began, through crashes', async (trial) => {
    const due = trial.clock.now() + 1000;
    void trial.resume().wait(waitOf((begun) => begun + 1000));
    await until(() => trial.clock.waiting() === 1);
    trial.crash();
    trial.clock.forget();
    trial.clock.advance(400);
    let outcome: Outcome | undefined;
    void trial
      .resume()
      .wait(waitOf((begun) => begun + 1000))
      .then((end) => (outcome = end));
    await until(() => trial.clock.waiting() === 1);
    trial.clock.advance(599);
    await aMoment();
    assert.equal(outcome, undefined);
    trial.clock.advance(1);
    await until(() => outcome !== undefined);
    assert.deepEqual(outcome, over(due));
    await trial.crashSettled();
    assert.deepEqual(await trial.resume().wait(waitOf((begun) => begun + 9999)), outcome);
  });

  for (const expires of [undefined, 1000])
    check(`an outcome from elsewhere ends a wait ${expires === undefined ? 'without end' : 'early'}`, async (trial) => {
      const call = waitOf((begun) => (expires === undefined ? undefined : begun + expires));
      const pending = trial.resume().wait(call);
      await trial.settled();
      await aMoment();
      const given: Outcome = { ok: true, output: 'given' };
      await trial.answer(keyOf('a'), given);
      assert.deepEqual(await pending, given);
      trial.clock.advance(5000);
      await trial.crashSettled();
      assert.deepEqual(await trial.resume().wait(call), given);
    });
}

/** Comes to a sleep after a failed attempt, and gives whether it is over. */
async function comeToSleep(trial: Trial, milliseconds: number): Promise<() => boolean> {
  const durable = trial.resume();
  await durable.attempt(trial.call('a', 'read', 'retryable'));
  let over = false;
  void durable.sleep(keyOf('a'), milliseconds).then(() => {
    over = true;
  });
  return () => over;
}

function forever(): Promise<Outcome> {
  return new Promise(() => {});
}

async function manyTurns(count: number): Promise<void> {
  for (let turns = 0; turns < count; turns++) await turn();
}
