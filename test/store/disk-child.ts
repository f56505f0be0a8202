/**
 * Fills the disk below a store, writes, makes room, writes again, and prints what came of it as JSON.
 * Arguments: the folder, and what makes the disk full: `limit` (no file may grow) or `ballast` (a file takes all space).
 */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { keepPlan, sampleRun } from './sample-store.ts';

const [folder = '', means = 'limit'] = process.argv.slice(2);
const ballast = join(folder, 'ballast');

function setLimit(bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
}

function fill(): void {
  if (means === 'limit') return setLimit(64 * 1024);
  const file = openSync(ballast, 'w');
  try {
    for (;;) writeSync(file, Buffer.alloc(4096));
  } catch {
    // Full, as wanted.
  } finally {
    closeSync(file);
  }
}

function makeRoom(): void {
  if (means === 'limit') return setLimit('unlimited');
  rmSync(ballast);
}

function codeOf(result: PromiseSettledResult<unknown>): string {
  return result.status === 'fulfilled' ? 'kept' : String((result.reason as { code?: unknown }).code);
}

const large = { body: 'x'.repeat(20_000) };
let store = openSqliteStore(folder);
await keepPlan(store);
const before = sampleRun();
await store.runs.insert(before);
fill();
const lost = Array.from({ length: 20 }, () => sampleRun({ trigger: large }));
const whileFull = (await Promise.allSettled(lost.map((run) => store.runs.insert(run)))).map(codeOf);
const readWhileFull = store.runs.list({ limit: 99 }).map(({ id }) => id);
makeRoom();
const after = sampleRun();
const [afterwards] = (await Promise.allSettled([store.runs.insert(after)])).map(codeOf);
await store.close();
store = openSqliteStore(folder);
const reopened = store.runs.list({ limit: 99 }).map(({ id }) => id);
await store.close();
process.stdout.write(
  JSON.stringify({
    whileFull: [...new Set(whileFull)],
    readWhileFull: readWhileFull.map((id) => (id === before.id ? 'before' : 'lost')),
    afterwards,
    reopened: reopened.map((id) => (id === before.id ? 'before' : id === after.id ? 'after' : 'lost')),
  }),
);
