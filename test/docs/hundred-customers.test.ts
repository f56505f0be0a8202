import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const guide = readFileSync(join(root, 'docs/guides/hundred-customers.md'), 'utf8');

test('the files and commands of the guide do what it says', { timeout: 60_000 }, () => {
  const place = mkdtempSync(join(tmpdir(), 'waybill-guide-'));
  const folder = join(place, 'workspace');
  try {
    write(folder, 'waybill.json', '{ "waybill": "0.1.0" }');
    const files = [...guide.matchAll(/^`(automations\/[^`]+)`:(?:(?!```)[^])*```json\n([^]*?)```/gm)];
    assert.equal(files.length, 4);
    for (const [, path = '', text = ''] of files) write(folder, path, text);
    const run = shell(folder, join(place, 'bin'));
    run('git init --quiet && git add --all && git commit --quiet --message start');
    const commands = [...guide.matchAll(/```sh\n([^]*?)```\n\n```text\n([^]*?)```/g)];
    assert.equal(commands.length, 4);
    for (const [, command = '', expected = ''] of commands)
      assert.equal(firstLinesOf(run(command), expected), expected);
  } finally {
    rmSync(place, { recursive: true });
  }
});

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Runs commands in the folder, with `waybill` the one of these sources. */
function shell(folder: string, bin: string): (command: string) => string {
  write(bin, 'waybill', `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'src/cli/main.ts')}' "$@"\n`);
  chmodSync(join(bin, 'waybill'), 0o755);
  const identity = Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) => [
      [`GIT_${who}_NAME`, 'Test'],
      [`GIT_${who}_EMAIL`, 'test@example.com'],
    ]),
  );
  const env = { ...process.env, ...identity, PATH: `${bin}:${process.env['PATH']}` };
  return (command) => execFileSync('bash', ['-euc', command], { cwd: folder, env, encoding: 'utf8' });
}

/** What the guide shows is the beginning of what is printed. */
function firstLinesOf(printed: string, expected: string): string {
  return printed
    .split('\n')
    .slice(0, expected.trimEnd().split('\n').length)
    .map((line) => `${line}\n`)
    .join('');
}
