import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, waybill } from './waybill.ts';

const FILE = 'automations/demo/summarize-text.test.json';

/** A copy of this repository's workspace without its secrets: tests need none. */
async function inCopy(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-test-'));
  try {
    for (const part of ['waybill.json', 'automations'])
      await cp(join(root, part), join(folder, part), { recursive: true });
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function change(folder: string, file: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(folder, file), 'utf8');
  assert.ok(text.includes(from));
  await writeFile(join(folder, file), text.replace(from, to));
}

test('the tests of this repository’s own workspace pass and cover it', async () => {
  const { code, out, err } = await waybill(['test', '--min-coverage', '100']);
  assert.equal(code, 0, out + err);
  assert.match(out, /cases in \d+ files?: \d+ passed, 0 failed/);
});

test('a failing case exits with 1; an update mends it and leaves the rest of the file', async () => {
  await inCopy(async (folder) => {
    const call = (...args: string[]) => waybill(['test', '--workspace', folder, ...args]);
    const before = await readFile(join(folder, FILE), 'utf8');
    await change(folder, FILE, '"last_summary": "Nothing in particular."', '"last_summary": "Nothing."');
    const failed = await call();
    assert.equal(failed.code, 1);
    assert.match(failed.out, /✗ the summary is kept[^]*expect\.storage\.last_summary is not what came[^]* 1 failed/);
    const json = JSON.parse((await call('--format', 'json')).out) as {
      files: { cases: { differences: object[] }[] }[];
    };
    assert.deepEqual(json.files[0]?.cases[0]?.differences, [
      { pointer: '/expect/storage/last_summary', expected: 'Nothing.', actual: 'Nothing in particular.' },
    ]);
    assert.match((await call('--format', 'tap')).out, /^TAP version 14\n1\.\.\d+\nnot ok 1 - demo\/summarize-text: /);
    assert.match((await call('--format', 'junit')).out, /tests="4" failures="1"/);
    const updated = await call('--update');
    assert.equal(updated.code, 0, updated.out);
    assert.equal(await readFile(join(folder, FILE), 'utf8'), before);
  });
});

test('what cannot be run fails with its findings, and is never left out', async () => {
  await inCopy(async (folder) => {
    const call = (...args: string[]) => waybill(['test', '--workspace', folder, ...args]);
    await change(folder, 'automations/demo/summarize-text.json', 'steps.summarize.text', 'steps.summarize.txt');
    const { code, out } = await call();
    assert.equal(code, 1);
    assert.match(out, /it cannot be run[^]*error\[WB2006\][^]*1 file cannot be run/);
    await writeFile(join(folder, FILE), '{"cases": [');
    assert.match((await call('--format', 'tap')).out, /not ok 1 - .*it can be run[^]*WB1001/);
    assert.match((await call('--format', 'junit')).out, /errors="1"[^]*<error message="error\[WB1001\]/);
  });
});

test('coverage below what is asked for exits with 1, also for what has no test', async () => {
  await inCopy(async (folder) => {
    await cp(join(folder, 'automations/demo/summarize-text.json'), join(folder, 'automations/demo/untested.json'));
    const files = ['summarize-text', 'untested'].map((name) => join(folder, `automations/demo/${name}.json`));
    const call = (least: string) => waybill(['test', ...files, '--workspace', folder, '--min-coverage', least]);
    const { code, out, err } = await call('60');
    assert.equal(code, 1);
    assert.match(out, /demo\/untested +0\/2 +– +– +0\/2 +0 %[^]*all +50 %[^]*demo\/untested, steps: summarize, save/);
    assert.match(err, /50 % are covered, and --min-coverage asks for 60 %/);
    assert.equal((await call('50')).code, 0);
  });
});

test('paths choose tests; a path without any, and options that do not go together, are wrong calls', async () => {
  assert.match((await waybill(['test', 'automations/demo/summarize-text.json'])).out, /passed, 0 failed/);
  for (const args of [['src'], ['--watch', '--format', 'tap'], ['--watch', '--update'], ['--min-coverage', '101']])
    assert.equal((await waybill(['test', ...args])).code, 2, args.join(' '));
});

test('--watch runs what a save changes, until it is interrupted', { timeout: 60_000 }, async () => {
  await inCopy(async (folder) => {
    const child = spawn(process.execPath, [join(root, 'src/cli/main.ts'), 'test', '--watch', '--workspace', folder]);
    const ended = new Promise((resolve) => child.once('close', resolve));
    let out = '';
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    const shows = async (pattern: RegExp): Promise<void> => {
      while (!pattern.test(out)) {
        const more = new Promise((resolve) => child.stdout.once('data', () => resolve(true)));
        assert.equal(await Promise.race([more, ended]), true, out);
      }
    };
    try {
      await shows(/ 0 failed[^]*Ctrl-C/);
      assert.match(out, /demo\/tally-leads\.test\.json/);
      out = '';
      await change(folder, FILE, '"last_summary": "Nothing in particular."', '"last_summary": "Nothing."');
      await shows(/ 1 failed/);
      assert.match(out, /demo\/summarize-text\.test\.json/);
      assert.doesNotMatch(out, /demo\/tally-leads\.test\.json/);
      child.kill('SIGINT');
      assert.equal(await ended, 1);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
