import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { thirdPartyLicenses } from '../../scripts/third-party-licenses.ts';

test('a package without a licence text cannot be bundled', async () => {
  const root = await mkdtemp(join(tmpdir(), 'waybill-licenses-'));
  try {
    const folder = join(root, 'node_modules/@some/package');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"name":"@some/package","version":"1.2.3","license":"MIT"}');
    const bundleWith = (bytesInOutput: number): string => {
      const inputs = { 'src/a.ts': { bytesInOutput: 1 }, 'node_modules/@some/package/lib/b.js': { bytesInOutput } };
      return thirdPartyLicenses(
        [{ inputs: {}, outputs: { 'main.cjs': { bytes: 2, inputs, imports: [], exports: [] } } }],
        root,
      );
    };
    assert.equal(bundleWith(0), '');
    assert.throws(() => bundleWith(1), /@some\/package 1\.2\.3 has no licence text/);
    await writeFile(join(folder, 'LICENSE.md'), 'The text.\n');
    await writeFile(join(folder, 'NOTICE'), 'And the notice.\n');
    assert.match(bundleWith(1), /\n@some\/package 1\.2\.3 \(MIT\)\n=+\n\nThe text\.\n\nAnd the notice\.\n$/);
  } finally {
    await rm(root, { recursive: true });
  }
});
