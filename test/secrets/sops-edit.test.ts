import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { decryptSops as decryptIndependently } from 'sops-age';
import { SecretError } from '../../src/secrets/secret-error.ts';
import { openSops, rewrapSops, rewriteSops, rotateSops } from '../../src/secrets/sops-edit.ts';
import { readMetadata, type SopsMetadata } from '../../src/secrets/sops-metadata.ts';
import { mapScalars, readSopsTree, treeToJson, type SopsTree } from '../../src/secrets/sops-tree.ts';
import { readEncryptedValue } from '../../src/secrets/sops-value.ts';
import { decryptTree, encryptSops, encryptTree } from '../../src/secrets/sops.ts';
import { ENCRYPTED_FIXTURES, encryptedFixture, fixtureIdentity } from './fixtures.ts';

const NOW = new Date('2026-01-02T03:04:05Z');
const LATER = new Date('2026-01-02T04:05:06Z');
const dataKey = randomBytes(32);
const rule: SopsMetadata['rule'] = { kind: 'unencrypted_suffix', suffix: '_unencrypted' };
const age = [{ recipient: 'age1x', enc: 'not opened here' }];

/** Documents as people write them, and worse. */
const key = fc
  .tuple(fc.string({ minLength: 1, unit: 'grapheme' }), fc.constantFrom('', '', '', '_unencrypted'))
  .map(([name, end]) => name + end)
  .filter((name) => name !== 'sops' && name !== '__proto__');
const { document } = fc.letrec((tie) => ({
  scalar: fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('', 'ENC[', '<&>', '\u2028', 'True', '1'),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
  ),
  value: fc.oneof(
    { maxDepth: 3 },
    tie('scalar'),
    tie('scalar'),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('document'),
  ),
  document: fc.dictionary(key, tie('value'), { maxKeys: 5 }),
}));

const write = (plain: SopsTree, iv: (index: number) => Buffer): string =>
  encryptTree(plain, {
    dataKey,
    age,
    rule,
    lastmodified: '2026-01-02T03:04:05Z',
    iv: (_path, index) => iv(index),
    indent: '\t',
    version: '3.13.2',
  });
const deterministic = (index: number): Buffer => createHash('sha256').update(`iv ${index}`).digest();

test('1,000 random documents: written, read, written again alike, edited in three lines', () => {
  fc.assert(
    fc.property(document, fc.nat(), (value, choice) => {
      const plain = readSopsTree(JSON.stringify(value));
      const text = write(plain, deterministic);
      assert.equal(write(plain, deterministic), text);
      const encrypted = readSopsTree(text);
      const metadata = readMetadata(encrypted);
      const read = decryptTree(encrypted, metadata, dataKey);
      assert.deepEqual(treeToJson(read), treeToJson(plain));

      const opened = { encrypted, plain: read, metadata, dataKey, indent: '\t' };
      let scalars = 0;
      mapScalars(read, [], (scalar) => (scalars++, scalar));
      if (scalars === 0) return;
      let index = 0;
      const edited = mapScalars(read, [], (scalar) =>
        index++ === choice % scalars ? { kind: 'string', value: 'edited' } : scalar,
      );
      const rewritten = rewriteSops(opened, edited, LATER);
      const [before, after] = [text.split('\n'), rewritten.split('\n')];
      assert.equal(after.length, before.length);
      assert.ok(after.filter((line, at) => line !== before[at]).length <= 3, rewritten);
      const again = readSopsTree(rewritten);
      assert.deepEqual(treeToJson(decryptTree(again, readMetadata(again), dataKey)), treeToJson(edited));
    }),
    { numRuns: 1000 },
  );
});

test('files of real sops are edited, rotated and wrapped for others, and open again', async () => {
  const hybrid = await generateHybridIdentity();
  const other = await generateX25519Identity();
  const [pq, x25519] = [await identityToRecipient(hybrid), await identityToRecipient(other)];
  for (const [name, , owner] of ENCRYPTED_FIXTURES) {
    const text = encryptedFixture(name);
    const identity = fixtureIdentity(owner);
    const opened = await openSops(text, [identity]);
    const [first = ''] = opened.metadata.age.map(({ recipient }) => recipient);

    const rewritten = rewriteSops(opened, opened.plain, LATER);
    const changed = rewritten.split('\n').filter((line, at) => line !== text.split('\n')[at]);
    assert.deepEqual(
      changed.map((line) => line.trim().split(':')[0]),
      ['"lastmodified"', '"mac"'],
    );

    const rewrapped = await rewrapSops(opened, [first, pq, x25519]);
    assert.deepEqual((await openSops(rewrapped, [hybrid])).plain, opened.plain);
    assert.deepEqual((await openSops(rewrapped, [other])).dataKey, opened.dataKey);
    const gone = await openSops(await rewrapSops(opened, [pq]), [identity]).catch((error: unknown) => error);
    assert.ok(gone instanceof SecretError && gone.code === 'sops_no_identity');

    const rotated = await rotateSops(opened, [x25519], LATER);
    const reopened = await openSops(rotated, [other]);
    assert.deepEqual(reopened.plain, opened.plain);
    assert.notDeepEqual(reopened.dataKey, opened.dataKey);
    assert.equal(ivsOf(rotated).filter((iv) => ivsOf(text).includes(iv)).length, 0);
  }
});

test('equal items of a list keep their own ciphertexts, and an independent reader reads the edit', async () => {
  const identity = await generateX25519Identity();
  const text = await encryptSops({ a: { list: ['x', 'x', 'y'] } }, [await identityToRecipient(identity)], NOW);
  const opened = await openSops(text, [identity]);
  const edited = rewriteSops(opened, readSopsTree('{"a":{"list":["x","x","z"],"new":"v"}}'), LATER);
  const kept = ivsOf(edited).filter((iv) => ivsOf(text).includes(iv));
  assert.deepEqual(kept, ivsOf(text).slice(0, 2));
  assert.deepEqual(await decryptIndependently(edited, { secretKey: identity, fileType: 'json' }), {
    a: { list: ['x', 'x', 'z'], new: 'v' },
  });
});

function ivsOf(text: string): string[] {
  return [...text.matchAll(/ENC\[[^\]]*\]/g)].map(([value]) => readEncryptedValue(value, []).iv.toString('hex'));
}
