/**
 * `npm run bench:deploy [-- --json]`, after `npm run build`: the installed command on a repository of 500 accounts with 20
 * automations each: the first deployment, a commit that changes one account, and a start on what was deployed last without
 * the repository. Meanwhile the runner is asked for its health: the longest answer says how long others wait.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateWorkspace } from './compile/generate.ts';

const COMMAND = join(import.meta.dirname, '../dist/waybill.cjs');
const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
const [repository, data] = [join(folder, 'repository'), join(folder, 'data')];

const children: ChildProcess[] = [];

interface Serving {
  child: ChildProcess;
  /** Milliseconds from the start to the words in the log, and what they matched. */
  says: (words: RegExp) => Promise<{ ms: number; match: string[] }>;
}

try {
  generateWorkspace(repository, 500, 20);
  git('init', '--quiet', '--initial-branch=main');
  commit();
  const first = start();
  const { match } = await first.says(/up at (http\S+);/);
  const waiting = askHealth(match[1] ?? '');
  const deployed = await first.says(/Deployed \S+ (\d+) added/);
  const firstWaitMs = await waiting.stop();
  const steps = stepsOf();
  const file = join(repository, 'automations/account-0/automation-0.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), name: 'Changed' }));
  commit();
  const again = askHealth(match[1] ?? '');
  const began = performance.now();
  await once(spawn(process.execPath, [COMMAND, 'deploy', 'now', '--data', data]), 'close');
  const changeMs = performance.now() - began;
  const changeWaitMs = await again.stop();
  const changeSteps = stepsOf();
  const memoryMiB = peakMemory(first);
  await stop(first);
  renameSync(repository, `${repository}-away`);
  const second = start();
  const { ms: startMs } = await second.says(/up at/);
  await second.says(/Not deployed/);
  await stop(second);
  const figures = { startMs, firstDeployMs: deployed.ms, firstWaitMs, changeMs, changeWaitMs, memoryMiB };
  const rounded = Object.fromEntries(Object.entries(figures).map(([name, ms]) => [name, Math.round(ms)]));
  console.log(JSON.stringify({ ...rounded, added: Number(deployed.match[1]), steps, changeSteps }, undefined, 2));
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

function git(...args: string[]): void {
  const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.com'];
  execFileSync('git', ['-C', repository, ...identity, ...args], { stdio: 'pipe' });
}

function commit(): void {
  git('add', '--all');
  git('commit', '--quiet', '--message', 'x');
}

function start(): Serving {
  const began = performance.now();
  const args = [COMMAND, 'serve', '--repo', repository, '--data', data, '--port', '0', '--interval', '3600'];
  const child = spawn(process.execPath, args);
  children.push(child);
  let shown = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (shown += String(chunk)));
  const says: Serving['says'] = async (words) => {
    for (;;) {
      const match = words.exec(shown);
      if (match !== null) return { ms: performance.now() - began, match: [...match] };
      if (child.exitCode !== null) throw new Error(shown);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { child, says };
}

async function stop({ child }: Serving): Promise<void> {
  child.kill('SIGTERM');
  await once(child, 'close');
}

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function peakMemory({ child }: Serving): number {
  const [, kiB] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
  return Number(kiB) / 1024;
}

/** Asks again and again until it is stopped; gives the longest wait. */
function askHealth(url: string): { stop: () => Promise<number> } {
  const ended = new AbortController();
  const longest = (async () => {
    let longest = 0;
    while (!ended.signal.aborted) {
      const began = performance.now();
      await (await fetch(`${url}/health`)).text();
      longest = Math.max(longest, performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return longest;
  })();
  return {
    stop: () => {
      ended.abort();
      return longest;
    },
  };
}

/** Milliseconds by step of the last reconciliation. */
function stepsOf(): { [name: string]: number } {
  const out = execFileSync(process.execPath, [COMMAND, 'deploy', 'status', '--data', data, '--format', 'json']);
  const { reconciliations } = JSON.parse(String(out)) as {
    reconciliations: { steps: { name: string; duration_ms?: number }[] }[];
  };
  const steps = reconciliations[0]?.steps ?? [];
  return Object.fromEntries(steps.map(({ name, duration_ms = 0 }) => [name, duration_ms]));
}
