import type { Runner } from '../runner/runner.ts';
import type { RunningServer } from '../server/serve.ts';
import { UsageError } from './exit.ts';
import type { KeyOptions } from './options.ts';
import { parseReroutes } from './reroutes.ts';

/** What every command takes that is a runner until it is interrupted. */
export interface RunnerProcessOptions extends KeyOptions {
  port: string;
  reroute: string[];
  allowPrivate: string[];
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
  const reroutes = parseReroutes(reroute);
  for (const [service, url] of reroutes)
    console.error(`WARNING: calls of ${service}, with their credentials, go to ${url}`);
  return reroutes;
}

/** Hosts that calls may go to though they are private; each is told of loudly. */
export function allowPrivateOf({ allowPrivate }: RunnerProcessOptions): Set<string> {
  for (const host of allowPrivate) console.error(`WARNING: calls may go to ${host}, private or not`);
  return new Set(allowPrivate);
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
