import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAnthropicStandIn, type AnthropicStandIn } from '../../demo/anthropic-stand-in.ts';
import { hookPath } from '../../src/runner/live-deployment.ts';
import { FolderSource } from '../../src/runner/deploy/folder-source.ts';
import { Runner } from '../../src/runner/runner.ts';
import { keyringFile } from '../../src/secrets/identity-source.ts';
import { serve } from '../../src/server/serve.ts';

const root = join(import.meta.dirname, '../..');
/** What `secrets/demo/anthropic.json` of this repository holds: a test key for the stand-in. */
export const DEMO_KEY = 'sk-ant-demo-stand-in-not-a-real-key';

export interface Setup {
  folder: string;
  runner: Runner;
  standIn: AnthropicStandIn;
  url: string;
  token: string;
  /** Ends the runner before the test does. */
  close: (drainMs?: number) => Promise<void>;
  post: (
    body: string,
    contentType?: string,
  ) => Promise<{ status: number; body: { run?: string; error?: { message: string; code: string } } }>;
}

/** The repository's own workspace on a real runner, server and stand-in. */
export async function withRunner(
  use: (setup: Setup) => Promise<void>,
  change: (automation: string) => string = (text) => text,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-runner-'));
  const standIn = await startAnthropicStandIn({ apiKey: DEMO_KEY });
  for (const part of ['waybill.json', 'automations', 'secrets'])
    await cp(join(root, part), join(folder, part), { recursive: true });
  const file = join(folder, 'automations/demo/summarize-text.json');
  await writeFile(file, change(await readFile(file, 'utf8')));
  const runner = new Runner({
    source: new FolderSource(folder),
    data: join(folder, 'data'),
    identities: keyringFile(join(root, 'demo/demo.agekey'), { anyoneMayRead: true }),
    // Tests bring the connector `shop`; the stand-in has nothing for it.
    reroutes: new Map(['anthropic', 'shop'].map((service) => [service, standIn.url])),
    onError: (error) => assert.fail(String(error)),
  });
  await runner.begin();
  assert.deepEqual(await runner.deploy(), []);
  const { url, token, close: closeServer } = await serve({ runner, port: 0 });
  let closed: Promise<void> | undefined;
  const close = (drainMs = 1000): Promise<void> => (closed ??= closeServer(drainMs));
  const automation = runner.deployed().get('demo/summarize-text');
  const path = automation && hookPath(automation);
  const post: Setup['post'] = async (body, contentType = 'application/json') => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
    });
    return { status: response.status, body: (await response.json()) as { run?: string } };
  };
  try {
    await use({ folder, runner, standIn, url, token, close, post });
  } finally {
    await close();
    await standIn.close();
    await rm(folder, { recursive: true });
  }
}
