import type { Runner } from '../runner/runner.ts';
import type { RunningServer } from '../server/serve.ts';
import { UsageError } from './exit.ts';
import type { KeyOptions } from './options.ts';

/** What every command takes that is a runner until it is interrupted. */
export interface RunnerProcessOptions extends KeyOptions {
  port: string;
  reroute: string[];
  publicUrl?: string;
}

/** Milliseconds that attempts under way get to end. */
const DRAIN_MS = 10_000;

export function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError(`${text} is not a port`);
  return port;
}

/** Service to the address that stands in for it; each is told of loudly. */
export function reroutesOf({ reroute }: RunnerProcessOptions): Map<string, string> {
  const reroutes = new Map(reroute.map(parseReroute));
  for (const [service, url] of reroutes)
    console.error(`WARNING: calls of ${service}, with their credentials, go to ${url}`);
  return reroutes;
}

/** Where senders of webhooks reach the runner, where the operator says so. */
export function publicUrlOf({ publicUrl }: RunnerProcessOptions): { publicUrl?: string } {
  if (publicUrl === undefined) return {};
  if (!/^https?:\/\//.test(publicUrl) || !URL.canParse(publicUrl))
    throw new UsageError(`${publicUrl} is not an address`, 'for example: https://hooks.example.com');
  return { publicUrl: publicUrl.replace(/\/+$/, '') };
}

/** A line for each run that ends. Gives what ends it. */
export function logRuns(runner: Runner): () => void {
  return runner.engine.watch(({ kind, run }) => {
    const why = run.failure === undefined ? '' : `: ${runner.redactor.text(run.failure.message)}`;
    if (kind === 'run_finished') console.log(`${run.account}/${run.automation} ${run.status} (${run.id})${why}`);
  });
}

export async function stopServer(server: RunningServer): Promise<void> {
  console.log('The runner stops: what is under way may end, the rest goes on at the next start.');
  await server.close(DRAIN_MS);
}

function parseReroute(text: string): [string, string] {
  const [, service = '', url = ''] = /^([a-z][a-z0-9_-]*)=(https?:\/\/.+)$/.exec(text) ?? [];
  if (url === '' || !URL.canParse(url))
    throw new UsageError(`${text} is not a reroute`, 'for example: anthropic=http://127.0.0.1:4010');
  return [service, url];
}
