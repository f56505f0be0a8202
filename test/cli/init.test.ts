import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { UserShell } from './user-shell.ts';

interface Place {
  place: string;
  shell: UserShell;
  /** The folder of the new workspace. */
  workspace: string;
}

async function newPlace(context: TestContext): Promise<Place> {
  const place = await mkdtemp(join(tmpdir(), 'waybill-init-'));
  context.after(() => rm(place, { recursive: true, force: true }));
  return { place, shell: new UserShell(place), workspace: join(place, 'mine') };
}

test('a new workspace is clean, serves at once, and can be committed', { timeout: 60_000 }, async (context) => {
  const { place, shell, workspace } = await newPlace(context);
  const made = await shell.run('waybill init mine', place);
  assert.equal(made.code, 0, made.err);
  assert.match(made.out, /Made a private key in [^]*Go on:\n {2}cd mine\n {2}waybill check/);
  assert.equal((await stat(join(shell.home, '.config/waybill/keys.txt'))).mode & 0o777, 0o600);
  const first = await shell.run(
    'waybill check && git add --all && git commit --quiet -m start && git status --short',
    workspace,
  );
  assert.equal(first.code, 0, first.err);
  assert.match(first.out, /no findings/);
  const inner = await shell.run('waybill init another', workspace);
  assert.equal(inner.code, 2, inner.out);
  assert.match(inner.err, /would lie in the workspace .*mine, which would not read it/);

  const server = spawn('bash', ['-c', 'exec waybill dev --port 0'], { cwd: workspace, env: shell.env });
  try {
    let shown = '';
    server.stdout.on('data', (chunk) => (shown += String(chunk)));
    while (!/POST \S+/.test(shown)) await once(server.stdout, 'data');
    const [, hook = ''] = /POST (\S+)/.exec(shown) ?? [];
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(hook, { method: 'POST', headers, body: '{"name":"Ada"}' });
    assert.deepEqual(await response.json(), { greeting: 'Hello, Ada!', number: 1 });
  } finally {
    server.kill('SIGKILL');
  }
});

test('the hook refuses what would not compile as it is staged, and says where waybill is missing', async (context) => {
  const { place, shell, workspace } = await newPlace(context);
  await shell.run('waybill init mine', place);
  const greet = 'automations/demo/greet.json';
  const broken = await shell.run(`sed -i s/trigger.body.name/trigger.body.nmae/ ${greet} && git add --all`, workspace);
  assert.equal(broken.code, 0, broken.err);
  // What lies in the folder compiles again, what is staged does not.
  await shell.run(`sed -i s/trigger.body.nmae/trigger.body.name/ ${greet}`, workspace);
  const commit = await shell.run('git commit --quiet -m broken', workspace);
  assert.deepEqual([commit.code, /WB2006/.test(commit.out + commit.err)], [1, true]);
  const without = await shell.run('git commit --quiet -m x', workspace, { PATH: '/usr/bin:/bin' });
  assert.match(without.err, /^Nothing is committed, because waybill, which checks it, is not in the PATH/);
  const mended = await shell.run('git add --all && git commit --quiet -m mended && git status --short', workspace);
  assert.deepEqual([mended.code, mended.err.includes('WB')], [0, false], mended.err);
});

test('the hook and the check of secrets work where the workspace lies below the top of its repository', async (context) => {
  const { place, shell } = await newPlace(context);
  const repository = join(place, 'all');
  const git = (command: string) => shell.run(command, repository);
  await mkdir(join(repository, 'flows'), { recursive: true });
  await git('git init --quiet');
  const made = await git('waybill init flows');
  assert.match(made.out, /git config core\.hooksPath flows\/\.githooks\n/);
  await git('git config core.hooksPath flows/.githooks');
  const first = await git('git add --all && git commit --quiet -m first');
  assert.deepEqual([first.code, /no findings/.test(first.out + first.err)], [0, true], first.err);
  // Put together here, so that no scanner takes this file for a leak.
  const token = `ghp_${'a1B2'.repeat(9)}`;
  await writeFile(join(repository, 'flows/automations/demo/greet.json'), '{');
  for (const file of ['notes.md', 'flows/notes.md']) await writeFile(join(repository, file), `Use ${token}.\n`);
  await git('git add --all');
  for (const [command, places] of [
    ['git commit -m all', ['../notes.md:1:5', ' notes.md:1:5']],
    ['git commit -m part notes.md', ['../notes.md:1:5']],
    ['cd flows && git commit -m below', ['../notes.md:1:5', ' notes.md:1:5']],
  ] as const) {
    const { code, out, err } = await git(command);
    assert.equal(code, 1, command);
    for (const one of places) assert.ok((out + err).includes(one), `${command}: ${out}${err}`);
  }
  const broken = await git('rm *.md flows/*.md && git add --all && git commit -m broken');
  assert.match(broken.out + broken.err, /WB1\d{3}[^]*greet\.json/);
});

test('the hook refuses a commit with a secret in the open', { timeout: 60_000 }, async (context) => {
  const { place, shell, workspace } = await newPlace(context);
  await shell.run('waybill init mine', place);
  await mkdir(join(workspace, 'secrets/demo'), { recursive: true });
  await writeFile(join(workspace, 'secrets/demo/anthropic.json'), '{"api_key":"plain"}');
  const commit = await shell.run('git add --all && git commit --quiet -m start', workspace);
  assert.equal(commit.code, 1);
  assert.match(commit.out + commit.err, /WB5005/);
  assert.equal((await shell.run('git rev-parse HEAD', workspace)).code, 128, 'nothing was committed');
});

test('an account is added, with its rule for sops and its schema for editors', { timeout: 60_000 }, async (context) => {
  const { place, shell, workspace } = await newPlace(context);
  await shell.run('waybill init mine', place);
  const added = await shell.run('waybill init --account acme-sandbox', workspace);
  assert.equal(added.code, 0, added.err);
  const account = JSON.parse(
    await readFile(join(workspace, 'automations/acme-sandbox/account.json'), 'utf8'),
  ) as object;
  assert.match(JSON.stringify(account), /^\{"name":"Acme Sandbox","recipients":\["age1\w+"\]\}$/);
  assert.match(await readFile(join(workspace, '.sops.yaml'), 'utf8'), /\^secrets\/acme-sandbox\/\[\^\/\]\+\\\.json\$/);
  assert.match(await readFile(join(workspace, '.vscode/settings.json'), 'utf8'), /automation\.acme-sandbox\.schema/);
  assert.match((await shell.run('waybill check', workspace)).out, /no findings/);
  const again = await shell.run('waybill init --account acme-sandbox', workspace);
  assert.deepEqual([again.code, again.err], [2, 'waybill: there is an account acme-sandbox already\n']);
  for (const [name, words] of [
    ['shared', /accounts install/],
    ['Acme', /no name of an account/],
  ] as const)
    assert.match((await shell.run(`waybill init --account ${name}`, workspace)).err, words);
  const wrongKey = await shell.run('waybill init --account globex --recipient AGE-SECRET-KEY-1X', workspace);
  assert.deepEqual([wrongKey.code, /no age public key/.test(wrongKey.err)], [2, true]);
  assert.doesNotMatch(wrongKey.err, /SECRET/);
  assert.match((await shell.run('waybill init', workspace)).err, /is a workspace already/);
  assert.match((await shell.run('waybill init', place)).err, /there is no workspace here/);
});

test(
  'what is there already stays, and a repository that is there is left alone',
  { timeout: 60_000 },
  async (context) => {
    const { place, shell, workspace } = await newPlace(context);
    await mkdir(workspace);
    await writeFile(join(workspace, 'README.md'), 'mine\n');
    await shell.run('git init --quiet', workspace);
    const made = await shell.run('waybill init mine', place);
    assert.match(made.out, /README\.md was there already[^]*git config core\.hooksPath \.githooks/);
    assert.equal(await readFile(join(workspace, 'README.md'), 'utf8'), 'mine\n');
    assert.equal((await shell.run('git config core.hooksPath', workspace)).code, 1);
  },
);
