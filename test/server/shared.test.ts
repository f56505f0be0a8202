import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { waybill } from '../cli/waybill.ts';
import { withRunner, type Setup } from './with-runner.ts';
import { withWorkspace } from './with-workspace.ts';

const ASK = {
  name: 'Ask',
  settings: { type: 'object', properties: { system: { type: 'string', default: 'Answer in one word.' } } },
  trigger: {
    webhook: {
      body: { type: 'object', required: ['text'], properties: { text: { type: 'string', minLength: 1 } } },
      verify: 'none',
      respond: 'finished',
    },
  },
  steps: [
    {
      id: 'ask',
      uses: 'anthropic.message_to_ai',
      connection: 'assistant',
      with: { prompt: '${{ trigger.body.text }}', system: '${{ settings.system }}' },
    },
  ],
  output: '${{ settings.system }} ${{ steps.ask.text }}',
};

/** Calls the webhook at the address that `waybill url` gives. */
async function call({ folder }: Setup, account: string, automation: string, body: object): Promise<unknown> {
  const { out, err } = await waybill(['url', account, automation, '--data', join(folder, 'data'), '--format', 'json']);
  assert.equal(err, '');
  const { url } = JSON.parse(out) as { url: string };
  const headers = { 'content-type': 'application/json' };
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json();
}

async function write({ folder }: Setup, path: string, value: object): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), JSON.stringify(value));
}

async function accountOf({ folder }: Setup): Promise<{ [property: string]: object }> {
  const text = await readFile(join(folder, 'automations/demo/account.json'), 'utf8');
  return JSON.parse(text) as { [property: string]: object };
}

test('each account runs a shared automation with its own settings, address and storage', async () => {
  await withRunner(async (setup) => {
    const { recipients } = await accountOf(setup);
    const sandbox = (other: string): object => ({
      name: 'Sandbox',
      recipients,
      install: { 'tally-leads': { settings: { sources: ['web'], other } } },
    });
    await write(setup, 'automations/demo-sandbox/account.json', sandbox('rest'));
    assert.deepEqual(await setup.runner.deploy(), []);
    const tally = (account: string, source: string): Promise<unknown> =>
      call(setup, account, 'tally-leads', { source });
    assert.deepEqual(await tally('demo', 'fair'), { source: 'fair', count: 1 });
    assert.deepEqual(await tally('demo-sandbox', 'fair'), { source: 'rest', count: 1 });
    await write(setup, 'automations/demo-sandbox/account.json', sandbox('elsewhere'));
    assert.deepEqual(await setup.runner.deploy(), []);
    assert.deepEqual(await tally('demo-sandbox', 'fair'), { source: 'elsewhere', count: 1 });
    assert.deepEqual(await tally('demo', 'friend'), { source: 'other', count: 1 });
  });
});

test('a shared automation calls through the connection that the account names for it', async () => {
  await withRunner(async (setup) => {
    const account = await accountOf(setup);
    await write(setup, 'automations/shared/ask.json', ASK);
    const install = { ...account['install'], ask: { connections: { assistant: 'anthropic' } } };
    await write(setup, 'automations/demo/account.json', { ...account, install });
    assert.deepEqual(await setup.runner.deploy(), []);
    assert.match(String(await call(setup, 'demo', 'ask', { text: 'Hello.' })), /^Answer in one word\. \S/);
  });
});

function listing(connection: string): object {
  const list = { id: 'list', uses: 'openai.list_models', connection, with: {} };
  return { name: 'List', trigger: { manual: {} }, steps: [list] };
}

test('a connection whose own file has all of a shared credential is one like any other', async () => {
  const shared = { connector: 'openai', accounts: ['acme'], secrets: { api_key: 'sk-of-all' } };
  const own = { connector: 'openai', shared: 'openai-key' };
  const files = {
    shared: { 'openai-key': shared },
    connections: { ours: { ...own, secrets: { api_key: 'sk-of-acme' } }, theirs: own },
    automations: { ours: listing('ours'), theirs: listing('theirs') },
  };
  await withWorkspace(
    files,
    ({ runner }) => {
      const sharedOf = (name: string): unknown => runner.deployed().get(`acme/${name}`)?.plan.connections[name]?.shared;
      assert.deepEqual([sharedOf('ours'), sharedOf('theirs')], [undefined, 'openai-key']);
      return Promise.resolve();
    },
    { sealedHosts: ['api.openai.com'] },
  );
});
