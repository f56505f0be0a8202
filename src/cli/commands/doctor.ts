import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { checkWorkspace, type CheckedWorkspace } from '../../runner/check-workspace.ts';
import { openConnection } from '../../secrets/connection-file.ts';
import type { IdentitySource } from '../../secrets/identity-source.ts';
import type { PauseListView, SubscriptionListView } from '../../server/api-types.ts';
import { EXIT } from '../exit.ts';
import { findWorkspace, nearestWorkspace } from '../find-workspace.ts';
import { identitySource } from '../identities.ts';
import type { Format, KeyOptions } from '../options.ts';
import { RunnerClient } from '../runner-client.ts';

export interface DoctorOptions extends KeyOptions {
  workspace?: string;
  data?: string;
  format: Format;
}

/** One thing that was looked at. `missing` is no fault: some work is possible without it. */
interface Finding {
  name: string;
  status: 'ok' | 'missing' | 'wrong';
  message: string;
  /** The way out. */
  help?: string;
}

/** `waybill doctor`: what is set up and what is not, each with the way out. Exit code 1 where something is wrong. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const checks: Finding[] = [checkNode(), await checkGit()];
  const folder = options.workspace === undefined ? nearestWorkspace() : findWorkspace(options.workspace);
  const workspace = folder === undefined ? undefined : checkWorkspace(folder);
  checks.push(workspace === undefined ? noWorkspace() : describeFindings(workspace.diagnostics, folder ?? ''));
  if (workspace !== undefined) {
    const identities = identitySource(options);
    checks.push(...(await checkKeys(workspace, identities)), ...(await checkSecrets(workspace, identities)));
    checks.push(...(await checkRunner(options)));
  }
  if (options.format === 'json') console.log(JSON.stringify({ checks }));
  else for (const check of checks) console.log(render(check));
  return checks.some(({ status }) => status === 'wrong') ? EXIT.findings : EXIT.clean;
}

function checkNode(): Finding {
  // An older Node ends before this is reached.
  return { name: 'node', status: 'ok', message: `Node ${process.versions.node}` };
}

async function checkGit(): Promise<Finding> {
  try {
    const { stdout } = await promisify(execFile)('git', ['--version']);
    return { name: 'git', status: 'ok', message: stdout.trim() };
  } catch {
    const help = 'install it with the package manager of the system';
    return { name: 'git', status: 'missing', message: 'git is not installed', help };
  }
}

function noWorkspace(): Finding {
  const message = 'no folder from here upwards has a waybill.json';
  return { name: 'workspace', status: 'missing', message, help: 'go to a workspace, or name one with --workspace' };
}

function describeFindings(diagnostics: readonly Diagnostic[], folder: string): Finding {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  if (errors === 0) return { name: 'workspace', status: 'ok', message: `${folder} compiles` };
  const message = `${folder} has ${errors} error${errors === 1 ? '' : 's'}`;
  return { name: 'workspace', status: 'wrong', message, help: 'waybill check shows where and why' };
}

/** Whether there are private keys, for each account that has secrets. */
async function checkKeys({ workspace }: CheckedWorkspace, identities: IdentitySource): Promise<Finding[]> {
  const accounts = new Set([...workspace.secrets.keys()].map((path) => path.split('/')[1] ?? ''));
  const findings = [...accounts].map(async (account): Promise<Finding> => {
    const name = `private keys of ${account}`;
    try {
      const { length } = await identities(account);
      return { name, status: 'ok', message: `${length} at hand` };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { name, status: 'missing', message, help: helpOf(error) ?? 'name them with --keys' };
    }
  });
  return Promise.all(findings);
}

/** Opens each connection's file: only a runner with the right key can call its service. */
async function checkSecrets({ workspace }: CheckedWorkspace, identities: IdentitySource): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [path, text] of workspace.secrets) {
    const [, account = '', file = ''] = path.split('/');
    const connection = file.replace(/\.json$/, '');
    const name = `connection ${account}/${connection}`;
    const keys = await identities(account).catch(() => undefined);
    if (keys === undefined) {
      findings.push({ name, status: 'missing', message: 'cannot be tried without a private key' });
      continue;
    }
    try {
      await openConnection(text, { account, connection, identities: keys });
      findings.push({ name, status: 'ok', message: 'opens' });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const help = helpOf(error) ?? `waybill connect ${account} ${connection}`;
      findings.push({ name, status: 'wrong', message, help });
    }
  }
  return findings;
}

async function checkRunner(options: DoctorOptions): Promise<Finding[]> {
  try {
    const client = await RunnerClient.find(options);
    await client.get('/runs', { limit: 1 });
    const { status, queued } = await client.health();
    const subscriptions = describeSubscriptions(await client.get<SubscriptionListView>('/subscriptions'));
    const more = [...describePauses(await client.get<PauseListView>('/pauses')), ...subscriptions];
    const message = `up at ${client.url}`;
    if (status === 'ok') return [{ name: 'runner', status, message }, ...more];
    const help = 'look at what runs, with waybill runs list, or give it a larger --max-queued';
    const full = `${message}, but full: ${queued} runs wait for their turn`;
    return [{ name: 'runner', status: 'wrong', message: full, help }, ...more];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ name: 'runner', status: 'missing', message }];
  }
}

/** What somebody stopped, which is easily forgotten. */
function describePauses({ pauses }: PauseListView): Finding[] {
  return pauses.map(({ account, automation, since }): Finding => {
    const names = automation === undefined ? [account] : [account, automation];
    const help = `waybill resume ${names.join(' ')} lets it go on`;
    return { name: 'paused', status: 'missing', message: `${names.join('/')}, since ${since}`, help };
  });
}

/** Whether services send what automations wait for; nothing where none waits. */
function describeSubscriptions({ subscriptions, reason }: SubscriptionListView): Finding[] {
  if (subscriptions.length === 0) return [];
  const name = 'subscriptions';
  if (reason !== undefined) {
    const waiting = [...new Set(subscriptions.flatMap(({ automations }) => automations))].join(', ');
    const message = `nothing comes for ${waiting}: ${reason}`;
    return [{ name, status: 'missing', message, help: 'name the address at which services reach it' }];
  }
  const failed = subscriptions.filter(({ failure }) => failure !== undefined).length;
  if (failed === 0) return [{ name, status: 'ok', message: `${subscriptions.length} at services` }];
  const help = 'waybill subscriptions says why';
  return [{ name, status: 'wrong', message: `${failed} of ${subscriptions.length} failed`, help }];
}

function helpOf(error: unknown): string | undefined {
  return error instanceof Error && 'help' in error && typeof error.help === 'string' ? error.help : undefined;
}

const MARKS = { ok: '✓', missing: '–', wrong: '✗' };

function render({ name, status, message, help }: Finding): string {
  return `${MARKS[status]} ${name}: ${message}${help === undefined ? '' : `\n    ${help}`}`;
}
