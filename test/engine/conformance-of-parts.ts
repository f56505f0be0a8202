/** What a durable engine keeps of the parts of a run: the pages of a long loop, and steps with a time of their own. */
import assert from 'node:assert/strict';
import type { AttemptCall, PageCall, TimedCall, TimedEnd } from '../../src/engine/durable.ts';
import type { Failure, Outcome } from '../../src/run/failure.ts';
import type { Effect } from '../../src/run/records.ts';
import { aMoment, until, waitOf, type Check } from './conformance-tools.ts';
import { keyOf } from './trial.ts';

const PAGE = keyOf('each[500-999]');

function pageOf(perform: PageCall['perform']): PageCall {
  return { key: PAGE, input: 'which', perform };
}

export function pagesOnce(check: Check): void {
  check('a page that has an outcome is not performed again', async (trial) => {
    const call = trial.call('each[500].a', 'write');
    const first = await trial.resume().page(pageOf((part) => part.attempt(call)));
    await trial.crashSettled();
    const again = await trial.resume().page(pageOf(() => assert.fail('performed again')));
    assert.deepEqual([again, trial.performed], [first, ['each[500].a']]);
  });

  check('a page that was cut off goes on where it was', async (trial) => {
    const calls = (last: AttemptCall): PageCall =>
      pageOf(async (part) => {
        await part.attempt(trial.call('each[500].a', 'write'));
        return part.attempt(last);
      });
    void trial.resume().page(calls(trial.dyingCall('each[501].a', 'read')));
    await until(() => trial.performed.length === 2);
    const outcome = await trial.resume().page(calls(trial.call('each[501].a', 'read')));
    assert.deepEqual(outcome, { ok: true, output: { count: 3 } });
    assert.deepEqual(trial.performed, ['each[500].a', 'each[501].a', 'each[501].a']);
  });

  check('a page that came to no end is performed again, on what its journal holds', async (trial) => {
    const call = trial.call('each[500].a', 'write');
    const page = pageOf(async (part) => {
      await part.attempt(call);
      return undefined;
    });
    for (let lives = 0; lives < 2; lives++) {
      assert.equal(await trial.resume().page(page), undefined);
      await trial.crashSettled();
    }
    assert.deepEqual(trial.performed, ['each[500].a']);
  });
}

const late: Failure = { class: 'permanent', code: 'step_timeout', message: 'late' };

function timedOf<T>(perform: TimedCall<T>['perform']): TimedCall<T> {
  return { key: keyOf('block', 0), forMs: 1000, perform, over: () => late };
}

export function timedOnce(check: Check): void {
  check('what ends in time has ended in time for good', async (trial) => {
    const timed = timedOf((part) => part.attempt(trial.call('a', 'write')));
    const end = await trial.resume().timed(timed);
    assert.ok(end.inTime && end.value.ok);
    await trial.crashSettled();
    trial.clock.advance(5000);
    assert.deepEqual(await trial.resume().timed(timed), end);
    assert.deepEqual(trial.performed, ['a']);
  });

  check('the deadline counts from the first begin, through crashes, and ends a wait', async (trial) => {
    const timed = timedOf((part) => part.wait(waitOf(() => undefined)));
    void trial.resume().timed(timed);
    await until(() => trial.clock.waiting() === 1);
    await trial.settled();
    await aMoment();
    trial.crash();
    trial.clock.forget();
    trial.clock.advance(400);
    let end: TimedEnd<Outcome> | undefined;
    void trial
      .resume()
      .timed(timed)
      .then((came) => (end = came));
    await until(() => trial.clock.waiting() === 1);
    trial.clock.advance(599);
    await aMoment();
    assert.equal(end, undefined);
    trial.clock.advance(1);
    await until(() => end !== undefined);
    assert.deepEqual(end, { inTime: false, failure: late });
    await trial.crashSettled();
    assert.deepEqual(await trial.resume().timed(timedOf(() => assert.fail('performed again'))), end);
  });

  check('after the deadline nothing begins, and a sleep is over', async (trial) => {
    const timed = timedOf(async (part) => {
      await part.attempt(trial.call('a', 'read', 'retryable'));
      await part.sleep(keyOf('a'), 5000);
      return part.attempt(trial.call('b', 'read'));
    });
    const pending = trial.resume().timed(timed);
    await until(() => trial.clock.waiting() === 2);
    trial.clock.advance(1000);
    assert.deepEqual(await pending, { inTime: false, failure: late });
    assert.deepEqual(trial.performed, ['a']);
  });

  for (const effect of ['read', 'write'] as const)
    check(`an attempt (${effect}) is aborted at the deadline`, async (trial) => {
      const timed = timedOf((part) => part.attempt(trial.call('a', effect, undefined, aborted(effect))));
      const pending = trial.resume().timed(timed);
      await until(() => trial.performed.length === 1 && trial.clock.waiting() === 1);
      trial.clock.advance(1000);
      const end = await pending;
      // A write is a person's affair then.
      if (effect === 'write') assert.ok(end.inTime && !end.value.ok && end.value.failure.class === 'uncertain');
      else assert.deepEqual(end, { inTime: false, failure: late });
      await trial.crashSettled();
      assert.deepEqual(await trial.resume().timed(timed), end);
      assert.deepEqual(trial.performed, ['a']);
    });
}

/** A service that hangs until the call is given up. */
function aborted(effect: Effect): AttemptCall['perform'] {
  return async (signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    const failureClass = effect === 'write' ? 'uncertain' : 'retryable';
    return { ok: false, failure: { class: failureClass, code: 'timeout', message: 'given up' } };
  };
}
