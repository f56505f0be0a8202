/**
 * Measures a loop over many items, each with one call of a local service, beside the same calls without a journal:
 * `npm run bench:loop [-- --json] [--items 100000]`. Then the same loop once more, killed in its middle and resumed.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, items: { type: 'string', default: '100000' } },
});
const COUNT = Number(values.items);

interface Told {
  event: 'base' | 'part' | 'shown' | 'end';
  done?: number;
  memoryMiB?: number;
  /** Live, after garbage was collected. */
  heldMiB?: number;
  status?: string;
  steps?: number;
  showMs?: number;
  pageMs?: number;
}

interface Row {
  who: string;
  parallel: number;
  seconds: number;
  /** Microseconds for an item, in the first and in the last tenth. */
  first: number;
  last: number;
  /** Peak of the resident memory above what it was before the loop began. */
  peakMiB: number;
  /** Live memory before the loop, after its first tenth, and at its end. */
  heldMiB: string;
}

const hits = new Map<string, number>();
const server = createServer((request, response) => {
  const { url = '' } = request;
  hits.set(url, (hits.get(url) ?? 0) + 1);
  response.end('ok');
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const service = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const rows: Row[] = [];
let shown: Told | undefined;
for (const parallel of [1, 10]) {
  rows.push(await whole('floor', parallel), await whole('waybill', parallel));
}
const resumed = await killed(10);
server.close();
if (values.json) console.log(JSON.stringify({ rows, shown, resumed }));
else {
  console.table(rows);
  console.log('Shown afterwards, in milliseconds:', shown);
  console.log('Killed in the middle and resumed:', resumed);
}

async function whole(who: string, parallel: number): Promise<Row> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-bench-'));
  try {
    const begun = performance.now();
    const times: number[] = [begun];
    const held: number[] = [];
    let [base, peak] = [0, 0];
    for await (const told of tellings(start(who, folder, parallel))) {
      if (told.event === 'base') {
        base = told.memoryMiB ?? 0;
        times[0] = performance.now();
      }
      if (told.heldMiB !== undefined) held.push(Math.round(told.heldMiB));
      if (told.event === 'part') times.push(performance.now());
      if (told.event === 'shown') shown = told;
      peak = Math.max(peak, told.memoryMiB ?? 0);
    }
    const tenth = (from: number, to: number): number =>
      Math.round((((times[to] ?? 0) - (times[from] ?? 0)) * 1000) / (COUNT / 10));
    const seconds = ((times[100] ?? 0) - (times[0] ?? 0)) / 1000;
    return {
      who,
      parallel,
      seconds,
      first: tenth(0, 10),
      last: tenth(90, 100),
      peakMiB: Math.round(peak - base),
      heldMiB: [held[0], held[1], held.at(-1)].join(', '),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** How long the second life takes to its first new item, and what the service saw twice. */
async function killed(parallel: number): Promise<object> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-bench-'));
  hits.clear();
  try {
    const first = start('waybill', folder, parallel);
    for await (const told of tellings(first)) if (told.done === COUNT / 2) first.kill('SIGKILL');
    const before = hits.size;
    let [toFirst, status] = [0, ''];
    const second = start('waybill', folder, parallel);
    let begun = 0;
    const look = setInterval(() => {
      if (toFirst === 0 && begun > 0 && hits.size > before) toFirst = performance.now() - begun;
    }, 1);
    for await (const told of tellings(second)) {
      if (told.event === 'base') begun = performance.now();
      if (told.event === 'shown') status = told.status ?? '';
    }
    clearInterval(look);
    const twice = [...hits.values()].filter((count) => count > 1).length;
    return { before, msToFirstNewItem: Math.round(toFirst), status, calledTwice: twice, called: hits.size };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function start(who: string, folder: string, parallel: number): ChildProcess {
  const script = join(import.meta.dirname, 'loop-child.ts');
  const args = ['--expose-gc', script, who, folder, service, String(COUNT), String(parallel)];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function* tellings(child: ChildProcess): AsyncGenerator<Told> {
  if (child.stdout === null) return;
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as Told;
}
