import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { Connecting } from '../../../src/runner/connecting/connecting.ts';
import { GitSource } from '../../../src/runner/deploy/git-source.ts';
import { openConnection } from '../../../src/secrets/connection-file.ts';

interface Remote {
  /** A bare repository. */
  folder: string;
  source: GitSource;
  identity: string;
  git: (...args: string[]) => string;
  /** Commits a change of one file on the branch, as somebody else does. */
  commit: (path: string, text: string) => void;
}

const BY = { id: 'x', name: 'Ada <at>\nAcme' };

function run(cwd: string, ...args: string[]): string {
  const as = ['-c', 'user.name=Bo', '-c', 'user.email=bo@example.com'];
  return execFileSync('git', [...as, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' }).trimEnd();
}

/** A bare repository whose workspace lies in a folder of its own, and a mirror of it. */
async function withRemote(use: (remote: Remote) => Promise<void>): Promise<void> {
  const base = mkdtempSync(join(tmpdir(), 'waybill-connect-'));
  const [folder, work] = [join(base, 'remote.git'), join(base, 'work')];
  const identity = await generateX25519Identity();
  run(base, 'init', '--quiet', '--bare', '-b', 'main', folder);
  run(base, 'clone', '--quiet', folder, work);
  const commit: Remote['commit'] = (path, text) => {
    mkdirSync(join(work, path, '..'), { recursive: true });
    writeFileSync(join(work, path), text);
    run(work, 'add', '.');
    run(work, 'commit', '--quiet', '-m', path);
    run(work, 'push', '--quiet', 'origin', 'HEAD:main');
  };
  const recipients = [await identityToRecipient(identity)];
  commit('flows/waybill.json', '{ "waybill": "0.1.0" }');
  commit('flows/automations/acme/account.json', JSON.stringify({ name: 'Acme', recipients }, undefined, 2));
  commit('README.md', 'More than a workspace.');
  const source = new GitSource({
    repository: folder,
    branch: 'main',
    path: 'flows',
    folder: join(base, 'data'),
    access: () => Promise.resolve({ token: undefined, sshKey: undefined }),
    signers: undefined,
  });
  try {
    await use({ folder, source, identity, commit, git: (...args) => run(folder, ...args) });
  } finally {
    source.stop();
    rmSync(base, { recursive: true });
  }
}

/** Enters a credential that no service is asked about. */
async function entered({ source }: Remote): Promise<{ connecting: Connecting; secret: string }> {
  const connecting = new Connecting({
    writer: source.writer,
    reroutes: new Map(),
    allowPrivate: new Set(),
    now: Date.now,
  });
  const asked = { account: 'acme', connection: 'hooks', connector: 'webhooks', by: BY, lifetimeMs: 60_000 };
  const { secret } = await connecting.mint(asked);
  await connecting.enter(secret, { secret: 'whsec_of-the-canary', header: 'X-Sig' });
  return { connecting, secret };
}

test('on a deployed runner a connection becomes a commit on a branch of its own, on top of the newest, without a checkout', async () => {
  await withRemote(async (remote) => {
    const { git, source, identity } = remote;
    const { connecting, secret } = await entered(remote);
    // Somebody else was faster with something else.
    remote.commit('flows/automations/acme/later.json', '{}');
    assert.equal(await connecting.save(secret), true);
    const state = connecting.find(secret)?.state;
    assert.ok(state?.kind === 'saved' && state.written.kind === 'branch');
    const { branch, base, commit, link, paths } = state.written;
    assert.match(branch, /^connect\/acme-hooks-[0-9a-f]{6}$/);
    assert.deepEqual([base, link], ['main', undefined]);
    assert.deepEqual(paths, ['flows/secrets/acme/hooks.json', 'flows/automations/acme/account.json']);
    assert.equal(git('rev-parse', branch), commit);
    assert.equal(git('rev-parse', `${branch}~1`), git('rev-parse', 'main'));
    assert.equal(
      git('log', '-1', '--format=%an|%ae|%cn|%s', branch),
      'Ada  at  Acme|waybill@localhost|Waybill|Add the credential of acme’s connection hooks',
    );
    assert.equal(
      git('diff', '--name-status', 'main', branch),
      'M\tflows/automations/acme/account.json\nA\tflows/secrets/acme/hooks.json',
    );
    const account = JSON.parse(git('show', `${branch}:flows/automations/acme/account.json`)) as { connections: object };
    assert.deepEqual(account.connections, { hooks: { connector: 'webhooks', fields: { header: 'X-Sig' } } });
    const opened = await openConnection(git('show', `${branch}:flows/secrets/acme/hooks.json`), {
      account: 'acme',
      connection: 'hooks',
      identities: [identity],
    });
    assert.deepEqual(opened.fields, { secret: 'whsec_of-the-canary' });
    git('fsck', '--strict');
    // What was pushed is not deployed: a merge does that.
    assert.equal((await source.newest(undefined)).revision, git('rev-parse', 'main'));
    assert.equal(await connecting.save(secret), false, 'the link is used up');
    assert.doesNotMatch(inspect(connecting, { depth: 20 }), /of-the-canary/);
  });
});

test('a push that is refused says why and loses nothing: it is saved once that is mended', async () => {
  await withRemote(async (remote) => {
    const hook = join(remote.folder, 'hooks/pre-receive');
    writeFileSync(hook, '#!/bin/sh\necho "only bots may push" >&2\nexit 1\n');
    chmodSync(hook, 0o755);
    const { connecting, secret } = await entered(remote);
    assert.equal(await connecting.save(secret), false);
    const state = connecting.find(secret)?.state;
    assert.ok(state?.kind === 'tried');
    assert.match(
      state.failure?.message ?? '',
      /remote\.git cannot be pushed to: remote: only bots may push; ! \[remote rejected\]/,
    );
    assert.match(state.change.sealed, /^\{/);
    assert.equal(remote.git('branch', '--list', 'connect/*'), '');
    rmSync(hook);
    assert.equal(await connecting.save(secret), true);
    assert.match(remote.git('branch', '--list', 'connect/*'), /acme-hooks/);
  });
});

test('who pressed twice has one branch; keys that were changed meanwhile ask for the credential anew', async () => {
  await withRemote(async (remote) => {
    const first = await entered(remote);
    const both = await Promise.all([first.connecting.save(first.secret), first.connecting.save(first.secret)]);
    assert.deepEqual(both, [true, false]);
    assert.equal(remote.git('branch', '--list', 'connect/*').split('\n').length, 1);
    const second = await entered(remote);
    const other = await identityToRecipient(await generateX25519Identity());
    remote.commit('flows/automations/acme/account.json', JSON.stringify({ name: 'Acme', recipients: [other] }));
    assert.equal(await second.connecting.save(second.secret), false);
    const state = second.connecting.find(second.secret)?.state;
    assert.match(state?.kind === 'tried' ? (state.failure?.message ?? '') : '', /public keys of acme were changed/);
  });
});
