import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../cli/waybill.ts';

const page = readFileSync(join(root, 'docs/security.md'), 'utf8');

test('every claim about security names a test that there is', () => {
  const claims = page.split('\n').filter((line) => /^\| [A-Z]/.test(line));
  assert.ok(claims.length > 20);
  for (const claim of claims) {
    const named = [...claim.matchAll(/`(test\/[\w/.-]+\.test\.ts)`: "([^"]+)"/g)];
    assert.notEqual(named.length, 0, claim);
    for (const [, file = '', title = ''] of named)
      assert.ok(readFileSync(join(root, file), 'utf8').includes(`test('${title}'`), `${file}: ${title}`);
  }
});
