import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { calledRunId } from '../../src/run/run-id.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';

const RUNS = 200;

interface Ledger {
  url: string;
  /** How often each number came, by effect. */
  reads: Map<number, number>;
  writes: Map<number, number>;
  /** The idempotency keys with which each number was written. */
  keys: Map<number, Set<string>>;
  /** Resolves when so many requests have come in all. */
  reached(count: number): Promise<void>;
  close(): void;
}

interface LedgerEntry {
  effect: string;
  input: { n?: number; got?: { n: number } };
  key?: string;
}

async function startLedger(): Promise<Ledger> {
  const [reads, writes] = [new Map<number, number>(), new Map<number, number>()];
  const keys = new Map<number, Set<string>>();
  const seen: number[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { effect, input, key } = JSON.parse(text) as LedgerEntry;
    const n = input.n ?? input.got?.n ?? -1;
    const book = effect === 'write' ? writes : reads;
    book.set(n, (book.get(n) ?? 0) + 1);
    if (key !== undefined) keys.set(n, (keys.get(n) ?? new Set()).add(key));
    seen.push(n);
    server.emit('counted');
    setTimeout(() => response.end(JSON.stringify({ n })), 20);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reads,
    writes,
    keys,
    reached: async (count) => {
      while (seen.length < count) await once(server, 'counted');
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Starts the engine in a process of its own, which tells the runs that it accepted. */
function launchChild(accepted: string[], ...args: string[]): ReturnType<typeof spawn> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-child.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout?.on('data', (chunk) =>
    accepted.push(
      ...String(chunk)
        .split('\n')
        .filter((id) => id.length === 36),
    ),
  );
  return child;
}

test(
  'killed in the middle of writes with a key, every accepted run succeeds, and a write keeps its key',
  { timeout: 60_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'waybill-crash-'));
    const ledger = await startLedger();
    const accepted: string[] = [];
    let child = launchChild(accepted, folder, ledger.url, '20', 'keyed');
    try {
      // All have looked by then, and some are being written.
      await ledger.reached(30);
      child.kill('SIGKILL');
      await once(child, 'close');
      child = launchChild([], folder, ledger.url, '0', 'keyed');
      assert.deepEqual(await once(child, 'close'), [0, null]);
      const store = openSqliteStore(folder);
      for (const id of accepted) assert.equal(store.runs.get(id)?.status, 'succeeded');
      await store.close();
      assert.ok(
        [...ledger.writes.values()].some((count) => count > 1),
        'no write was cut off',
      );
      for (const [n, keys] of ledger.keys) assert.equal(keys.size, 1, `${n} was written with several keys`);
    } finally {
      child.kill('SIGKILL');
      ledger.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
);

test(
  'killed again and again in the middle of 200 runs that call 200 others, every accepted run ends and nothing that finished is done twice',
  { timeout: 60_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'waybill-crash-'));
    const ledger = await startLedger();
    const accepted: string[] = [];
    const launch = (count: number): ReturnType<typeof spawn> =>
      launchChild(accepted, folder, ledger.url, String(count));
    let child = launch(RUNS);
    try {
      for (const kills of [60, 120, 180, 240]) {
        await ledger.reached(kills);
        child.kill('SIGKILL');
        await once(child, 'close');
        child = launch(0);
      }
      const [code] = await once(child, 'close');
      assert.equal(code, 0);

      const store = openSqliteStore(folder);
      const runs = accepted.map((id) => store.runs.get(id));
      assert.ok(accepted.length > 50, `only ${accepted.length} runs were accepted`);
      for (const calling of runs) {
        assert.ok(calling?.finishedAt !== undefined, 'an accepted run has not ended');
        const called = store.runs.called(calling.id, 10);
        assert.deepEqual(
          called.map(({ id }) => id),
          [calledRunId(calling.id, 'run')],
        );
        const [run] = called;
        assert.ok(run?.finishedAt !== undefined, 'a called run has not ended');
        assert.equal(calling.status, run.status);
        const { n } = (store.runs.get(run.id)?.trigger['input'] ?? {}) as { n: number };
        const attempts = store.runs.attempts(run.id);
        assert.deepEqual(
          new Set(attempts.map(({ key }) => key.step)).size,
          attempts.length,
          'a step was attempted twice',
        );
        assert.ok((ledger.writes.get(n) ?? 0) <= 1, `the write of ${n} was made ${ledger.writes.get(n)} times`);
        if (run.status === 'succeeded') {
          assert.equal(ledger.writes.get(n), 1);
          assert.ok((ledger.reads.get(n) ?? 0) >= 1);
          assert.deepEqual(store.storage.get('acme', `run ${run.id}`)?.value, { n });
        } else {
          assert.equal(run.status, 'uncertain');
          assert.equal(run.failure?.code, 'interrupted');
          assert.deepEqual([calling.failure?.code, calling.failure?.run], ['interrupted', run.id]);
        }
      }
      assert.ok(runs.filter((run) => run?.status === 'succeeded').length > accepted.length / 2);
      await store.close();
    } finally {
      child.kill('SIGKILL');
      ledger.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
);
