import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunDetailView } from '../../src/server/api-types.ts';
import { waybill, type Result } from '../cli/waybill.ts';
import { withRunner, type Setup } from './with-runner.ts';

const GREET = JSON.stringify({
  name: 'Greet',
  trigger: {
    manual: {
      input: {
        type: 'object',
        required: ['name', 'id'],
        properties: { name: { type: 'string' }, id: { type: 'integer' } },
      },
    },
  },
  steps: [{ id: 'save', uses: 'storage.set', with: { key: 'id', value: '${{ trigger.input.id }}' } }],
  output: 'Hello, ${{ trigger.input.name }}',
});

async function withGreeting(use: (setup: Setup) => Promise<void>): Promise<void> {
  await withRunner(async (setup) => {
    await writeFile(join(setup.folder, 'automations/demo/greet.json'), GREET);
    assert.deepEqual(await setup.runner.deploy(), []);
    await use(setup);
  });
}

function run({ folder }: Setup, ...args: string[]): Promise<Result> {
  return waybill(['run', ...args, '--data', join(folder, 'data')]);
}

test('a run is started by hand and followed to its end, and its input comes as it was written', async () => {
  await withGreeting(async (setup) => {
    const { code, out, err } = await run(
      setup,
      'demo',
      'greet',
      '--input',
      '{"name":"Ada","id":9007199254740993}',
      '--format',
      'json',
    );
    assert.equal(code, 0, err);
    const { run: ended } = JSON.parse(out) as RunDetailView;
    assert.deepEqual([ended.status, ended.output], ['succeeded', 'Hello, Ada']);
    assert.match(out, /"value":9007199254740993/);
    const folder = await mkdtemp(join(tmpdir(), 'waybill-input-'));
    await writeFile(join(folder, 'input.json'), '{"name":"Bob","id":2}');
    const shown = await run(setup, 'demo', 'greet', '--input-file', join(folder, 'input.json'));
    await rm(folder, { recursive: true });
    assert.match(shown.out, /succeeded[^]*Hello, Bob/);
  });
});

test('what does not fit is refused with the reason, and starts nothing', async () => {
  await withGreeting(async (setup) => {
    const wrong = await run(setup, 'demo', 'greet', '--input', '{"name":1}');
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /the input lacks the property `id`; the input\.name must be/);
    assert.match((await run(setup, 'demo', 'greet')).err, /the automation needs an input/);
    assert.match((await run(setup, 'demo', 'greet', '--input', '{')).err, /--input is not JSON/);
    const unknown = await run(setup, 'demo', 'great', '--input', '1');
    assert.deepEqual([unknown.code, /great is not deployed[^]*demo\/greet/.test(unknown.err)], [1, true]);
    assert.match((await run(setup, 'demo', 'summarize-text')).err, /not started by hand: its trigger is webhook/);
    assert.equal(setup.runner.store.runs.list({ limit: 10 }).length, 0);
  });
});

test('an automation that is started by hand has no webhook', async () => {
  await withGreeting(async ({ url, token }) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/api/v1/hooks/demo/greet`, { headers });
    assert.equal(response.status, 409);
    assert.match(JSON.stringify(await response.json()), /no_hook.*its trigger is manual/);
    assert.equal((await fetch(`${url}/hooks/demo/greet/${'a'.repeat(43)}`, { method: 'POST' })).status, 404);
  });
});
