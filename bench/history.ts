/**
 * Measures Waybill with a long history: the first page of lists, runs beside the same program without a history (the floor),
 * and what pruning costs those that are under way: `npm run bench:history [-- RUNS]`, 1,000,000 without a number.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RunListView } from '../src/server/api-types.ts';
import { BENCH_ACCOUNT, fillHistory } from './history-fill.ts';
import { burst, type LoadResult } from './load.ts';
import { startBeside, type Started } from './start-beside.ts';

const RUNS = Number(process.argv[2] ?? 1_000_000);
const BODY = JSON.stringify({ text: 'The first sentence is the summary. The others are left out of it.' });
const ROUNDS = 5;
const REQUESTS = 1500;
const CONCURRENCY = 10;
const PAGES = 15;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const folder = await mkdtemp(join(tmpdir(), 'waybill-history-'));
const children: ChildProcess[] = [];
try {
  const full = join(folder, 'full');
  const begun = performance.now();
  await fillHistory(join(full, 'data'), RUNS);
  const { size } = await stat(join(full, 'data/waybill.db'));
  console.log(`${RUNS} runs in ${seconds(begun)} s, ${megabytes(size)} MB`);
  const service = await startBeside(children, 'service.ts', []);
  const empty = await startBeside(children, 'waybill-server.ts', [join(folder, 'empty'), service.url]);
  const filled = await startBeside(children, 'waybill-server.ts', [full, service.url]);
  await measureLists(filled);
  await measureRuns(empty, filled);
  children.at(-1)?.kill();
  await measurePruning(full, service.url, size);
} finally {
  for (const child of children) child.kill();
  await rm(folder, { recursive: true, force: true });
}

async function measureLists(server: Started): Promise<void> {
  const week = new Date(Date.now() - 7 * DAY_MS).toISOString();
  const month = new Date(Date.now() - 30 * DAY_MS).toISOString();
  const filters: { [name: string]: string } = {
    'no filter': '',
    account: 'account=account-3',
    automation: 'automation=automation-7',
    'automation that has no run': 'automation=nothing',
    'account and automation': `account=${BENCH_ACCOUNT}&automation=automation-6`,
    failed: 'status=failed',
    'failed of an account': `account=account-3&status=failed`,
    'failed of an account that has none': `account=${BENCH_ACCOUNT}&status=failed`,
    queued: 'status=queued',
    uncertain: `account=account-3&status=uncertain`,
    'a week, a month ago': `since=${month}&until=${week}`,
    'all at once': `account=account-3&automation=automation-7&status=succeeded&since=${month}&until=${week}`,
  };
  const rows = [];
  for (const [name, query] of Object.entries(filters)) {
    const times: number[] = [];
    let found = 0;
    for (let page = 0; page < PAGES; page += 1) {
      const asked = performance.now();
      const response = await fetch(`${server.url}/api/v1/runs?${query}`, { headers: authorization(server) });
      found = ((await response.json()) as { runs: unknown[] }).runs.length;
      times.push(performance.now() - asked);
    }
    const sorted = times.toSorted((left, right) => left - right);
    rows.push({
      filter: name,
      found,
      firstMs: round(times[0]),
      medianMs: round(sorted[PAGES >> 1]),
      longestMs: round(sorted.at(-1)),
    });
  }
  console.table(rows);
}

async function measureRuns(empty: Started, filled: Started): Promise<void> {
  const sums = { empty: [] as number[], filled: [] as number[] };
  for (const server of [empty, filled]) await send(server);
  // In turn, so that what else the machine does falls on both.
  for (let round_ = 0; round_ < ROUNDS; round_ += 1) {
    sums.empty.push(rate(await send(empty)));
    sums.filled.push(rate(await send(filled)));
  }
  const [without, withIt] = [median(sums.empty), median(sums.filled)];
  console.table([
    { withoutHistory: Math.round(without), withHistory: Math.round(withIt), ratio: round(withIt / without) },
  ]);
}

/** Nearly all runs of the account are older than what it keeps from now on. */
async function measurePruning(full: string, service: string, before: number): Promise<void> {
  const server = await startBeside(children, 'waybill-server.ts', [full, service, '{"history":{"keep":"1h"}}']);
  const begun = performance.now();
  const during: LoadResult[] = [];
  while (await hasOldRuns(server)) during.push(await send(server, 300));
  const took = seconds(begun);
  const after = [await send(server, 300), await send(server, 300), await send(server, 300)];
  console.table([
    {
      what: 'while it is pruned',
      runsPerSecond: Math.round(median(during.map(rate))),
      p50: round(median(during.map(({ p50 }) => p50))),
      p99: round(median(during.map(({ p99 }) => p99))),
    },
    {
      what: 'afterwards',
      runsPerSecond: Math.round(median(after.map(rate))),
      p50: round(median(after.map(({ p50 }) => p50))),
      p99: round(median(after.map(({ p99 }) => p99))),
    },
  ]);
  children.at(-1)?.kill();
  const file = join(full, 'data/waybill.db');
  const database = new DatabaseSync(file, { readOnly: true });
  const pages = (name: string): number => Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  const free = pages('freelist_count') * pages('page_size');
  database.close();
  console.log(`${RUNS / 2} runs went in ${took} s beside the load`);
  console.log(
    `the file had ${megabytes(before)} MB, has ${megabytes((await stat(file)).size)} MB, of which ${megabytes(free)} MB are free for what comes`,
  );
}

/** Whether there are runs of the account that are older than what it keeps. */
async function hasOldRuns(server: Started): Promise<boolean> {
  const until = new Date(Date.now() - 3 * HOUR_MS).toISOString();
  const path = `/api/v1/runs?account=${BENCH_ACCOUNT}&until=${until}&limit=1`;
  const response = await fetch(`${server.url}${path}`, { headers: authorization(server) });
  return ((await response.json()) as RunListView).runs.length > 0;
}

async function send(server: Started, requests = REQUESTS): Promise<LoadResult> {
  const count = async (): Promise<number> =>
    ((await (await fetch(server.counter)).json()) as { finished: number }).finished;
  const target = (await count()) + requests;
  return burst({
    url: `${server.url}/accepted`,
    body: BODY,
    expectedStatus: 202,
    requests,
    concurrency: CONCURRENCY,
    allFinished: async () => (await count()) >= target,
  });
}

function authorization({ token = '' }: Started): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

function rate({ requests, elapsedMs }: LoadResult): number {
  return (requests / elapsedMs) * 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;
}

function round(value: number | undefined): number {
  return Math.round((value ?? Number.NaN) * 100) / 100;
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 1000);
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
