/**
 * Measures Waybill with the example automation beside the floor (bench/floor-server.ts), in one run, as ratios:
 * `npm run bench [-- --json]`. Both call the same local service in a process of its own.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { burst } from './load.ts';
import { processUsage } from './process-usage.ts';
import { startBeside, type Started } from './start-beside.ts';

const BODY = JSON.stringify({ text: 'The first sentence is the summary. The others are left out of it.' });
/** A row lasts some seconds. */
const REQUESTS = { one: 5_000, many: 30_000 };
/** Until both are compiled by V8: Waybill has far more code than the floor, and runners run for months. */
const FIRST_WARM_UP = 40_000;
/** Before each row. */
const WARM_UP = 5_000;

interface Row {
  mode: 'accepted' | 'finished';
  concurrency: number;
  who: 'floor' | 'waybill';
  /** Finished runs in a second. */
  runsPerSecond: number;
  p50: number;
  p99: number;
  /** Milliseconds of CPU for one run. */
  cpuPerRun: number;
  memoryMiB: number;
}

const rows = await measureAll();
if (process.argv.includes('--json')) console.log(JSON.stringify({ rows, ratios: ratios(rows) }));
else {
  console.table(rows);
  console.log('Waybill beside the floor:');
  console.table(ratios(rows));
}

async function measureAll(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-bench-'));
  const children: ChildProcess[] = [];
  try {
    const service = await startBeside(children, 'service.ts', []);
    const floor = await startBeside(children, 'floor-server.ts', [folder, service.url]);
    const waybill = await startBeside(children, 'waybill-server.ts', [folder, service.url]);
    const measured: Row[] = [];
    for (const mode of ['accepted', 'finished'] as const) {
      await send(floor, mode, FIRST_WARM_UP, 50);
      await send(waybill, mode, FIRST_WARM_UP, 50);
      for (const concurrency of [1, 10, 50]) {
        measured.push(
          await measure('floor', floor, mode, concurrency),
          await measure('waybill', waybill, mode, concurrency),
        );
      }
    }
    return measured;
  } finally {
    for (const child of children) child.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(who: Row['who'], server: Started, mode: Row['mode'], concurrency: number): Promise<Row> {
  await send(server, mode, WARM_UP, concurrency);
  const before = processUsage(server.pid);
  const count = concurrency === 1 ? REQUESTS.one : REQUESTS.many;
  const { requests, elapsedMs, p50, p99 } = await send(server, mode, count, concurrency);
  const after = processUsage(server.pid);
  return {
    mode,
    concurrency,
    who,
    runsPerSecond: Math.round((requests / elapsedMs) * 1000),
    p50: round(p50),
    p99: round(p99),
    cpuPerRun: round((after.cpuMs - before.cpuMs) / requests),
    memoryMiB: Math.round(after.memoryMiB),
  };
}

async function send(
  server: Started,
  mode: Row['mode'],
  requests: number,
  concurrency: number,
): ReturnType<typeof burst> {
  const count = async (): Promise<number> =>
    ((await (await fetch(server.counter)).json()) as { finished: number }).finished;
  const target = (await count()) + requests;
  const expectedStatus = mode === 'accepted' ? 202 : 200;
  return burst({
    url: `${server.url}/${mode}`,
    body: BODY,
    expectedStatus,
    requests,
    concurrency,
    allFinished: async () => (await count()) >= target,
  });
}

function ratios(all: readonly Row[]): object[] {
  return all
    .filter(({ who }) => who === 'waybill')
    .map((row) => {
      const floor =
        all.find(
          ({ who, mode, concurrency }) => who === 'floor' && mode === row.mode && concurrency === row.concurrency,
        ) ?? row;
      return {
        mode: row.mode,
        concurrency: row.concurrency,
        runsPerSecond: round(row.runsPerSecond / floor.runsPerSecond),
        p99: round(row.p99 / floor.p99),
        cpuPerRun: round(row.cpuPerRun / floor.cpuPerRun),
      };
    });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
