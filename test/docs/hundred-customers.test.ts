import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { UserShell } from '../cli/user-shell.ts';
import { root } from '../cli/waybill.ts';

const guide = readFileSync(join(root, 'docs/guides/hundred-customers.md'), 'utf8');

test('the files and commands of the guide do what it says', { timeout: 60_000 }, async () => {
  const place = mkdtempSync(join(tmpdir(), 'waybill-guide-'));
  const folder = join(place, 'workspace');
  try {
    write(folder, 'waybill.json', '{ "waybill": "0.1.0" }');
    const files = [...guide.matchAll(/^`(automations\/[^`]+)`:(?:(?!```)[^])*```json\n([^]*?)```/gm)];
    assert.equal(files.length, 4);
    for (const [, path = '', text = ''] of files) write(folder, path, text);
    const shell = new UserShell(place);
    await shell.run('git init --quiet && git add --all && git commit --quiet --message start', folder);
    const commands = [...guide.matchAll(/```sh\n([^]*?)```\n\n```text\n([^]*?)```/g)];
    assert.equal(commands.length, 4);
    for (const [, command = '', expected = ''] of commands) {
      const { code, out, err } = await shell.run(command, folder);
      assert.equal(code, 0, err);
      assert.equal(firstLinesOf(out, expected), expected);
    }
  } finally {
    rmSync(place, { recursive: true });
  }
});

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** What the guide shows is the beginning of what is printed. */
function firstLinesOf(printed: string, expected: string): string {
  return printed
    .split('\n')
    .slice(0, expected.trimEnd().split('\n').length)
    .map((line) => `${line}\n`)
    .join('');
}
