import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveThrough, type Lived } from './seeds.ts';
import type { SimulationResult } from './simulation.ts';

/** One seed that is to be lived through again, or so many from a first one on. */
const { SIMULATION_SEED, SIMULATION_SEEDS = '2000', SIMULATION_FIRST = '0' } = process.env;

if (SIMULATION_SEED === undefined)
  test(`through crashes, failing disks, clocks that jump and services that break, each of ${SIMULATION_SEEDS} seeds keeps the promise`, async () => {
    const results = resultsOf(await liveThrough(seedsFrom(Number(SIMULATION_FIRST), Number(SIMULATION_SEEDS))));
    const sums = { runs: 0, crashes: 0, doubts: 0, retries: 0, succeeded: 0, failed: 0, canceled: 0 };
    for (const { runs, crashes, doubts, retries, statuses } of results) {
      sums.runs += runs;
      sums.crashes += crashes;
      sums.doubts += doubts;
      sums.retries += retries;
      for (const status of statuses)
        if (status === 'succeeded' || status === 'failed' || status === 'canceled') sums[status] += 1;
    }
    assert.equal(sums.succeeded + sums.failed + sums.canceled, sums.runs);
    // Otherwise it would prove little.
    for (const [what, count] of Object.entries(sums)) assert.ok(count > results.length / 20, `few ${what}`);
  });
else
  test(`seed ${SIMULATION_SEED} keeps the promise`, async () => {
    resultsOf(await liveThrough([Number(SIMULATION_SEED)]));
  });

test('a seed is the same world each time, whatever was before it', async () => {
  const [forward, backward] = await Promise.all([
    liveThrough(seedsFrom(0, 10)),
    liveThrough([...seedsFrom(0, 10)].toReversed()),
  ]);
  assert.deepEqual(forward, backward);
});

function* seedsFrom(first: number, count: number): Iterable<number> {
  for (let seed = first; seed < first + count; seed++) yield seed;
}

/** The first seeds that broke a promise say which one. */
function resultsOf(lived: readonly Lived[]): SimulationResult[] {
  const broken = lived.flatMap((one) => ('broken' in one ? one.broken : []));
  assert.equal(broken.length, 0, `${broken.length} of ${lived.length} seeds:\n${broken.slice(0, 5).join('\n')}`);
  return lived.flatMap((one) => ('result' in one ? one.result : []));
}
