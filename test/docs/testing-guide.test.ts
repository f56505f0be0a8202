import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');

test('the commands of the guide to testing run on its example, and it passes', () => {
  const guide = readFileSync(join(root, 'docs/guides/testing.md'), 'utf8');
  const [, commands = ''] = /```sh\n([^]*?)```/.exec(guide) ?? [];
  const [, example = ''] = /```json\n([^]*?)```/.exec(guide) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'waybill-guide-'));
  try {
    for (const part of ['waybill.json', 'automations'])
      cpSync(join(root, part), join(folder, part), { recursive: true });
    writeFileSync(join(folder, 'automations/demo/summarize-text.test.json'), example);
    const script = `set -e\nwaybill() { "${process.execPath}" "${root}/src/cli/main.ts" "$@"; }\n${commands}`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
    assert.match(
      stdout,
      /✓ a busy service is asked again[^]* passed, 0 failed[^]*demo\/summarize-text +2\/2[^]*ok 2 - /,
    );
    assert.match(readFileSync(join(folder, 'junit.xml'), 'utf8'), /summarize-text\.test\.json" tests="2" failures="0"/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
