import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { repositoryAddress } from '../../src/cli/repository-address.ts';
import type { DeployView } from '../../src/server/api-types.ts';
import { newFolder, Origin } from '../runner/deploy/origin.ts';
import { root, waybill } from './waybill.ts';

interface Serving {
  child: ChildProcess;
  /** Resolves with the match when the log says it, from the last match on. */
  says: (words: RegExp) => Promise<string[]>;
  stop: () => Promise<void>;
}

function startServe(args: string[]): Serving {
  const child = spawn(process.execPath, [join(root, 'src/cli/main.ts'), 'serve', '--port', '0', ...args]);
  let shown = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (shown += String(chunk)));
  const says = async (words: RegExp): Promise<string[]> => {
    for (const deadline = Date.now() + 30_000; Date.now() < deadline;) {
      const match = words.exec(shown);
      if (match !== null) {
        shown = shown.slice(match.index + match[0].length);
        return [...match];
      }
      assert.equal(child.exitCode, null, shown);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`${String(words)} was not said:\n${shown}`);
  };
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 0);
  };
  return { child, says, stop };
}

test(
  'serve follows a repository, takes pushes, obeys the deploy commands, and starts without the repository',
  { timeout: 60_000 },
  async () => {
    const origin = new Origin();
    for (const part of ['automations', 'secrets'])
      cpSync(join(root, part), join(origin.folder, part), { recursive: true });
    const first = origin.commit();
    const [data, secrets] = [newFolder(), newFolder()];
    const pushSecret = join(secrets, 'push');
    writeFileSync(pushSecret, 'shared-with-the-host\n');
    const keys = ['--keys', join(root, 'demo/demo.agekey'), '--public-keys'];
    const args = [
      '--repo',
      origin.folder,
      '--data',
      data,
      '--interval',
      '3600',
      '--push-secret-file',
      pushSecret,
      ...keys,
    ];
    let serving = startServe(args);
    try {
      const [, url = ''] = await serving.says(/up at (http\S+);/);
      await serving.says(/Deployed [0-9a-f]{10}\. 2 added, 0 changed, 0 removed\.\n {2}added demo\/summarize-text/);

      const file = 'automations/demo/summarize-text.json';
      const text = readFileSync(join(origin.folder, file), 'utf8');
      origin.write(file, text.replace('trigger.body.text', 'trigger.body.txet'));
      origin.commit();
      const push = (headers: { [name: string]: string }): Promise<Response> =>
        fetch(`${url}/push`, { method: 'POST', headers, body: '{"ref":"refs/heads/main"}' });
      const signature = createHmac('sha256', 'shared-with-the-host').update('{"ref":"refs/heads/main"}').digest('hex');
      assert.equal((await push({})).status, 401);
      assert.equal((await push({ 'x-hub-signature-256': `sha256=${signature.replace(/./, 'x')}` })).status, 401);
      assert.equal((await push({ 'x-gitlab-token': 'guessed' })).status, 401);
      assert.equal((await push({ 'x-hub-signature-256': `sha256=${signature}` })).status, 202);
      await serving.says(/Not deployed [^]*stalled demo: automations\/demo\/summarize-text\.json:\d+:\d+ WB2006/);

      const stalled = await waybill(['deploy', 'status', '--data', data, '--format', 'json']);
      const view = JSON.parse(stalled.out) as DeployView;
      assert.equal(stalled.code, 1);
      assert.deepEqual([view.whole?.applied, view.accounts[0]?.reason?.code], [first, 'account_broken']);
      assert.deepEqual(new Set(view.reconciliations.map(({ cause }) => cause)), new Set(['start', 'push']));

      origin.write(file, text.replace('max_tokens": 200', 'max_tokens": 300'));
      origin.commit();
      assert.equal((await push({ 'x-gitlab-token': 'shared-with-the-host' })).status, 202);
      await serving.says(/Deployed [0-9a-f]{10}\. 0 added, 1 changed, 0 removed\./);
      const back = await waybill(['deploy', 'rollback', '--data', data]);
      assert.match(back.out, new RegExp(`pinned +${first.slice(0, 10)}[^]*status +ready at ${first.slice(0, 10)}`));

      const forward = await waybill(['deploy', 'unpin', '--data', data]);
      assert.doesNotMatch(forward.out, /pinned/);
      await serving.stop();
      renameSync(origin.folder, `${origin.folder}-away`);
      serving = startServe(args);
      await serving.says(/served again: 2 automations\./);
      await serving.says(/Not deployed: \S+ cannot be fetched/);
      await serving.stop();
    } finally {
      serving.child.kill('SIGKILL');
    }
  },
);

async function refused(...args: string[]): Promise<string> {
  const { code, err } = await waybill(['serve', '--repo', root, '--data', newFolder(), ...args]);
  assert.equal(code, 2, err);
  return err;
}

test('what cannot work is refused with the way out', async () => {
  assert.match(await refused('--host', '0.0.0.0'), /does not listen on 0\.0\.0\.0 without TLS[^]*--public-url/);
  assert.match(
    await refused('--host', '0.0.0.0', '--public-url', 'https://waybill.example.com'),
    /before somebody has a token[^]*waybill tokens create/,
  );
  assert.match(await refused('--public-url', 'http://waybill.example.com'), /not a public address/);
  assert.match(await refused('--github', 'acme/flows'), /both --github and --github-token-file/);
});

test('addresses of repositories are taken as git takes them; a password or an open line is not', () => {
  assert.equal(repositoryAddress('https://host/acme/flows', true), 'https://host/acme/flows');
  assert.equal(repositoryAddress('git@host:acme/flows.git', false), 'git@host:acme/flows.git');
  assert.equal(repositoryAddress('ssh://git@host:2222/flows', false), 'ssh://git@host:2222/flows');
  assert.equal(repositoryAddress('flows', false), resolve('flows'));
  assert.throws(() => repositoryAddress('https://me:secret@host/x', false), /holds a password/);
  assert.throws(() => repositoryAddress('http://host/x', false), /not encrypted/);
  assert.throws(() => repositoryAddress('ext::sh -c x', false), /not taken/);
  assert.throws(() => repositoryAddress('git@host:x', true), /a token is for https/);
});
