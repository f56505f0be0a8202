import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { parse } from 'acorn';
import { VERSION } from '../../src/version.ts';

const root = join(import.meta.dirname, '../..');
let folder = '';
let installed = '';
let command = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waybill-package-'));
  await npm(root, ['pack', '--pack-destination', folder]);
  const project = join(folder, 'project');
  await npm(folder, [
    'install',
    '--prefix',
    project,
    '--ignore-scripts',
    '--offline',
    '--no-audit',
    '--no-fund',
    join(folder, `waybill-${VERSION}.tgz`),
  ]);
  installed = join(project, 'node_modules');
  command = join(installed, '.bin/waybill');
  for (const part of ['waybill.json', 'automations', 'secrets'])
    await cp(join(root, part), join(folder, 'workspace', part), { recursive: true });
});

after(() => rm(folder, { recursive: true, force: true }));

interface Result {
  code: number | string | null;
  out: string;
  err: string;
}

/** Runs a program in the example workspace. */
function run(program: string, args: string[]): Promise<Result> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: join(folder, 'workspace') }, (error, out, err) => {
      resolve({ code: error === null ? 0 : (error.code ?? null), out, err });
    });
  });
}

function npm(cwd: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('npm', args, { cwd }, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** A piece of the program, named by what it begins with and by its content. */
const PIECE = /^dist\/(?<name>[a-z0-9-]+)-[A-Z0-9]{8}\.cjs$/;

test('the package has what it runs on, and nothing else', async () => {
  assert.deepEqual((await readdir(installed)).filter((name) => !name.startsWith('.')).toSorted(), ['waybill']);
  const files = await readdir(join(installed, 'waybill'), { recursive: true, withFileTypes: true });
  const data = await Promise.all(
    ['.github/actions', 'connectors', 'schemas', 'templates'].map(async (folder) => {
      const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
    }),
  );
  assert.deepEqual(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(installed, 'waybill/').length))
      .filter((file) => !PIECE.test(file))
      .toSorted(),
    [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/THIRD-PARTY-LICENSES.txt',
      'dist/main.cjs',
      'dist/waybill.cjs',
      'package.json',
      ...data.flat(),
    ].toSorted(),
  );
  const licenses = await readFile(join(installed, 'waybill/dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const name of ['fastify', 'undici', 'age-encryption', 'abstract-logging'])
    assert.match(licenses, new RegExp(`\\n${name} \\d`));
});

test('the installed command checks a workspace', async () => {
  assert.deepEqual(await run(process.execPath, [command, '--version']), { code: 0, out: `${VERSION}\n`, err: '' });
  const { code, out, err } = await run(process.execPath, [command, 'check']);
  assert.deepEqual({ code, err }, { code: 0, err: '' });
  assert.match(out, /^2 automations, 2 plans, .*: no findings\n$/);
});

test('a check reads neither the server nor the packages that few workspaces need', async () => {
  const copy = join(folder, 'copy');
  await cp(join(installed, 'waybill'), copy, { recursive: true });
  const names = new Set<string | undefined>();
  for (const file of await readdir(join(copy, 'dist'))) {
    const name = PIECE.exec(`dist/${file}`)?.groups?.['name'];
    // The example's test holds a body, which ajv compares with the trigger's schema.
    if (name === undefined || ['check', 'chunk', 'ajv'].includes(name)) continue;
    names.add(name);
    await rm(join(copy, 'dist', file));
  }
  for (const name of ['dev', 'max', 're2js', 'temporal-polyfill']) assert.ok(names.has(name), name);
  const { code, err } = await run(process.execPath, [join(copy, 'dist/waybill.cjs'), 'check', '--no-cache']);
  assert.deepEqual({ code, err }, { code: 0, err: '' });
});

test('the installed command serves', { timeout: 30_000 }, async () => {
  const keys = join(root, 'demo/demo.agekey');
  const child = spawn(process.execPath, [command, 'dev', '--port', '0', '--keys', keys, '--public-keys'], {
    cwd: join(folder, 'workspace'),
  });
  try {
    let shown = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (shown += String(chunk)));
    let hook: RegExpExecArray | null = null;
    while (hook === null) {
      assert.equal(child.exitCode, null, shown);
      await new Promise((resolve) => setTimeout(resolve, 10));
      hook = /POST (http\S+)/.exec(shown);
    }
    const headers = { 'content-type': 'application/json' };
    assert.equal((await fetch(hook[1] ?? '', { method: 'POST', headers, body: '{"text":""}' })).status, 400);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'close'), [0, null], shown);
  } finally {
    child.kill('SIGKILL');
  }
});

test('a Node that is too old is told so, in words that it can read', async (context) => {
  const text = await readFile(join(installed, 'waybill/dist/waybill.cjs'), 'utf8');
  parse(text, { ecmaVersion: 5, allowHashBang: true });
  const { engines } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };
  const said: string[] = [];
  assert.throws(
    () =>
      runInNewContext(text, {
        process: {
          versions: { node: '0.12.18' },
          exit: (code: number) => {
            throw new RangeError(`exit ${code}`);
          },
        },
        console: { error: (line: string) => said.push(line) },
      }),
    /exit 3/,
  );
  assert.match(
    said.join('\n'),
    new RegExp(`needs Node ${engines.node.replace('>=', '')} or newer; here is Node 0.12.18`),
  );

  const old = oldNode();
  if (old === undefined) return context.diagnostic('no old Node is on the path');
  const { code, out, err } = await run(old, [command, 'check']);
  assert.deepEqual({ code, out }, { code: 3, out: '' });
  assert.match(err, /^waybill: this needs Node .*\n.*Install Node/);
  assert.doesNotMatch(err, /\n\s+at /);
});

test('the scripts of the repository say it too', async (context) => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: { [name: string]: string };
  };
  for (const name of ['waybill', 'demo', 'test'])
    assert.match(scripts[name] ?? '', /^node (--require \.\/)?src\/cli\/require-node\.cjs /, name);
  const old = oldNode();
  if (old === undefined) return context.diagnostic('no old Node is on the path');
  const { code, err } = await run(old, [
    '--require',
    join(root, 'src/cli/require-node.cjs'),
    join(root, 'src/cli/main.ts'),
  ]);
  assert.equal(code, 3);
  assert.match(err, /needs Node/);
});

/** A Node on the path that is older than what we need, if the machine has one. */
function oldNode(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((part) => join(part, 'node'))
    .filter((file) => existsSync(file))
    .find((file) => Number(/\d+/.exec(execFileSync(file, ['--version'], { encoding: 'utf8' }))?.[0]) < 24);
}
