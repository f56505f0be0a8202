import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { deployer, gitSource, newFolder, Origin } from './origin.ts';

function oneAccount(): Origin {
  const origin = new Origin();
  origin.account('acme');
  origin.automation('acme', 'one', '1');
  return origin;
}

function signWith(key: string): string[] {
  return ['-c', 'gpg.format=ssh', '-c', `user.signingkey=${key}`];
}

test('a forced push is deployed, and said with what it took away', async () => {
  const origin = oneAccount();
  origin.commit();
  const { reconciler, serving } = deployer(origin.folder);
  for (const value of ['2', '3']) {
    origin.automation('acme', 'one', value);
    origin.commit();
  }
  await reconciler.reconcile('start');
  origin.git('reset', '--quiet', '--hard', 'HEAD~2');
  origin.automation('acme', 'one', '4');
  origin.commit();
  const { lost, record } = await reconciler.reconcile('interval');
  assert.equal(lost, 2);
  assert.match(record?.steps[0]?.message ?? '', /forced push took 2 commits away/);
  assert.equal(serving()['acme/one'], '4');
  assert.equal((await reconciler.reconcile('command')).lost, 0);
});

test('a deleted branch stalls with that reason, what was deployed goes on, and a new one is taken up', async () => {
  const origin = oneAccount();
  origin.commit();
  const { reconciler, serving, statuses } = deployer(origin.folder);
  await reconciler.reconcile('start');
  origin.git('checkout', '--quiet', '-b', 'other/refs/heads/main');
  origin.git('branch', '--quiet', '-D', 'main');
  const { reason } = await reconciler.reconcile('interval');
  assert.deepEqual([reason?.code, statuses()], ['branch_missing', { '': 'branch_missing', acme: 'ready' }]);
  assert.match(reason?.message ?? '', /has no branch any more that is called main/);
  assert.equal(serving()['acme/one'], '1');
  origin.git('checkout', '--quiet', '-b', 'main');
  await reconciler.reconcile('interval');
  assert.deepEqual(statuses(), { '': 'ready', acme: 'ready' });
});

test('a repository out of reach stalls the whole, with one record however long it lasts', async () => {
  const origin = oneAccount();
  origin.commit();
  const { reconciler, store, statuses, serving } = deployer(origin.folder);
  await reconciler.reconcile('start');
  assert.equal((await reconciler.reconcile('interval')).record, undefined, 'nothing new leaves no record');
  renameSync(origin.folder, `${origin.folder}-away`);
  for (let time = 0; time < 3; time++) await reconciler.reconcile('interval');
  assert.deepEqual(statuses(), { '': 'source_unreachable', acme: 'ready' });
  assert.equal(store.inventory.reconciliations(9).length, 2);
  assert.equal(serving()['acme/one'], '1');
  renameSync(`${origin.folder}-away`, origin.folder);
  await reconciler.reconcile('interval');
  assert.deepEqual(statuses(), { '': 'ready', acme: 'ready' });
});

test('pushes while a reconciliation is under way share the next one, which ends at the last commit', async () => {
  const origin = oneAccount();
  origin.commit();
  const { reconciler, store, serving } = deployer(origin.folder);
  const asked = [reconciler.reconcile('start')];
  for (let value = 2; value < 8; value++) {
    origin.automation('acme', 'one', String(value));
    origin.commit();
    asked.push(reconciler.reconcile('push'));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(asked);
  assert.equal(serving()['acme/one'], '7');
  assert.ok(store.inventory.reconciliations(20).length < asked.length);
});

/** The first line of a file that git LFS keeps elsewhere, https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md. */
const LFS_POINTER = 'version https://git-lfs.github.com/spec/v1';

test('what is not a plain file stalls its account alone; a workspace in a folder of the repository is found', async () => {
  const origin = new Origin();
  origin.git('commit', '--quiet', '--allow-empty', '--message', 'x');
  origin.write('deploy/waybill.json', '{"waybill":"0.1.0"}');
  for (const account of ['link', 'module', 'name', 'fine']) {
    origin.write(`deploy/automations/${account}/account.json`, {
      name: account,
      recipients: ['age1x75zpmgtwv2hxyv0leu46vte3upyk9spxpylddwe6fknjxtqpyhs8pm47h'],
    });
  }
  origin.write('deploy/automations/name/new order.json', '{}');
  const head = origin.commit();
  const target = execFileSync('git', ['-C', origin.folder, 'hash-object', '-w', '--stdin'], { input: '/etc/passwd' });
  const cacheInfo = (mode: string, object: string, path: string): string =>
    origin.git('update-index', '--add', '--cacheinfo', `${mode},${object},${path}`);
  cacheInfo('120000', String(target).trim(), 'deploy/automations/link/one.json');
  cacheInfo('160000', head, 'deploy/automations/module/sub');
  cacheInfo('120000', String(target).trim(), 'deploy/automations/all_link');
  cacheInfo('160000', head, 'deploy/automations/all_module');
  origin.write('deploy/automations/large/account.json', `{"lfs":"${'x'.repeat(2_000_000)}"}`);
  origin.write('deploy/automations/lfs/one.json', `${LFS_POINTER}\noid sha256:${'0'.repeat(64)}\nsize 12345\n`);
  origin.git('add', 'deploy/automations/large', 'deploy/automations/lfs');
  origin.git('commit', '--quiet', '--message', 'x');
  const { reconciler } = deployer(origin.folder, { source: { path: 'deploy' } });
  const { stalled } = await reconciler.reconcile('start');
  assert.deepEqual(
    Object.fromEntries(stalled.map(({ account, reason }) => [account, /WB\d+/.exec(reason.message)?.[0]])),
    {
      all_link: 'WB1006',
      all_module: 'WB1006',
      large: 'WB1005',
      lfs: 'WB1006',
      link: 'WB1006',
      module: 'WB1006',
      name: 'WB1010',
    },
  );
});

test('only commits that an allowed ssh key signed are deployed', async () => {
  const keys = newFolder();
  const key = (name: string): string => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(keys, name)]);
    return join(keys, name);
  };
  const [allowed, other] = [key('allowed'), key('other')];
  const signers = join(keys, 'signers');
  writeFileSync(signers, `dev@example.com ${readFileSync(`${allowed}.pub`, 'utf8')}`);
  const origin = oneAccount();
  const { reconciler, statuses, serving } = deployer(origin.folder, {
    source: { signers: { ssh: signers, gpg: undefined } },
  });
  origin.git('add', '--all');
  origin.git(...signWith(allowed), 'commit', '--quiet', '-S', '--message', 'x');
  const { record } = await reconciler.reconcile('start');
  assert.equal(record?.steps[1]?.message, 'signed by dev@example.com');
  assert.equal(serving()['acme/one'], '1');
  origin.automation('acme', 'one', '2');
  origin.git('add', '--all');
  origin.git(...signWith(other), 'commit', '--quiet', '-S', '--message', 'x');
  await reconciler.reconcile('interval');
  assert.equal(statuses()[''], 'not_signed');
  origin.commit();
  await reconciler.reconcile('interval');
  assert.deepEqual([statuses()[''], serving()['acme/one']], ['not_signed', '1']);
});

test('only commits that an allowed gpg key signed are deployed', async () => {
  const [home, file] = [newFolder(), join(newFolder(), 'allowed.asc')];
  const gpg = (...args: string[]): Buffer =>
    execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', ...args], { stdio: 'pipe' });
  const make = (name: string): Buffer =>
    gpg('--passphrase', '', '--pinentry-mode', 'loopback', '--quick-generate-key', name, 'ed25519', 'sign', 'never');
  make('allowed@example.com');
  make('other@example.com');
  writeFileSync(file, gpg('--armor', '--export', 'allowed@example.com'));
  const origin = oneAccount();
  const signAs = (name: string): void => {
    origin.git('add', '--all');
    const settings = ['-c', `user.signingkey=${name}`, 'commit', '--quiet', '--allow-empty', '-S', '--message', 'x'];
    execFileSync('git', ['-C', origin.folder, '-c', 'user.name=T', '-c', 'user.email=t@example.com', ...settings], {
      env: { ...process.env, GNUPGHOME: home },
      stdio: 'pipe',
    });
  };
  const { reconciler, statuses } = deployer(origin.folder, { source: { signers: { ssh: undefined, gpg: file } } });
  try {
    signAs('allowed@example.com');
    await reconciler.reconcile('start');
    assert.equal(statuses()[''], 'ready');
    signAs('other@example.com');
    await reconciler.reconcile('interval');
    assert.equal(statuses()[''], 'not_signed');
  } finally {
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'all']);
  }
});

test('a token reaches the host and no command line; a wrong one is said', async () => {
  const origin = oneAccount();
  origin.commit();
  const server = createServer((request, response) => {
    const token = Buffer.from(request.headers.authorization?.split(' ')[1] ?? '', 'base64').toString();
    if (token !== 'x-access-token:tok-right') {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    const { pathname, search } = new URL(request.url ?? '/', 'http://host');
    // https://git-scm.com/docs/git-http-backend
    const cgi = spawn('git', ['http-backend'], {
      env: {
        ...process.env,
        GIT_PROJECT_ROOT: origin.folder,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        ...(request.headers['content-encoding'] === undefined ? {} : { HTTP_CONTENT_ENCODING: 'gzip' }),
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
    });
    request.pipe(cgi.stdin);
    const chunks: Buffer[] = [];
    cgi.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    cgi.on('close', () => {
      const output = Buffer.concat(chunks);
      const end = output.indexOf('\r\n\r\n');
      for (const line of output.subarray(0, end).toString().split('\r\n')) {
        const [name = '', value = ''] = line.split(': ');
        if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
        else response.setHeader(name, value);
      }
      response.end(output.subarray(end + 4));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const repository = `http://127.0.0.1:${(server.address() as AddressInfo).port}/.git`;
  const [shim, log] = [newFolder(), join(newFolder(), 'log')];
  writeFileSync(join(shim, 'git'), `#!/bin/sh\necho "$@" >> '${log}'\nPATH="$REAL_PATH" exec git "$@"\n`, {
    mode: 0o755,
  });
  const path = process.env['PATH'];
  process.env['REAL_PATH'] = path;
  process.env['PATH'] = `${shim}:${path}`;
  try {
    const source = gitSource(repository, newFolder(), {
      access: () => Promise.resolve({ token: 'tok-right', sshKey: undefined }),
    });
    const { revision } = await source.newest(undefined);
    assert.equal((await source.read(revision)).files.has('automations/acme/one.json'), true);
    const commands = readFileSync(log, 'utf8');
    assert.match(commands, /fetch/);
    assert.doesNotMatch(commands, /tok-right/);
    const wrong = gitSource(repository, newFolder(), {
      access: () => Promise.resolve({ token: 'tok-wrong', sshKey: undefined }),
    });
    await assert.rejects(wrong.newest(undefined), (error: Error) => {
      assert.match(error.message, /Authentication failed.*--token-file/s);
      assert.doesNotMatch(error.message, /tok-wrong/);
      return true;
    });
  } finally {
    process.env['PATH'] = path;
    server.close();
    server.closeAllConnections();
  }
});

test('a mirror that a killed git left locked or half made is mended', async () => {
  const origin = oneAccount();
  const commit = origin.commit();
  const data = newFolder();
  const mirror = join(data, 'git/mirror.git');
  mkdirSync(join(mirror, 'refs/waybill'), { recursive: true });
  for (const lock of ['refs/waybill/head.lock', 'config.lock', 'HEAD.lock']) writeFileSync(join(mirror, lock), '');
  assert.equal((await gitSource(origin.folder, data).newest(undefined)).revision, commit);
  assert.equal(existsSync(join(mirror, 'config.lock')), false);
});
