/** Waybill with the example automation, once for each way to answer, behind the paths that the floor has too. */
import { createServer } from 'node:http';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { hookPath } from '../src/runner/live-deployment.ts';
import { FolderSource } from '../src/runner/deploy/folder-source.ts';
import { Runner } from '../src/runner/runner.ts';
import { sealConnection } from '../src/secrets/connection-file.ts';
import { serve } from '../src/server/serve.ts';

const [folder = '', service = '', more = '{}'] = process.argv.slice(2);
const workspace = join(folder, 'workspace');
const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);
await writeWorkspace();
const runner = new Runner({
  source: new FolderSource(workspace),
  data: join(folder, 'data'),
  identities: () => Promise.resolve([identity]),
  reroutes: new Map([['anthropic', service]]),
  onError: (error) => console.error(error),
});
await runner.begin();
await runner.deploy();
let finished = 0;
runner.engine.watch((event) => {
  if (event.kind === 'run_finished' && event.run.status === 'succeeded') finished++;
});
const counter = createServer((_request, response) => response.end(JSON.stringify({ finished }))).listen(0, '127.0.0.1');
const { url, token } = await serve({ runner, port: 0, rewriteUrl: ({ url = '' }) => pathOf(url.slice(1)) ?? url });
console.log(
  JSON.stringify({ url, token, counter: `http://127.0.0.1:${(counter.address() as { port: number }).port}` }),
);

function pathOf(mode: string): string | undefined {
  const live = runner.deployed().get(`bench/${mode}`);
  return live && hookPath(live);
}

async function writeWorkspace(): Promise<void> {
  const example = await readFile(join(import.meta.dirname, '../automations/demo/summarize-text.json'), 'utf8');
  await mkdir(join(workspace, 'automations/bench'), { recursive: true });
  await mkdir(join(workspace, 'secrets/bench'), { recursive: true });
  await writeFile(join(workspace, 'waybill.json'), '{"waybill":"0.1.0"}');
  const connections = { anthropic: { connector: 'anthropic' } };
  const account = { name: 'Bench', recipients: [recipient], connections, ...(JSON.parse(more) as object) };
  await writeFile(join(workspace, 'automations/bench/account.json'), JSON.stringify(account));
  for (const mode of ['accepted', 'finished']) {
    await writeFile(join(workspace, `automations/bench/${mode}.json`), example.replace('"accepted"', `"${mode}"`));
  }
  const fields = { api_key: 'sk-ant-bench' };
  const sealed = {
    account: 'bench',
    connection: 'anthropic',
    fields,
    hosts: ['api.anthropic.com'],
    recipients: [recipient],
    now: new Date(),
  };
  await writeFile(join(workspace, 'secrets/bench/anthropic.json'), await sealConnection(sealed));
}
