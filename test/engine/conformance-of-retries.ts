/** What a durable engine keeps of a run from which a retry took away what failed. */
import assert from 'node:assert/strict';
import type { AttemptCall, PageCall, TimedCall } from '../../src/engine/durable.ts';
import type { Failure, Outcome } from '../../src/run/failure.ts';
import { aMoment, until, waitOf, type Check } from './conformance-tools.ts';
import { keyOf } from './trial.ts';

export function retriedOnce(check: Check): void {
  check('what a retry took away is performed again, and nothing before it', async (trial) => {
    const count = { kind: 'increment', key: 'n', by: 1 } as const;
    const life = async (last: AttemptCall): Promise<unknown[]> => {
      const durable = trial.resume();
      const ended = [await durable.attempt(trial.call('a', 'write')), await durable.storage(keyOf('b'), null, count)];
      return [...ended, await durable.attempt(last)];
    };
    const [a, b] = await life(trial.call('c', 'write', 'permanent'));
    await trial.retry(keyOf('c'));
    const again = await life(trial.call('c', 'write'));
    assert.deepEqual(again, [a, b, { ok: true, output: { count: 3 } }]);
    await trial.crashSettled();
    assert.deepEqual(await life(trial.call('c', 'write')), again, 'it is for good now');
    assert.deepEqual(trial.performed, ['a', 'c', 'c']);
  });

  check('a page that failed goes on from what failed in it', async (trial) => {
    const page = (last: AttemptCall): PageCall => ({
      key: keyOf('each[500-999]'),
      input: 'which',
      perform: async (part) => {
        await part.attempt(trial.call('each[500].a', 'write'));
        return part.attempt(last);
      },
    });
    const failed = await trial.resume().page(page(trial.call('each[501].a', 'write', 'permanent')));
    assert.equal(failed?.ok, false);
    await trial.retry(keyOf('each[500-999]'), keyOf('each[501].a'));
    const ended = await trial.resume().page(page(trial.call('each[501].a', 'write')));
    assert.deepEqual(ended, { ok: true, output: { count: 3 } });
    assert.deepEqual(trial.performed, ['each[500].a', 'each[501].a', 'each[501].a']);
  });

  check('a step whose time was over has its time anew, and what it waited for begins anew', async (trial) => {
    const timed: TimedCall<Outcome> = {
      key: keyOf('block', 0),
      forMs: 1000,
      perform: async (part) => {
        await part.attempt(trial.call('a', 'write'));
        return part.wait({ ...waitOf(() => undefined), key: keyOf('asks') });
      },
      over: () => late,
    };
    const first = trial.resume().timed(timed);
    await until(() => trial.clock.waiting() === 1);
    trial.clock.advance(1000);
    assert.deepEqual(await first, { inTime: false, failure: late });
    await trial.retry(keyOf('block', 0), keyOf('asks'));
    trial.clock.forget();
    const second = trial.resume().timed(timed);
    await until(() => trial.clock.waiting() === 1);
    await aMoment();
    trial.clock.advance(999);
    const answer: Outcome = { ok: true, output: 'yes' };
    await trial.answer(keyOf('asks'), answer);
    assert.deepEqual(await second, { inTime: true, value: answer });
    assert.deepEqual(trial.performed, ['a']);
  });
}

const late: Failure = { class: 'permanent', code: 'step_timeout', message: 'late' };
