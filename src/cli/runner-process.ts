import type { AuditLimits } from '../runner/audit-pruner.ts';
import type { BacklogLimits } from '../runner/backlog.ts';
import type { Runner } from '../runner/runner.ts';
import type { RunningServer } from '../server/serve.ts';
import { StoreError } from '../store/store-error.ts';
import { EXIT, UsageError } from './exit.ts';
import { interrupted } from './interrupted.ts';
import type { KeyOptions } from './options.ts';
import { parseReroutes } from './reroutes.ts';

/** What every command takes that is a runner until it is interrupted. */
export interface RunnerProcessOptions extends KeyOptions {
  port: string;
  host: string;
  publicUrl?: string;
  maxQueued: number;
  maxQueuedPerAccount: number;
  proxies: number;
  /** Seconds. */
  auditKeep?: number;
  auditMax?: number;
  reroute: string[];
  allowPrivate: string[];
}

/** Milliseconds that attempts under way get to end. */
const DRAIN_MS = 10_000;

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError(`${text} is not a port`);
  return port;
}

/** Addresses that only this machine reaches. */
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

export interface ListenAddress {
  port: number;
  host: string;
  /** Where a proxy makes the runner reachable, without a slash at the end. */
  publicUrl: string | undefined;
  proxies: number;
}

/** Where to listen and where the runner is reached: beyond this machine only behind TLS. Throws `UsageError`. */
export function listenAddress({ port, host, publicUrl, proxies }: RunnerProcessOptions): ListenAddress {
  const address = { port: parsePort(port), host, publicUrl: publicUrl && parsePublicUrl(publicUrl), proxies };
  if (LOOPBACK.includes(host) || address.publicUrl?.startsWith('https://') === true) return address;
  throw new UsageError(
    `the runner does not listen on ${host} without TLS: tokens and what runs carry could be read on the way`,
    'put a proxy that does TLS before it and name its address: --public-url https://waybill.example.com',
  );
}

/** Beyond this machine a runner listens only once somebody has a token. Throws `UsageError`; the runner is closed then. */
export async function requireAccess({ host }: ListenAddress, runner: Runner): Promise<void> {
  if (LOOPBACK.includes(host)) return;
  const tokens = runner.store.tokens.list();
  if (tokens.some(({ revokedAt, expiresAt }) => revokedAt === undefined && expiresAt > Date.now())) return;
  await runner.close();
  throw new UsageError(
    `the runner does not listen on ${host} before somebody has a token`,
    'start it once without --host, and make one: waybill tokens create NAME --role admin --all-accounts',
  );
}

function parsePublicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const { hostname, protocol, search, hash } = url ?? {};
  const loopback = [...LOOPBACK, '[::1]'].some((name) => name === hostname);
  if ((protocol !== 'https:' && !(protocol === 'http:' && loopback)) || search !== '' || hash !== '')
    throw new UsageError(`${text} is not a public address`, 'for example: https://waybill.example.com');
  return text.replace(/\/+$/, '');
}

export function backlogOf({ maxQueued, maxQueuedPerAccount }: RunnerProcessOptions): BacklogLimits {
  return { runs: maxQueued, runsOfAccount: maxQueuedPerAccount };
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

/** How much of the audit log is kept. */
export function auditLimitsOf({ auditKeep, auditMax }: RunnerProcessOptions): AuditLimits {
  return { keepMs: auditKeep === undefined ? undefined : auditKeep * 1000, maxEntries: auditMax };
}

/** A line for each run that ends. Gives what ends it. */
export function logRuns(runner: Runner): () => void {
  return runner.engine.watch(({ kind, run }) => {
    const why = run.failure === undefined ? '' : `: ${runner.redactor.text(run.failure.message)}`;
    if (kind === 'run_finished') console.log(`${run.account}/${run.automation} ${run.status} (${run.id})${why}`);
  });
}

/**
 * Resolves when the runner is to stop, with the exit code: somebody asks for it, or its disk failed in a way after which only
 * a new start knows what was kept.
 */
export async function untilItStops(broken: Promise<StoreError>): Promise<number> {
  const error = await Promise.race([interrupted(), broken]);
  if (error === undefined) return EXIT.clean;
  console.error(error.message);
  return EXIT.failure;
}

export async function stopServer(server: RunningServer): Promise<void> {
  console.log('The runner stops: what is under way may end, the rest goes on at the next start.');
  await server.close(DRAIN_MS);
}

/** Says on stderr what went wrong beside all requests and runs. */
export function tell(error: unknown): void {
  console.error(error instanceof StoreError ? `waybill: ${error.message}` : error);
}
