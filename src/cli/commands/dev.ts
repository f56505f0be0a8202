import { renderDiagnostic } from '../../diagnostics/render-text.ts';
import { FolderSource } from '../../runner/deploy/folder-source.ts';
import type { Reconciled } from '../../runner/deploy/reconciler.ts';
import { hookPath } from '../../runner/live-deployment.ts';
import { Runner } from '../../runner/runner.ts';
import { watchWorkspace } from '../../runner/watch.ts';
import type { IdentitySource } from '../../secrets/identity-source.ts';
import { serve } from '../../server/serve.ts';
import type { StoreError } from '../../store/store-error.ts';
import { count } from '../count.ts';
import { findWorkspace } from '../find-workspace.ts';
import { identitySource } from '../identities.ts';
import { describeReconciled } from '../render-deploy.ts';
import { dataFolder } from '../runner-client.ts';
import {
  allowPrivateOf,
  auditLimitsOf,
  backlogOf,
  listenAddress,
  logRuns,
  requireAccess,
  reroutesOf,
  stopServer,
  tell,
  untilItStops,
  type RunnerProcessOptions,
} from '../runner-process.ts';

export interface DevOptions extends RunnerProcessOptions {
  workspace?: string;
  data?: string;
}

/** Automations that are shown at the start. */
const SHOWN = 20;

/** `waybill dev`: the runner on the working tree, until it is interrupted. */
export async function dev(options: DevOptions): Promise<number> {
  const workspace = findWorkspace(options.workspace);
  const address = listenAddress(options);
  const data = dataFolder(options);
  const identities = identitySource(options);
  const broken = Promise.withResolvers<StoreError>();
  const runner = new Runner({
    onBroken: broken.resolve,
    source: new FolderSource(workspace),
    data,
    identities,
    reroutes: reroutesOf(options),
    allowPrivate: allowPrivateOf(options),
    auditLimits: auditLimitsOf(options),
    publicUrl: address.publicUrl,
    backlog: backlogOf(options),
    onError: tell,
  });
  await requireAccess(address, runner);
  const resumed = await runner.begin();
  const begun = await runner.reconciler.reconcile('start');
  showFindings(begun);
  if (options.keysCommand === undefined) await warnWithoutKeys(runner, identities);
  const server = await serve({ runner, ...address });
  console.log(`The runner is up at ${server.url}; its data is in ${data}. Ctrl-C ends it.`);
  console.log(`The API's token, until it ends: ${server.token}`);
  if (resumed > 0) console.log(`${count(resumed, 'run')} that had not ended: taken up again.`);
  showTriggers(runner, address.publicUrl ?? server.url);
  if (address.publicUrl === undefined && listens(runner))
    console.log('No service can send events here: start with --public-url where they reach the runner.');
  if (begun.stalled.length > 0) for (const line of describeReconciled(begun)) console.log(line);
  const unwatchRuns = logRuns(runner);
  const unwatchFiles = watchWorkspace(workspace, async () => {
    const reconciled = await runner.reconciler.reconcile('save');
    showFindings(reconciled);
    for (const line of describeReconciled(reconciled)) console.log(line);
  });
  const code = await untilItStops(broken.promise);
  unwatchFiles();
  unwatchRuns();
  await stopServer(server);
  return code;
}

/** Without a key the workspace still compiles and runs, up to the first step that needs a credential. */
async function warnWithoutKeys(runner: Runner, identities: IdentitySource): Promise<void> {
  const accounts = new Map<string, string[]>();
  for (const account of new Set([...runner.deployed().keys()].map((name) => name.split('/')[0] ?? ''))) {
    try {
      await identities(account);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      accounts.set(reason, [...(accounts.get(reason) ?? []), account]);
    }
  }
  for (const [reason, without] of accounts) {
    const which = `Steps of ${without.join(', ')} that need a credential`;
    console.error(`No private key: ${reason}. ${which} will fail until there is one (--keys, --keys-command).`);
  }
}

function showFindings({ diagnostics, files }: Reconciled): void {
  for (const diagnostic of diagnostics) console.error(renderDiagnostic(diagnostic, files.get(diagnostic.file)));
}

/** Whether an automation waits for what a service sends. */
function listens(runner: Runner): boolean {
  const deployed = runner.deployed();
  return [...deployed.keys()].some((name) => deployed.get(name)?.trigger.kind === 'event');
}

function showTriggers(runner: Runner, url: string): void {
  const deployed = runner.deployed();
  for (const name of [...deployed.keys()].slice(0, SHOWN)) {
    const automation = deployed.get(name);
    if (automation?.trigger.kind === 'webhook') console.log(`  POST ${url}${hookPath(automation)}`);
    if (automation?.trigger.kind === 'poll') {
      const { on, every_ms: every } = automation.trigger.trigger;
      console.log(`  ${name} on ${on}, asked every ${every / 1000} s`);
    }
    if (automation?.trigger.kind === 'event') {
      const { on, verify } = automation.trigger.trigger;
      console.log(`  ${name} on ${on}, sent to the connection ${verify.connection}`);
    }
    if (automation?.trigger.kind === 'schedule') {
      const { schedule, times } = automation.trigger;
      const next = times.next(Date.now());
      const due = next === undefined ? 'never again' : `next ${new Date(next).toISOString()}`;
      console.log(`  ${name} at ${schedule.cron} (${schedule.timezone}), ${due}`);
    }
  }
  if (deployed.size > SHOWN) console.log(`  and ${deployed.size - SHOWN} more: waybill url ACCOUNT AUTOMATION`);
}
