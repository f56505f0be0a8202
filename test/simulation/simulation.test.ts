import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { simulate } from './simulation.ts';

/** One seed that is to be lived through again, or so many from a first one on. */
const { SIMULATION_SEED, SIMULATION_SEEDS = '200', SIMULATION_FIRST = '0' } = process.env;

const template = mkdtempSync(join(tmpdir(), 'waybill-simulation-'));
after(() => rmSync(template, { recursive: true, force: true }));
await openSqliteStore(template).close();

if (SIMULATION_SEED === undefined)
  test(`through crashes, failing disks, clocks that jump and services that break, each of ${SIMULATION_SEEDS} seeds keeps the promise`, async () => {
    const sums = { runs: 0, crashes: 0, doubts: 0, succeeded: 0, failed: 0, canceled: 0 };
    const first = Number(SIMULATION_FIRST);
    for (let seed = first; seed < first + Number(SIMULATION_SEEDS); seed++) {
      const { runs, crashes, doubts, statuses } = await simulate(seed, template);
      sums.runs += runs;
      sums.crashes += crashes;
      sums.doubts += doubts;
      for (const status of statuses)
        if (status === 'succeeded' || status === 'failed' || status === 'canceled') sums[status] += 1;
    }
    assert.equal(sums.succeeded + sums.failed + sums.canceled, sums.runs);
    // Otherwise it would prove little.
    for (const [what, count] of Object.entries(sums)) assert.ok(count > Number(SIMULATION_SEEDS) / 20, `few ${what}`);
  });
else
  test(`seed ${SIMULATION_SEED} keeps the promise`, async () => {
    await simulate(Number(SIMULATION_SEED), template);
  });

test('a seed is the same world each time', async () => {
  assert.deepEqual(await simulate(7, template), await simulate(7, template));
});
