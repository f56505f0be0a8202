import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Agent, fetch } from 'undici';
import { readRunnerAddress } from '../../src/runner/runner-address.ts';
import type { RunRecord } from '../../src/run/records.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { startLedger, writeEffectsWorkspace, type Ledger } from './effects-workspace.ts';
import { root } from './waybill.ts';

/** How often the runner is killed; each time with so many new runs. */
const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 2);
const RUNS = Number(process.env['KILL_RUNS'] ?? 1000);
/** Milliseconds that each call takes. */
const LATENCY_MS = 50;

interface Runner {
  child: ChildProcess;
  /** The address of the webhook. */
  hook: string;
}

async function startRunner(folder: string, ledger: Ledger): Promise<Runner> {
  const args = ['dev', '--workspace', folder, '--port', '0', '--reroute', `ledger=${ledger.url}`];
  const child = spawn(process.execPath, [join(root, 'src/cli/main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  const hook = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      said += String(chunk);
      const found = / {2}POST (http\S+)/.exec(said);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
    child.on('exit', () => reject(new Error(said)));
  });
  return { child, hook };
}

/** Sends until the runner is gone, or all were taken. Gives the runs that were promised. */
async function send(numbers: Iterable<number>, hook: string, accepted: Map<number, string>): Promise<void> {
  const agent = new Agent({ connections: 50 });
  const headers = { 'content-type': 'application/json' };
  const sendOne = async (n: number): Promise<void> => {
    try {
      const init = { method: 'POST', headers, body: JSON.stringify({ n }), dispatcher: agent };
      const response = await fetch(hook, init);
      const { run } = (await response.json()) as { run?: string };
      if (response.status !== 202 || run === undefined) return;
      assert.equal(accepted.get(n) ?? run, run, `${n} was taken twice`);
      accepted.set(n, run);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      // The runner was killed before it said yes: it is sent again.
    }
  };
  await Promise.all([...numbers].map(sendOne));
  await agent.destroy();
}

async function allEnded(folder: string): Promise<void> {
  const { url, token } = (await readRunnerAddress(join(folder, '.waybill'))) ?? assert.fail('no runner is up');
  const headers = { authorization: `Bearer ${token}` };
  for (let left = true; left;) {
    left = false;
    // In the order in which runs go through them.
    for (const status of ['waiting', 'queued', 'running']) {
      const answer = await fetch(`${url}/api/v1/runs?status=${status}&limit=1`, { headers });
      left ||= ((await answer.json()) as { runs: unknown[] }).runs.length > 0;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function judge(n: number, run: RunRecord | undefined, { came, keys }: Ledger): void {
  assert.ok(run?.finishedAt !== undefined, `the run of ${n} was promised and has not ended: ${JSON.stringify(run)}`);
  assert.equal(keys.get(n)?.size ?? 1, 1, `${n} came with several keys`);
  const plain = came.plain.get(n) ?? 0;
  assert.ok(plain <= 1, `the plain write of ${n} was made ${plain} times`);
  if (run.status === 'succeeded') {
    assert.deepEqual([plain, run.output], [1, 1]);
    for (const action of ['read', 'put', 'keyed'] as const) assert.ok((came[action].get(n) ?? 0) >= 1);
  } else {
    assert.deepEqual([run.status, run.failure?.code, run.failure?.step], ['uncertain', 'interrupted', 'plain']);
  }
}

test(
  `killed ${ROUNDS} times with ${RUNS} new runs each, what was promised is done, and no plain write twice`,
  { timeout: 60_000 + ROUNDS * 20_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'waybill-killed-'));
    const ledger = await startLedger(LATENCY_MS);
    await writeEffectsWorkspace(folder);
    const accepted = new Map<number, string>();
    let runner: Runner | undefined;
    const totals = { promised: 0, uncertain: 0, again: 0 };
    try {
      for (let round = 0; round < ROUNDS; round++) {
        runner = await startRunner(folder, ledger);
        const numbers = Array.from({ length: RUNS }, (_, index) => round * RUNS + index);
        const sent = send(numbers, runner.hook, accepted);
        // From the first deliveries on disk to the last runs done: about two seconds.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 2000));
        runner.child.kill('SIGKILL');
        await Promise.all([sent, once(runner.child, 'close')]);
      }
      runner = await startRunner(folder, ledger);
      const all = Array.from({ length: ROUNDS * RUNS }, (_, n) => n);
      await send(all, runner.hook, accepted);
      assert.equal(accepted.size, all.length);
      await allEnded(folder);
      runner.child.kill('SIGTERM');
      await once(runner.child, 'close');
      const store = openSqliteStore(join(folder, '.waybill'));
      for (const [n, id] of accepted) judge(n, store.runs.get(id), ledger);
      totals.promised = accepted.size;
      totals.uncertain = store.runs.list({ status: 'uncertain', limit: all.length }).length;
      totals.again = [...ledger.came.keyed.values()].filter((count) => count > 1).length;
      assert.equal(store.runs.list({ limit: 2 * all.length }).length, all.length);
      await store.close();
    } finally {
      runner?.child.kill('SIGKILL');
      ledger.close();
      await rm(folder, { recursive: true, force: true });
    }
    if (process.env['KILL_ROUNDS'] !== undefined) console.log(totals);
  },
);
