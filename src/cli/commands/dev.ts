import { join } from 'node:path';
import { renderDiagnostic } from '../../diagnostics/render-text.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { readFile } from 'node:fs/promises';
import { hookPath } from '../../runner/live-deployment.ts';
import { Runner } from '../../runner/runner.ts';
import { watchWorkspace } from '../../runner/watch.ts';
import type { IdentitySource } from '../../secrets/identity-source.ts';
import { serve } from '../../server/serve.ts';
import { EXIT, UsageError } from '../exit.ts';
import { findWorkspace } from '../find-workspace.ts';
import { identitySource } from '../identities.ts';
import { interrupted } from '../interrupted.ts';
import type { KeyOptions } from '../options.ts';
import { dataFolder } from '../runner-client.ts';

export interface DevOptions extends KeyOptions {
  workspace?: string;
  port: string;
  data?: string;
  reroute: string[];
  publicUrl?: string;
}

const DRAIN_MS = 10_000;

/** `waybill dev`: the runner on the working tree, until it is interrupted. */
export async function dev(options: DevOptions): Promise<number> {
  const workspace = findWorkspace(options.workspace);
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError(`${options.port} is not a port`);
  const reroutes = new Map(options.reroute.map(parseReroute));
  const data = dataFolder(options);
  const identities = identitySource(options);
  const runner = new Runner({
    workspace,
    data,
    identities,
    reroutes,
    ...publicUrlOf(options),
    onError: (error) => console.error(error),
  });
  for (const [service, url] of reroutes)
    console.error(`WARNING: calls of ${service}, with their credentials, go to ${url}`);
  const { diagnostics, resumed } = await runner.begin();
  await show(workspace, diagnostics);
  if (options.keysCommand === undefined) await warnWithoutKeys(runner, identities);
  const server = await serve({ runner, port });
  console.log(`The runner is up at ${server.url}; its data is in ${data}. Ctrl-C ends it.`);
  console.log(`The API's token, until it ends: ${server.token}`);
  if (resumed > 0) console.log(`${resumed} runs that had not ended go on.`);
  showTriggers(runner, options.publicUrl ?? server.url);
  const unwatchRuns = runner.engine.watch(({ kind, run }) => {
    const why = run.failure === undefined ? '' : `: ${runner.redactor.text(run.failure.message)}`;
    if (kind === 'run_finished') console.log(`${run.account}/${run.automation} ${run.status} (${run.id})${why}`);
  });
  const unwatchFiles = watchWorkspace(workspace, async () => {
    const found = await runner.deploy();
    await show(workspace, found);
    console.log(
      found.some(({ severity }) => severity === 'error')
        ? 'Not deployed: what was deployed last goes on.'
        : 'Deployed.',
    );
  });
  await interrupted();
  unwatchFiles();
  unwatchRuns();
  console.log('The runner stops: what is under way may end, the rest goes on at the next start.');
  await server.close(DRAIN_MS);
  return EXIT.clean;
}

/** Without a key the workspace still compiles and runs, up to the first step that needs a credential. */
async function warnWithoutKeys(runner: Runner, identities: IdentitySource): Promise<void> {
  const accounts = new Map<string, string[]>();
  for (const account of new Set([...runner.deployed().values()].map(({ plan }) => plan.account))) {
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

function parseReroute(text: string): [string, string] {
  const [, service = '', url = ''] = /^([a-z][a-z0-9_-]*)=(https?:\/\/.+)$/.exec(text) ?? [];
  if (url === '' || !URL.canParse(url))
    throw new UsageError(`${text} is not a reroute`, 'for example: anthropic=http://127.0.0.1:4010');
  return [service, url];
}

function publicUrlOf({ publicUrl }: DevOptions): { publicUrl?: string } {
  if (publicUrl === undefined) return {};
  if (!/^https?:\/\//.test(publicUrl) || !URL.canParse(publicUrl))
    throw new UsageError(`${publicUrl} is not an address`, 'for example: https://hooks.example.com');
  return { publicUrl: publicUrl.replace(/\/+$/, '') };
}

function showTriggers(runner: Runner, url: string): void {
  for (const automation of runner.deployed().values()) {
    const { plan, trigger } = automation;
    if (trigger.kind === 'webhook') console.log(`  POST ${url}${hookPath(automation)}`);
    if (trigger.kind === 'poll') {
      const { on, every_ms: every } = trigger.trigger;
      console.log(`  ${plan.account}/${plan.automation} on ${on}, asked every ${every / 1000} s`);
    }
    if (trigger.kind === 'schedule') {
      const next = trigger.times.next(Date.now());
      const due = next === undefined ? 'never again' : `next ${new Date(next).toISOString()}`;
      console.log(
        `  ${plan.account}/${plan.automation} at ${trigger.schedule.cron} (${trigger.schedule.timezone}), ${due}`,
      );
    }
  }
}

async function show(workspace: string, diagnostics: readonly Diagnostic[]): Promise<void> {
  for (const diagnostic of diagnostics) {
    const source = await readFile(join(workspace, diagnostic.file), 'utf8').catch(() => undefined);
    console.error(renderDiagnostic(diagnostic, source));
  }
}
