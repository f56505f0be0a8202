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

/** When it is due after one instant and up to another, as clocks in the zone show it: `03:00 GMT+2`. */
function clocks(cron: string, timezone: string, from: string, to: string): string[] {
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'shortOffset',
  });
  const times = readCron(cron, timezone);
  const due: number[] = [];
  for (let time = times.next(at(from)); time !== undefined && time <= at(to); time = times.next(time)) due.push(time);
  assert.deepEqual(times.last(at(to), due.length), due, 'forwards as backwards');
  return due.map((time) => clock.format(time));
}

const SPRING = ['Europe/Berlin', '2026-03-28T20:00:00Z', '2026-03-29T12:30:00Z'] as const;
const AUTUMN = ['Europe/Berlin', '2026-10-24T20:00:00Z', '2026-10-25T13:30:00Z'] as const;
/** Midnight is skipped. */
const SAO_PAULO = ['America/Sao_Paulo', '2018-11-03T12:00:00Z', '2018-11-04T12:00:00Z'] as const;
/** The clock is set by half an hour. */
const LORD_HOWE_SPRING = ['Australia/Lord_Howe', '2026-10-03T12:00:00Z', '2026-10-03T18:00:00Z'] as const;
const LORD_HOWE_AUTUMN = ['Australia/Lord_Howe', '2026-04-04T12:00:00Z', '2026-04-04T18:00:00Z'] as const;

for (const [cron, [zone, from, to], ...expected] of [
  ['30 2 * * *', SPRING, '03:00 GMT+2'],
  ['30 2,14 * * *', SPRING, '03:00 GMT+2', '14:30 GMT+2'],
  ['0,30 2-3 * * *', SPRING, '03:00 GMT+2', '03:30 GMT+2'],
  ['0 */2 * * *', [SPRING[0], '2026-03-28T22:30:00Z', '2026-03-29T03:00:00Z'], '00:00 GMT+1', '04:00 GMT+2'],
  ['30 2 * * *', AUTUMN, '02:30 GMT+2'],
  ['30 2,14 * * *', AUTUMN, '02:30 GMT+2', '14:30 GMT+1'],
  ['0 2-3 * * *', AUTUMN, '02:00 GMT+2', '03:00 GMT+1'],
  ['*/30 2 * * *', AUTUMN, '02:00 GMT+2', '02:30 GMT+2', '02:00 GMT+1', '02:30 GMT+1'],
  ['0 0 * * *', SAO_PAULO, '01:00 GMT-2'],
  ['30 0,8 * * *', SAO_PAULO, '01:00 GMT-2', '08:30 GMT-2'],
  ['15 2,3 * * *', LORD_HOWE_SPRING, '02:30 GMT+11', '03:15 GMT+11'],
  ['45 1,2 * * *', LORD_HOWE_AUTUMN, '01:45 GMT+11', '02:45 GMT+10:30'],
] as const)
  test(`where the clock is set: ${cron} in ${zone} from ${from}`, () =>
    assert.deepEqual(clocks(cron, zone, from, to), expected));

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
  const cron = fc.constantFrom(
    '* * * * *',
    '*/7 * * * *',
    '0 * * * *',
    '30 2,14 * * *',
    '0 9 * * MON-FRI',
    '15 1 L * *',
  );
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
