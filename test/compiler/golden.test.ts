import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CODES } from '../../src/diagnostics/registry.ts';
import { renderDiagnostic } from '../../src/diagnostics/render-text.ts';
import { checkWorkspace } from '../../src/runner/check-workspace.ts';

const golden = join(import.meta.dirname, 'golden');
const documented = readFileSync(join(import.meta.dirname, '../../docs/diagnostics.md'), 'utf8');

test('every code has a golden pair and an entry in the documentation, and nothing else has', () => {
  assert.deepEqual(readdirSync(golden).toSorted(), Object.keys(CODES).toSorted());
  const entries = [...documented.matchAll(/^## (WB\d+)/gm)].map(([, code]) => code);
  assert.deepEqual(entries, Object.keys(CODES));
});

for (const code of Object.keys(CODES)) {
  test(`${code}: the findings are exactly as expected`, async () => {
    const folder = join(golden, code);
    const { diagnostics, files } = checkWorkspace(folder);
    const shown = diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, files.get(diagnostic.file))).join('\n');
    const file = join(folder, 'expected.txt');
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, shown);
    assert.ok(existsSync(file), 'run the tests once with UPDATE_GOLDEN=1, and read what it wrote');
    assert.equal(shown, readFileSync(file, 'utf8'));
    assert.ok(
      diagnostics.some((diagnostic) => diagnostic.code === code),
      `${code} is not among the findings`,
    );
  });
}

test('the example workspace of this repository has no findings', async () => {
  const { diagnostics, plans } = checkWorkspace(join(import.meta.dirname, '../..'));
  assert.deepEqual(diagnostics, []);
  assert.equal(plans.length, 2);
});
