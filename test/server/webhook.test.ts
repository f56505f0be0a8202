import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startAnthropicStandIn, type AnthropicStandIn } from '../../demo/anthropic-stand-in.ts';
import { Runner } from '../../src/runner/runner.ts';
import { readKeyring } from '../../src/secrets/keyring.ts';
import { createServer } from '../../src/server/server.ts';

const root = join(import.meta.dirname, '../..');
/** What `secrets/demo/anthropic.json` of this repository holds: a test key for the stand-in. */
const DEMO_KEY = 'sk-ant-demo-stand-in-not-a-real-key';

interface Setup {
  folder: string;
  runner: Runner;
  standIn: AnthropicStandIn;
  post: (
    body: string,
    contentType?: string,
  ) => Promise<{ status: number; body: { run?: string; error?: { message: string; code: string } } }>;
}

/** The repository's own workspace on a real runner, server and stand-in. */
async function withRunner(
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
    workspace: folder,
    data: join(folder, 'data'),
    identities: await readKeyring(join(root, 'demo/demo.agekey'), { anyoneMayRead: true }),
    reroutes: new Map([['anthropic', standIn.url]]),
    onError: (error) => assert.fail(String(error)),
  });
  const { diagnostics } = await runner.begin();
  assert.deepEqual(diagnostics, []);
  const server = createServer(runner);
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const secret = runner.deployed().get('demo/summarize-text')?.hookSecret;
  const post: Setup['post'] = async (body, contentType = 'application/json') => {
    const response = await fetch(`${url}/hooks/demo/summarize-text/${secret}`, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
    });
    return { status: response.status, body: (await response.json()) as { run?: string } };
  };
  try {
    await use({ folder, runner, standIn, post });
  } finally {
    await server.close();
    await runner.close(1000);
    await standIn.close();
    await rm(folder, { recursive: true });
  }
}

test('a webhook becomes a run that calls the service and keeps the summary', async () => {
  await withRunner(async ({ runner, post }) => {
    const { status, body } = await post('{"text":"All is well. The rest is detail."}');
    assert.equal(status, 202);
    const run = await runner.engine.finished(body.run ?? '');
    assert.equal(run.status, 'succeeded', JSON.stringify(run.failure));
    assert.equal(runner.store.storage.get('demo', 'last_summary')?.value, 'All is well.');
    assert.deepEqual(
      runner.store.runs.attempts(run.id).map(({ key }) => key.step),
      ['summarize', 'save'],
    );
    assert.ok(!JSON.stringify(runner.store.runs.attempts(run.id)).includes(DEMO_KEY));
  });
});

test('what does not fit is refused in words, and kept', async () => {
  await withRunner(async ({ runner, post }) => {
    const wrong = await post('{"message":"hi"}');
    assert.equal(wrong.status, 400);
    assert.equal(wrong.body.error?.message, 'the body lacks the property `text`; it has `message`');
    assert.match((await post('{"text":')).body.error?.message ?? '', /the body is not JSON/);
    assert.equal((await post('text', 'text/plain')).status, 415);
    assert.equal((await post(`{"text":"${'x'.repeat(1_100_000)}"}`)).status, 413);
    assert.equal((await post('text=from+a+form', 'application/x-www-form-urlencoded')).status, 202);
    assert.deepEqual(
      runner.store.refusals.list({ limit: 10 }).map(({ status }) => status),
      [415, 400, 400],
    );
  });
});

test('an answer that waits gives the output, and 502 with the run where it failed', async () => {
  await withRunner(
    async ({ runner, post, standIn }) => {
      assert.deepEqual(await post('{"text":"One. Two."}'), { status: 200, body: { summary: 'One.' } });
      standIn.fail({ kind: 'error', status: 401, type: 'authentication_error', message: 'invalid x-api-key' });
      const failed = await post('{"text":"One. Two."}');
      assert.equal(failed.status, 502);
      assert.equal(runner.store.runs.get(failed.body.run ?? '')?.failure?.class, 'credential');
    },
    (text) =>
      text
        .replace('"accepted"', '"finished"')
        .replace(/\n\}\s*$/, ',\n  "output": { "summary": "${{ steps.summarize.text }}" }\n}\n'),
  );
});

test('a save that does not compile leaves the last good deployment; one that does is deployed', async () => {
  await withRunner(async ({ folder, runner, post }) => {
    const file = join(folder, 'automations/demo/summarize-text.json');
    const text = await readFile(file, 'utf8');
    const before = runner.deployed().get('demo/summarize-text')?.digest;
    await writeFile(file, text.replace('trigger.body.text', 'trigger.body.txet'));
    assert.deepEqual(
      (await runner.deploy()).map(({ code }) => code),
      ['WB2006'],
    );
    assert.equal(runner.deployed().get('demo/summarize-text')?.digest, before);
    assert.equal((await post('{"text":"Still here."}')).status, 202);
    await writeFile(file, text.replace('one sentence', 'two sentences'));
    assert.deepEqual(await runner.deploy(), []);
    assert.notEqual(runner.deployed().get('demo/summarize-text')?.digest, before);
  });
});

test('a hook with a wrong secret, or of nothing, says nothing', async () => {
  await withRunner(async ({ runner }) => {
    const server = createServer(runner);
    for (const path of ['/hooks/demo/summarize-text/wrong', '/hooks/demo/nothing/x', '/nothing']) {
      assert.equal((await server.inject({ method: 'POST', url: path, payload: '{"text":"x"}' })).statusCode, 404);
    }
    assert.deepEqual(runner.store.refusals.list({ limit: 10 }), []);
    await server.close();
  });
});
