import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { TokenListView } from '../../src/server/access-types.ts';
import { UserShell } from '../cli/user-shell.ts';
import { root } from '../cli/waybill.ts';
import { newFolder } from '../runner/deploy/origin.ts';

const guide = readFileSync(join(root, 'docs/guides/access.md'), 'utf8');

const ACCOUNT = { name: 'Acme', timezone: 'UTC', locale: 'en-GB', region: 'GB', currency: 'GBP' };
const GREET = {
  name: 'Greet',
  trigger: { webhook: { body: { type: 'object' }, verify: 'none', respond: 'accepted' } },
  steps: [{ id: 'keep', uses: 'storage.set', with: { key: 'greeted', value: true } }],
};

function workspace(): string {
  const place = newFolder();
  const account = join(place, 'automations/acme');
  mkdirSync(account, { recursive: true });
  const recipients = ['age1y4702sehvymae54q8mqn5clq50l9qchtdknq029vwxn52h0qwy6q7uca0a'];
  writeFileSync(join(place, 'waybill.json'), '{ "waybill": "0.1.0" }');
  writeFileSync(join(account, 'account.json'), JSON.stringify({ ...ACCOUNT, recipients }));
  writeFileSync(join(account, 'greet.json'), JSON.stringify(GREET));
  return place;
}

test(
  'the commands of the guide to access make a token that opens the API, and write down what was done',
  { timeout: 60_000 },
  async () => {
    const place = workspace();
    const shell = new UserShell(place);
    const serve = async (options: string, use: (said: string) => Promise<void>): Promise<void> => {
      const script = `exec waybill dev --data data --port 0 ${options}`;
      const serving = spawn('bash', ['-euc', script], { cwd: place, env: shell.env });
      let said = '';
      for (const stream of [serving.stdout, serving.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
      try {
        while (!said.includes('The runner is up')) {
          assert.equal(serving.exitCode, null, said);
          await delay(10);
        }
        await use(said);
      } finally {
        if (serving.kill('SIGTERM')) await once(serving, 'close');
      }
    };
    const blocks = new Map(
      [...guide.matchAll(/```sh( \w+)?\n([^]*?)```/g)].map(([, name, text]) => [name ?? text, text]),
    );
    const call = blocks.get(' call') ?? '';
    const commands = [...blocks].flatMap(([name, text]) => (name === ' call' ? [] : [text])).join('');
    let token = '';
    await serve('', async (said) => {
      const runner = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? '';
      const { code, out, err } = await shell.run(commands, place);
      assert.equal(code, 0, err);
      token = /^wbt_\S+$/m.exec(out)?.[0] ?? '';
      assert.match(out, /Ada at Acme +operator +acme +usable/);
      assert.match(out, /owner of the data folder \(owner\) +POST \/tokens +Ada at Acme +201/);
      assert.match(out, /The address before this one is taken until 20/);
      const asked = await shell.run(`TOKEN=${token} RUNNER=${runner}\n${call}`, place);
      assert.deepEqual(JSON.parse(asked.out), { runs: [] });
    });
    // Now that somebody has a token, the runner listens beyond this machine.
    await serve('--host 0.0.0.0 --public-url https://waybill.example.com', async () => {
      const { url } = JSON.parse(readFileSync(join(place, 'data/runner.json'), 'utf8')) as { url: string };
      const headers = { authorization: `Bearer ${token}` };
      assert.equal((await fetch(`${url}/api/v1/me`, { headers })).status, 200);
      const shown = await shell.run('waybill url acme greet --data data', place);
      assert.match(shown.out, /^https:\/\/waybill\.example\.com\/hooks\/acme\/greet\//);
      const listed = await shell.run('waybill tokens list --data data --format json', place);
      const made = (JSON.parse(listed.out) as TokenListView).tokens.find(({ name }) => name === 'Ada at Acme');
      const revoked = await shell.run(`waybill tokens revoke ${made?.id} --data data`, place);
      assert.match(revoked.out, /is revoked since/);
      assert.equal((await fetch(`${url}/api/v1/me`, { headers })).status, 401);
    });
  },
);
