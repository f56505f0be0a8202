/** Takes the example automation of this repository through its whole way, and says in plain words what it does. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { renderPlan } from '../src/plan/render-text.ts';
import type { RunRecord } from '../src/run/records.ts';
import { checkWorkspace } from '../src/runner/check-workspace.ts';
import { Runner } from '../src/runner/runner.ts';
import { sealConnection } from '../src/secrets/connection-file.ts';
import { readKeyring } from '../src/secrets/keyring.ts';
import { createServer } from '../src/server/server.ts';
import { startAnthropicStandIn, type AnthropicStandIn } from './anthropic-stand-in.ts';

const ROOT = join(import.meta.dirname, '..');
/** What the committed secrets/demo/anthropic.json holds; only the stand-in takes it. */
const STAND_IN_KEY = 'sk-ant-demo-stand-in-not-a-real-key';
const TEXT =
  'Waybill keeps automations in git and proves their mappings before they run. Everything else follows from that.';

const { values: flags } = parseArgs({ options: { keep: { type: 'boolean' }, help: { type: 'boolean' } } });
if (flags.help) {
  console.log(
    'npm run demo [-- --keep]\n\nRuns the example automation. With --keep the runner stays up until Ctrl-C.\nWith ANTHROPIC_API_KEY set it calls the real Anthropic API, otherwise a local stand-in.',
  );
} else {
  process.exitCode = await demo();
}

async function demo(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-demo-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true })];
  try {
    return await story(folder, closing);
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

async function story(folder: string, closing: (() => Promise<unknown>)[]): Promise<number> {
  say('1. Check and plan the workspace of this repository');
  const workspace = join(folder, 'workspace');
  for (const part of ['waybill.json', 'automations', 'secrets'])
    await cp(join(ROOT, part), join(workspace, part), { recursive: true });
  const { diagnostics, plans } = await checkWorkspace(workspace);
  if (diagnostics.length > 0) {
    console.error('The workspace has findings: npm run -s waybill -- check');
    return 1;
  }
  for (const plan of plans) console.log(indent(renderPlan(plan)));

  say('2. The service');
  const standIn = await chooseService(workspace);
  if (standIn !== undefined) closing.push(() => standIn.close());

  say('3. Start the runner on a free port, with a new data folder');
  const runner = new Runner({
    workspace,
    data: join(folder, 'data'),
    identities: await readKeyring(join(ROOT, 'demo/demo.agekey'), { anyoneMayRead: true }),
    reroutes: new Map(standIn === undefined ? [] : [['anthropic', standIn.url]]),
    onError: (error) => console.error(error),
  });
  closing.push(() => runner.close(5000));
  await runner.begin();
  const server = createServer(runner);
  closing.push(() => server.close());
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const hook = `${url}/hooks/demo/summarize-text/${runner.deployed().get('demo/summarize-text')?.hookSecret}`;
  console.log(indent(`up at ${url}; data in ${join(folder, 'data')}`));

  say('4. Fire the webhook');
  const body = JSON.stringify({ text: TEXT });
  console.log(indent(`curl -X POST ${hook} -H 'content-type: application/json' -d '${body}'`));
  const response = await fetch(hook, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { run: id = '' } = (await response.json()) as { run?: string };
  console.log(indent(`answered ${response.status}: the request is on disk as run ${id}`));

  say('5. The run, step by step');
  const run = await runner.engine.finished(id);
  showRun(runner, run);
  const stored = runner.store.storage.get('demo', 'last_summary')?.value;

  say('6. The stored value');
  console.log(indent(`last_summary = ${JSON.stringify(stored)}`));
  console.log(
    '\nGo on with:\n  npm run -s waybill -- --help\n  npm run -s waybill -- plan\n  automations/demo/summarize-text.json',
  );
  if (flags.keep) await untilInterrupted();
  return run.status === 'succeeded' && stored !== undefined ? 0 : 1;
}

/** The stand-in, or nothing where the real service is called with the user's own key. */
async function chooseService(workspace: string): Promise<AnthropicStandIn | undefined> {
  const key = process.env['ANTHROPIC_API_KEY'];
  if (key === undefined || key === '') {
    const standIn = await startAnthropicStandIn({ apiKey: STAND_IN_KEY });
    console.log(
      indent(
        `ANTHROPIC_API_KEY is not set, so a local stand-in at ${standIn.url} plays Anthropic; its summary is the first sentence.`,
      ),
    );
    return standIn;
  }
  const account = JSON.parse(await readFile(join(workspace, 'automations/demo/account.json'), 'utf8')) as {
    recipients: string[];
  };
  const sealed = { account: 'demo', connection: 'anthropic', fields: { api_key: key }, hosts: ['api.anthropic.com'] };
  await writeFile(
    join(workspace, 'secrets/demo/anthropic.json'),
    await sealConnection({ ...sealed, recipients: account.recipients, now: new Date() }),
  );
  console.log(indent('Calls the real Anthropic API with your key, encrypted in a temporary copy of the workspace.'));
  return undefined;
}

function showRun(runner: Runner, run: RunRecord): void {
  for (const { key, input, startedAt, finishedAt, outcome } of runner.store.runs.attempts(run.id)) {
    const result = outcome?.ok === true ? outcome.output : (outcome?.failure ?? null);
    console.log(
      indent(
        `${outcome?.ok === true ? 'ok    ' : 'failed'} ${key.step}, attempt ${key.attempt}, ${(finishedAt ?? startedAt) - startedAt} ms`,
      ),
    );
    console.log(
      indent(`  input   ${JSON.stringify(runner.redactor.json(input))}\n  output  ${JSON.stringify(result)}`),
    );
  }
  console.log(
    indent(
      `run ${run.status}${run.failure === undefined ? '' : `: ${run.failure.message}\n${run.failure.help ?? ''}`}`,
    ),
  );
}

function untilInterrupted(): Promise<void> {
  console.log('\nThe runner stays up; Ctrl-C ends it.');
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

function say(title: string): void {
  console.log(`\n${title}`);
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '   ');
}
