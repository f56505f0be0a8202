import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

test('the demo runs to its end and shows the stored summary', async () => {
  const environment = { ...process.env };
  delete environment['ANTHROPIC_API_KEY'];
  const demo = join(import.meta.dirname, '../../demo/demo.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [demo], { env: environment });
  assert.match(stdout, /last_summary = "Waybill keeps automations in git and proves their mappings before they run\."/);
  assert.doesNotMatch(stdout, /sk-ant-/);
});
