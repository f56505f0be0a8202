import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { decryptSops as decryptIndependently } from 'sops-age';
import { parseJson } from '../../src/json/parse.ts';
import { SecretError } from '../../src/secrets/secret-error.ts';
import { readMetadata } from '../../src/secrets/sops-metadata.ts';
import { readSopsTree } from '../../src/secrets/sops-tree.ts';
import { readEncryptedValue } from '../../src/secrets/sops-value.ts';
import { decryptSops, decryptTree, encryptSops, encryptTree, openDataKey } from '../../src/secrets/sops.ts';
import { ENCRYPTED_FIXTURES, encryptedFixture, fixtureIdentity, plainFixture } from './fixtures.ts';

const full = encryptedFixture('full-1recipient.json');
const acme = fixtureIdentity('acme');

async function refusal(text: string, identity = acme): Promise<string> {
  try {
    await decryptSops(text, [identity]);
  } catch (error) {
    assert.ok(error instanceof SecretError, String(error));
    assert.doesNotMatch(`${error.message} ${error.help}`, /hunter2|AGE-SECRET/);
    return `${error.code} ${error.path}`;
  }
  return 'not refused';
}

for (const [name, plain, key] of ENCRYPTED_FIXTURES) {
  test(`${name}, written by real sops, decrypts to ${plain}`, async () => {
    const decrypted = await decryptSops(encryptedFixture(name), [fixtureIdentity(key)]);
    assert.deepEqual(decrypted, parseJson(plainFixture(plain)));
  });

  test(`${name} is written again byte for byte from the same key, IVs and time`, async () => {
    const text = encryptedFixture(name);
    const root = readSopsTree(text);
    const metadata = readMetadata(root);
    const dataKey = await openDataKey(metadata, [fixtureIdentity(key)]);
    const ivs = [...text.matchAll(/ENC\[[^\]]*\]/g)].map(([value]) => readEncryptedValue(value, []).iv);
    const again = encryptTree(decryptTree(root, metadata, dataKey), {
      ...metadata,
      dataKey,
      iv: (_path, index) => ivs[index] ?? Buffer.alloc(32),
      indent: text.startsWith('{\n\t') ? '\t' : '  ',
    });
    assert.equal(again, text);
  });
}

test('a wrong key opens nothing', async () => {
  assert.equal(await refusal(full, fixtureIdentity('globex')), 'sops_no_identity sops.age');
});

test('a changed value is refused at its place', async () => {
  assert.equal(
    await refusal(full.replace(/("string": "ENC\[AES256_GCM,data:)../, '$1AA')),
    'sops_value_refused string',
  );
  assert.equal(await refusal(full.replace('"visible"', '"Visible"')), 'sops_mac_mismatch sops.mac');
});

test('a moved value, a renamed key, a removed or added value are refused', async () => {
  const [string, unicode] = ['string', 'unicode'].map(
    (key) => new RegExp(`"${key}": "(ENC[^"]+)"`).exec(full)?.[1] ?? '',
  );
  assert.ok(string && unicode);
  assert.equal(
    await refusal(full.replace(string, '#').replace(unicode, string).replace('#', unicode)),
    'sops_value_refused string',
  );
  assert.equal(await refusal(full.replace('"unicode":', '"uni":')), 'sops_value_refused uni');
  assert.equal(await refusal(full.replace(/\t"unicode": [^\n]*\n/, '')), 'sops_mac_mismatch sops.mac');
  assert.equal(
    await refusal(full.replace('"empty": ""', '"empty": "", "more_unencrypted": 1')),
    'sops_mac_mismatch sops.mac',
  );
});

test('what is not as sops writes it is refused before anything is opened', async () => {
  assert.equal(await refusal(full.replace(/\t*"mac": [^\n]*\n/, '')), 'sops_mac_missing sops.mac');
  assert.equal(await refusal(full.replace(/("string": .*?),tag:[^,]*/, '$1,tag:AAAA')), 'sops_bad_value string');
  assert.equal(await refusal(full.replace(/("string": .*?),iv:[^,]*/, '$1,iv:AAAA')), 'sops_bad_value string');
  assert.equal(
    await refusal(full.replace('"version"', '"mac_only_encrypted": true, "version"')),
    'sops_unknown_metadata sops.mac_only_encrypted',
  );
  assert.equal(await refusal(full.replace(/"string": "[^"]*"/, '"string": "plain"')), 'sops_bad_value string');
  assert.equal(await refusal(full.replace(/"int": "[^"]*"/, '"int": 42')), 'sops_plain_value int');
  assert.equal(await refusal('{"a": 1}'), 'sops_no_metadata undefined');
  assert.equal(await refusal('{"a": '), 'sops_not_json undefined');
  assert.equal(await refusal('{"a": 1, "a": 2}'), 'sops_not_json a');
});

test('what we write is read by us and by an independent reader', async () => {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const document = fc.dictionary(
    fc.string({ minLength: 1 }).filter((key) => key !== 'sops' && key !== '__proto__' && !key.endsWith('_unencrypted')),
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer(),
      fc.boolean(),
      fc.array(fc.string()),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    ),
  );
  await fc.assert(
    fc.asyncProperty(document, async (plain) => {
      const text = await encryptSops(plain, [recipient], new Date(1_700_000_000_000));
      assert.deepEqual(await decryptSops(text, [identity]), { ...plain });
    }),
    { numRuns: 40 },
  );
  const plain = { acme: { mail: { password: 'hunter2', port: 25, list: ['a', 'b'] } } };
  const text = await encryptSops(plain, [recipient], new Date());
  assert.deepEqual(await decryptIndependently(text, { secretKey: identity, fileType: 'json' }), plain);
});
