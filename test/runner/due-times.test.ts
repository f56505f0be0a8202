import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readCron } from '../../src/plan/cron.ts';
import { dueTimes, MISSED_AFTER_MS, MISSED_MAX } from '../../src/runner/due-times.ts';

const MINUTE = 60_000;

function at(text: string): number {
  return Date.parse(text);
}

function hours(times: number[]): number[] {
  return times.map((time) => new Date(time).getUTCHours());
}

test('a time that a zone skips comes an hour later, and one that it has twice comes once', () => {
  const daily = readCron('30 2 * * *', 'Europe/Berlin');
  const next = (after: string): string => new Date(daily.next(at(after)) ?? 0).toISOString();
  assert.equal(next('2026-03-28T12:00:00Z'), '2026-03-29T01:00:00.000Z');
  assert.equal(next('2026-03-29T01:00:00Z'), '2026-03-30T00:30:00.000Z');
  assert.equal(next('2026-10-24T12:00:00Z'), '2026-10-25T00:30:00.000Z');
  assert.equal(next('2026-10-25T00:30:00Z'), '2026-10-26T01:30:00.000Z');
});

test('missed times are made up for as the policy says', () => {
  const hourly = readCron('0 * * * *', 'UTC');
  const [passed, now] = [at('2026-01-01T00:00:00Z'), at('2026-01-01T05:00:10Z')];
  // The time of five o'clock is on time: it is no missed one.
  assert.deepEqual(hours(dueTimes(hourly, 'all', passed, now)), [1, 2, 3, 4, 5]);
  assert.deepEqual(hours(dueTimes(hourly, 'once', passed, now)), [5]);
  assert.deepEqual(hours(dueTimes(hourly, 'skip', passed, now)), [5]);
  const later = now + 10 * MINUTE;
  assert.deepEqual(hours(dueTimes(hourly, 'once', passed, later)), [5]);
  assert.deepEqual(hours(dueTimes(hourly, 'skip', passed, later)), []);
  assert.equal(dueTimes(readCron('* * * * *', 'UTC'), 'all', 0, now).length, MISSED_MAX);
  assert.deepEqual(dueTimes(hourly, 'all', now, passed), [], 'a clock that was set back');
});

test('however often the clock is looked at, each time comes once, and none of those on time is left out', () => {
  const cron = fc.constantFrom('* * * * *', '*/7 * * * *', '0 * * * *', '30 2 * * *', '0 9 * * MON-FRI', '15 1 L * *');
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe');
  const start = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2026-12-31T00:00:00Z') });
  const looks = fc.array(fc.integer({ min: 1, max: MISSED_AFTER_MS }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(cron, zone, start, looks, (text, timezone, first, gaps) => {
      const times = readCron(text, timezone);
      let [passed, now] = [first, first];
      const fired: number[] = [];
      for (const gap of gaps) {
        now += gap;
        fired.push(...dueTimes(times, 'skip', passed, now));
        passed = now;
      }
      const all: number[] = [];
      for (let time = times.next(first); time !== undefined && time <= now; time = times.next(time)) all.push(time);
      assert.deepEqual(fired, all);
    }),
  );
});
