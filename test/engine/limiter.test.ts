import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Limiter, type Turn } from '../../src/engine/limiter.ts';
import type { CallLimit } from '../../src/engine/limits.ts';
import { ManualClock, turn } from './manual-clock.ts';

const PERIOD = 1000;

function limit(change: Partial<CallLimit> = {}): CallLimit {
  return { key: 'shop', requests: [], concurrency: Number.POSITIVE_INFINITY, ...change };
}

/** Lets everything happen that can, and goes on in time until nobody waits. */
async function passTime(clock: ManualClock, whole: number): Promise<void> {
  for (let passed = 0; passed <= whole; passed += 100) {
    await turn();
    clock.advance(100);
  }
  await turn();
}

test('in no stretch of time are there more requests than the limit says, and none waits longer than it must', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 15 }),
      async (count, pauses) => {
        const clock = new ManualClock();
        const limiter = new Limiter(clock);
        const begun: number[] = [];
        for (const pause of pauses) {
          clock.advance(pause);
          void limiter.enter([limit({ requests: [{ count, periodMs: PERIOD }] })]).then((entered) => {
            begun.push(clock.now());
            entered.release();
          });
          await turn();
        }
        for (let left = pauses.length; left > 0; left--) {
          clock.advanceToNext();
          await turn();
        }
        assert.equal(begun.length, pauses.length);
        for (const [index, at] of begun.entries()) {
          const earlier = begun[index - count];
          if (earlier !== undefined) assert.ok(at - earlier >= PERIOD, begun.join(' '));
        }
      },
    ),
    { numRuns: 100 },
  );
});

test('so many calls at a time, in the order in which they came; a further request of one does not wait for another', async () => {
  const limiter = new Limiter(new ManualClock());
  const shared = limit({ concurrency: 2 });
  const turns: Turn[] = [];
  const order: string[] = [];
  for (const name of ['a', 'b', 'c', 'd'])
    void limiter.enter([shared]).then((entered) => {
      order.push(name);
      turns.push(entered);
    });
  await turn();
  assert.deepEqual(order, ['a', 'b']);
  await turns[0]?.next();
  turns[1]?.release();
  await turn();
  assert.deepEqual(order, ['a', 'b', 'c']);
  turns[0]?.release();
  await turn();
  assert.deepEqual(order, ['a', 'b', 'c', 'd']);
});

test('a further request of a call counts, and goes before calls that have not begun', async () => {
  const clock = new ManualClock();
  const limiter = new Limiter(clock);
  const one = limit({ requests: [{ count: 1, periodMs: PERIOD }], concurrency: 1 });
  const first = await limiter.enter([one]);
  const order: string[] = [];
  void limiter.enter([one]).then(() => order.push('second'));
  void first.next().then(() => order.push('next page'));
  await passTime(clock, PERIOD / 2);
  assert.deepEqual(order, []);
  await passTime(clock, PERIOD);
  assert.deepEqual(order, ['next page']);
  first.release();
  await passTime(clock, PERIOD);
  assert.deepEqual(order, ['next page', 'second']);
});

test('a service that asked one call to wait gets none of the others before, for a minute at most', async () => {
  const clock = new ManualClock();
  const limiter = new Limiter(clock);
  const first = await limiter.enter([limit()]);
  first.hold(24 * 3_600_000);
  first.release();
  let begun = 0;
  void limiter.enter([limit()]).then(() => begun++);
  void limiter.enter([limit({ key: 'another shop' })]).then(() => (begun += 10));
  await turn();
  assert.equal(begun, 10);
  clock.advance(59_999);
  await turn();
  assert.equal(begun, 10);
  clock.advance(1);
  await turn();
  assert.equal(begun, 11);
});

test('who waits when the engine stops is told, and takes no place', async () => {
  const stopped = new Error('stopped');
  const stops: (() => void)[] = [];
  const clock = {
    now: () => 0,
    delay: () => new Promise<void>((_resolve, reject) => stops.push(() => reject(stopped))),
  };
  const limiter = new Limiter(clock);
  const service = limit({ concurrency: 1, key: 'service' });
  const action = limit({ requests: [{ count: 1, periodMs: PERIOD }], key: 'action' });
  (await limiter.enter([service, action])).release();
  const second = limiter.enter([service, action]);
  await turn();
  for (const stop of stops) stop();
  await assert.rejects(second, stopped);
  await limiter.enter([service]);
});

test('who gives up while it waits is told why, takes no place, and keeps nobody waiting', async () => {
  const limiter = new Limiter(new ManualClock());
  const one = limit({ concurrency: 1 });
  const first = await limiter.enter([one]);
  const stopping = new AbortController();
  const second = limiter.enter([one], stopping.signal);
  let admitted = false;
  const third = limiter.enter([one]).then(() => (admitted = true));
  const reason = new Error('stopped');
  stopping.abort(reason);
  await assert.rejects(second, reason);
  await assert.rejects(limiter.enter([one], stopping.signal), reason);
  assert.equal(admitted, false);
  first.release();
  assert.equal(await third, true);
});

test('limits that come once are forgotten when they hold nobody back, and not before', async () => {
  const clock = new ManualClock();
  const limiter = new Limiter(clock);
  const one = (key: string): CallLimit => limit({ key, requests: [{ count: 1, periodMs: PERIOD }] });
  const enterAll = async (): Promise<void> => {
    for (let index = 0; index < 2500; index++) (await limiter.enter([one(`channel ${index % 1250}`)])).release();
  };
  let entered = false;
  const all = enterAll().then(() => (entered = true));
  await turn();
  // The second round waits for the first one's windows, though a sweep came in between.
  assert.equal(entered, false);
  clock.advance(PERIOD);
  await all;
});

test('of those that are left aside before a limit, accounts come in turn', async () => {
  const clock = new ManualClock();
  const limiter = new Limiter(clock);
  const shared = limit({ concurrency: 1 });
  const held: Turn[] = [];
  for (let count = 0; count <= 32; count++) void limiter.enter([shared]).then((entered) => held.push(entered));
  assert.equal(limiter.isCrowded([shared]), true);
  const came: string[] = [];
  for (let count = 0; count < 100; count++) limiter.whenLess([shared], 'busy', () => came.push('busy'));
  limiter.whenLess([shared], 'other', () => came.push('other'));
  while (came.length === 0) {
    await turn();
    held.pop()?.release();
  }
  assert.deepEqual(came.slice(0, 3), ['busy', 'other', 'busy']);
});
