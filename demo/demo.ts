/** Takes the example automation of this repository through its whole way, and says in plain words what it does. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { namePlan } from '../src/plan/digest.ts';
import { renderPlan } from '../src/plan/render-text.ts';
import { renderRun } from '../src/cli/render-run.ts';
import { checkWorkspace } from '../src/runner/check-workspace.ts';
import { hookPath } from '../src/runner/live-deployment.ts';
import { FolderSource } from '../src/runner/deploy/folder-source.ts';
import { Runner } from '../src/runner/runner.ts';
import { sealConnection } from '../src/secrets/connection-file.ts';
import { keyringFile } from '../src/secrets/identity-source.ts';
import type { RunDetailView, StorageEntryView } from '../src/server/api-types.ts';
import { serve } from '../src/server/serve.ts';
import { startAnthropicStandIn, type AnthropicStandIn } from './anthropic-stand-in.ts';

const ROOT = join(import.meta.dirname, '..');
/** What the committed secrets/demo/anthropic.json holds; only the stand-in takes it. */
const STAND_IN_KEY = 'sk-ant-demo-stand-in-not-a-real-key';
const TEXT =
  'Waybill keeps automations in git and proves their mappings before they run. Everything else follows from that.';

const GO_ON = `npm run demo -- --keep          the same, and the runner stays up for more
npm run -s waybill -- --help    all commands; check, plan and connector search need no runner
automations/demo/               the automation, its account and its test
docs/guides/first-steps.md      your own automation`;

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
  const { diagnostics, plans } = checkWorkspace(workspace);
  if (diagnostics.length > 0) {
    console.error('The workspace has findings: npm run -s waybill -- check');
    return 1;
  }
  for (const plan of plans) console.log(indent(renderPlan(namePlan(plan))));

  say('2. The service');
  const standIn = await chooseService(workspace);
  if (standIn !== undefined) closing.push(() => standIn.close());

  say('3. Start the runner on a free port, with a new data folder');
  const runner = new Runner({
    source: new FolderSource(workspace),
    data: join(folder, 'data'),
    identities: keyringFile(join(ROOT, 'demo/demo.agekey'), { anyoneMayRead: true }),
    reroutes: new Map(standIn === undefined ? [] : [['anthropic', standIn.url]]),
    onError: (error) => console.error(error),
  });
  await runner.begin();
  await runner.deploy();
  const { url, token, close } = await serve({ runner, port: 0 });
  closing.push(() => close(5000));
  const automation = runner.deployed().get('demo/summarize-text');
  const hook = `${url}${automation && hookPath(automation)}`;
  console.log(indent(`up at ${url}; data in ${join(folder, 'data')}`));

  say('4. Fire the webhook');
  const body = JSON.stringify({ text: TEXT });
  console.log(indent(`curl -X POST ${hook} -H 'content-type: application/json' -d '${body}'`));
  const response = await fetch(hook, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { run: id = '' } = (await response.json()) as { run?: string };
  console.log(indent(`answered ${response.status}: the request is on disk as run ${id}`));

  say('5. The run, step by step, as the API gives it');
  await runner.engine.finished(id);
  const read = async (path: string): Promise<unknown> =>
    (await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })).json();
  const detail = (await read(`/runs/${id}`)) as RunDetailView;
  console.log(indent(renderRun(detail)));

  say('6. The stored value');
  const entry = (await read('/storage/demo/last_summary')) as Partial<StorageEntryView>;
  console.log(indent(`last_summary = ${JSON.stringify(entry.value)}`));

  say('Go on');
  if (flags.keep) await stayUp(runner.data, workspace);
  else console.log(indent(GO_ON));
  return detail.run.status === 'succeeded' && entry.value !== undefined ? 0 : 1;
}

/** Keeps the runner until Ctrl-C, and says what to ask it. */
async function stayUp(data: string, workspace: string): Promise<void> {
  const to = `--data ${data} --workspace ${workspace}`;
  const commands = ['runs list', 'runs show RUN', 'storage list demo', 'url demo summarize-text', 'runs wait'];
  for (const command of commands) console.log(indent(`npm run -s waybill -- ${command} ${to}`));
  console.log('\nThe runner stays up; Ctrl-C ends it.');
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
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

function say(title: string): void {
  console.log(`\n${title}`);
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '   ');
}
