import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { decryptSops as decryptIndependently } from 'sops-age';
import { openConnection, sealConnection } from '../../src/secrets/connection-file.ts';
import { inspectConnectionFile } from '../../src/secrets/inspect.ts';
import { addNewIdentity, defaultKeyringPath, readKeyring, recipientsOf } from '../../src/secrets/keyring.ts';
import { Redactor } from '../../src/secrets/redaction.ts';
import { writeSealedHosts } from '../../src/secrets/sealed-hosts.ts';
import { SecretError } from '../../src/secrets/secret-error.ts';

const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);
const seal = (account: string, connection: string, recipients = [recipient]): Promise<string> =>
  sealConnection({
    account,
    connection,
    fields: { api_key: 'sk-secret-1' },
    hosts: ['api.example.com'],
    recipients,
    now: new Date('2026-01-02T03:04:05Z'),
  });
const withCode = (code: string) => (error: unknown) =>
  error instanceof SecretError && error.code === code && !error.message.includes('sk-secret');

const codeOf = (source: string): string => {
  const inspection = inspectConnectionFile(source);
  return inspection.ok ? 'ok' : inspection.error.code;
};

test('a sealed connection opens for its own account and connection only', async () => {
  const text = await seal('acme', 'mail');
  assert.doesNotMatch(text, /sk-secret/);
  const open = (account: string, connection: string, source = text) =>
    openConnection(source, { account, connection, identities: [identity] });
  assert.deepEqual(await open('acme', 'mail'), { fields: { api_key: 'sk-secret-1' }, hosts: ['api.example.com'] });
  await assert.rejects(open('globex', 'mail'), withCode('wrong_account'));
  await assert.rejects(open('globex', 'mail', text.replace('"acme"', '"globex"')), withCode('sops_value_refused'));
  await assert.rejects(open('acme', 'post', text.replace('"mail"', '"post"')), withCode('sops_value_refused'));
});

test('post-quantum recipients work too', async () => {
  const hybrid = await generateHybridIdentity();
  const text = await seal('acme', 'mail', [recipient, await identityToRecipient(hybrid)]);
  const credential = await openConnection(text, { account: 'acme', connection: 'mail', identities: [hybrid] });
  assert.equal(credential.fields['api_key'], 'sk-secret-1');
});

test('without a key: who, what and for whom; plain text is found', async () => {
  const text = await seal('acme', 'mail');
  assert.deepEqual(inspectConnectionFile(text), {
    ok: true,
    file: {
      account: 'acme',
      connection: 'mail',
      fields: ['api_key'],
      hosts: ['api.example.com'],
      recipients: [recipient],
      lastmodified: '2026-01-02T03:04:05Z',
    },
  });
  assert.equal(codeOf(text.replace(/"api_key": "[^"]*"/, '"api_key": "sk-secret-1"')), 'sops_plain_value');
  assert.equal(codeOf(text.replace('"api_key"', '"api_key_unencrypted"')), 'sops_plain_value');
  assert.equal(codeOf('{"acme":{"mail":{"api_key":"x"}}}'), 'sops_no_metadata');
  assert.equal(codeOf(text.replace('"acme"', '"other": {}, "acme"')), 'bad_connection_file');
});

test('the hosts are readable, and the file opens only as they were sealed', async () => {
  const text = await seal('acme', 'mail');
  assert.match(text, /"hosts_unencrypted": \[\s+"https:\/\/api\.example\.com\/"\s+\]/);
  const independently = await decryptIndependently(text, { secretKey: identity, fileType: 'json' });
  const fields = { api_key: 'sk-secret-1', hosts_unencrypted: ['https://api.example.com/'] };
  assert.deepEqual(independently, { acme: { mail: fields } });
  const open = (hosts: string): Promise<unknown> =>
    openConnection(text.replace('"https://api.example.com/"', hosts), {
      account: 'acme',
      connection: 'mail',
      identities: [identity],
    });
  for (const hosts of ['"https://evil.example.com/"', '"https://api.example.com/", "https://evil.example/"', ''])
    await assert.rejects(open(hosts), withCode('sops_mac_mismatch'));
  // The MAC alone would let these pass: it covers the same characters.
  for (const hosts of [
    '"https://api.exam", "ple.com/"',
    '"https://api.example.com/", ""',
    '["https://api.example.com/"]',
  ])
    await assert.rejects(open(hosts), withCode('bad_connection_file'));
  assert.equal(codeOf(text.replace('hosts_unencrypted', 'hosts')), 'bad_connection_file');
  assert.equal(
    codeOf(text.replace('"unencrypted_suffix": "_unencrypted"', '"unencrypted_suffix": "_key"')),
    'sops_unknown_metadata',
  );
});

test('metadata of other forms, and values of wrong lengths, are refused without a key', async () => {
  const text = await seal('acme', 'mail');
  const pq = await seal('acme', 'mail', [await identityToRecipient(await generateHybridIdentity())]);
  assert.deepEqual([codeOf(text), codeOf(pq)], ['ok', 'ok']);
  const changed = (from: RegExp | string, to: string, source = text): string => {
    const result = source.replace(from, to);
    assert.notEqual(result, source);
    return codeOf(result);
  };
  assert.equal(changed('T03:04:05Z', 'T03:04:05+01:00'), 'sops_unknown_metadata');
  assert.equal(changed(/"version": "[^"]*"/, '"version": "new"'), 'sops_unknown_metadata');
  assert.equal(changed('"version"', '"shamir_threshold": 2, "version"'), 'sops_unknown_metadata');
  assert.equal(changed('"age": [', '"kms": [{"arn": "x"}], "age": ['), 'sops_unknown_metadata');
  assert.equal(changed(/("mac": "ENC\[AES256_GCM,data:)[^,]*/, '$1AAAA'), 'sops_bad_value');
  assert.equal(changed(/("mac": .*type:)str/, '$1int'), 'sops_bad_value');
  assert.equal(changed(/("api_key": .*type:)str/, '$1int'), 'bad_connection_file');
  assert.equal(changed(/("api_key": "ENC\[AES256_GCM,data:)[^,]*/, '$1'), 'bad_connection_file');
  assert.equal(changed(/"recipient": "age1[^"]*"/, '"recipient": "age1short"'), 'sops_unknown_metadata');
  const [, enc = ''] = /"enc": ("[^"]*")/.exec(text) ?? [];
  const [, encPq = ''] = /"enc": ("[^"]*")/.exec(pq) ?? [];
  assert.equal(changed(enc, '"-----BEGIN AGE ENCRYPTED FILE-----"'), 'sops_bad_value');
  assert.equal(changed(enc, encPq), 'sops_bad_value');
  assert.equal(changed(/(\{[^{}]*"recipient"[^{}]*\})/, '$1, $1'), 'sops_unknown_metadata');
});

test('only names of hosts are sealed', async () => {
  for (const host of ['https://api.example.com', 'api.example.com/', 'a b', 'x..y', '', '*', 'a.*.b'])
    assert.throws(() => writeSealedHosts([host]), withCode('bad_connection_file'));
  for (const host of ['api.example.com', '*.example.com', 'localhost', '[::1]', 'xn--bcher-kva.example'])
    assert.equal(writeSealedHosts([host])[0], `https://${host}/`);
});

test('the keyring is made for its owner alone, and read only so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-keys-'));
  try {
    const file = defaultKeyringPath({}, folder);
    const made = [
      await addNewIdentity(file, { now: new Date(), postQuantum: false }),
      await addNewIdentity(file, { now: new Date(), postQuantum: true }),
    ];
    assert.match(made.join(), /^age1[^1]+,age1pq1[^1]+$/);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(await recipientsOf(await readKeyring(file, { anyoneMayRead: false })), made);
    const open = join(folder, 'open.txt');
    await writeFile(open, `${identity}\n`, { mode: 0o644 });
    await assert.rejects(readKeyring(open, { anyoneMayRead: false }), withCode('bad_identity_file'));
    assert.deepEqual(await readKeyring(open, { anyoneMayRead: true }), [identity]);
    await writeFile(open, 'something else\n');
    await assert.rejects(readKeyring(open, { anyoneMayRead: true }), withCode('bad_identity_file'));
    await assert.rejects(readKeyring(join(folder, 'none'), { anyoneMayRead: true }), withCode('bad_identity_file'));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('no form of a known secret is shown', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 8, unit: 'binary-ascii' }),
      fc.string(),
      fc.string(),
      (secret, before, after) => {
        const redactor = new Redactor();
        redactor.add(secret);
        const within = before + secret + after;
        const bytes = Buffer.from(secret);
        const shown = JSON.stringify(
          redactor.json([
            within,
            encodeURIComponent(secret),
            JSON.stringify(secret),
            bytes.toString('hex'),
            bytes.toString('base64url'),
            { [within]: Buffer.from(within).toString('base64') },
          ]),
        );
        for (const form of [secret, encodeURIComponent(secret), bytes.toString('hex')])
          assert.ok(!shown.includes(form), shown);
        const again = (JSON.parse(shown) as [string, ...unknown[]])[0];
        assert.ok(again.includes('[redacted]'));
      },
    ),
  );
  const redactor = new Redactor();
  redactor.add('swordfish');
  const basic = Buffer.from('user:swordfish:x').toString('base64');
  assert.ok(redactor.text(`Basic ${basic}`).includes('[redacted]'));
  assert.equal(redactor.text('nothing to hide'), 'nothing to hide');
});
