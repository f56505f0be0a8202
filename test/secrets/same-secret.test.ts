import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSameSecret } from '../../src/secrets/same-secret.ts';

test('secrets are the same where they are, as texts or as bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
      const same = Buffer.from(left).equals(Buffer.from(right));
      assert.equal(isSameSecret(left, right), same);
      assert.equal(isSameSecret(Buffer.from(left), right), same);
      assert.ok(isSameSecret(left, Buffer.from(left)));
    }),
  );
});

test('nothing else compares secrets', () => {
  const source = join(import.meta.dirname, '../../src');
  const holders = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && readFileSync(join(source, file), 'utf8').includes('timingSafeEqual'),
  );
  assert.deepEqual(holders, [join('secrets', 'same-secret.ts')]);
});
