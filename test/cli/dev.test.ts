import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startAnthropicStandIn } from '../../demo/anthropic-stand-in.ts';

const root = join(import.meta.dirname, '../..');

test(
  'dev serves, follows saves, keeps the last good deployment, and ends when asked',
  { timeout: 30_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'waybill-dev-'));
    const standIn = await startAnthropicStandIn({ apiKey: 'sk-ant-demo-stand-in-not-a-real-key' });
    for (const part of ['waybill.json', 'automations', 'secrets'])
      await cp(join(root, part), join(folder, part), { recursive: true });
    const args = [
      'dev',
      '--workspace',
      folder,
      '--port',
      '0',
      '--keys',
      join(root, 'demo/demo.agekey'),
      '--public-keys',
      '--reroute',
      `anthropic=${standIn.url}`,
    ];
    const child = spawn(process.execPath, [join(root, 'src/cli/main.ts'), ...args]);
    let shown = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (shown += String(chunk)));
    const says = async (words: RegExp): Promise<string[]> => {
      for (;;) {
        const match = words.exec(shown);
        if (match !== null) return [...match];
        assert.equal(child.exitCode, null, shown);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    try {
      const [, hook = ''] = await says(/POST (http\S+)/);
      await says(/WARNING: calls of anthropic/);
      const post = (): Promise<Response> =>
        fetch(hook, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"text":"One. Two."}' });
      assert.equal((await post()).status, 202);
      await says(/demo\/summarize-text succeeded/);
      const file = join(folder, 'automations/demo/summarize-text.json');
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace('trigger.body.text', 'trigger.body.txet'));
      await says(/WB2006[^]*Not deployed/);
      assert.equal((await post()).status, 202);
      await writeFile(file, text);
      await says(/\nDeployed\./);
      child.kill('SIGTERM');
      const [code] = (await once(child, 'close')) as [number];
      assert.equal(code, 0);
    } finally {
      child.kill('SIGKILL');
      await standIn.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
);
