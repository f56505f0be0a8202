import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateHybridIdentity, generateX25519Identity } from 'age-encryption';
import { CredentialFinder, fieldCredential, KNOWN_CREDENTIALS } from '../../src/secrets/find-credentials.ts';

const finder = new CredentialFinder(KNOWN_CREDENTIALS);
/** So many characters as keys have them; no key stands whole in this file, which scanners read too. */
const some = (length: number, alphabet = 'a1B2c3D4'): string => alphabet.repeat(20).slice(0, length);
const hex = (length: number): string => some(length, '0123456789abcdef');

test('keys of known services are found, each as what it is', async () => {
  const keys: [string, string][] = [
    [await generateX25519Identity(), 'an age private key'],
    [await generateHybridIdentity(), 'an age private key'],
    [['-----BEGIN RSA', 'PRIVATE KEY-----'].join(' '), 'a private key'],
    [`sk-ant-api03-${some(95)}`, 'a key of Anthropic'],
    [`sk-proj-${some(30)}T3BlbkFJ${some(30)}`, 'a key of OpenAI'],
    [`ghp_${some(36)}`, 'a token of GitHub'],
    [`github_pat_${some(22)}_${some(59)}`, 'a token of GitHub'],
    [`glpat-${some(20)}`, 'a token of GitLab'],
    [`xoxb-${some(12, '0123456789')}-${some(24)}`, 'a token of Slack'],
    [`https://hooks.slack.com/services/T${some(8, 'A1')}/B${some(8, 'A1')}/${some(24)}`, 'a webhook of Slack'],
    [`sk_live_${some(24)}`, 'a key of Stripe'],
    [`whsec_${some(32)}`, 'a signing secret'],
    [`AKIA${some(16, 'A2B3C4')}`, 'an access key of AWS'],
    [`AIza${some(35)}`, 'a key of Google'],
    [`GOCSPX-${some(28)}`, 'a client secret of Google'],
    [`SG.${some(22)}.${some(43)}`, 'a key of SendGrid'],
    [`shpat_${hex(32)}`, 'a token of Shopify'],
    [`pat-na1-${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`, 'a token of HubSpot'],
    [`ntn_${some(46)}`, 'a token of Notion'],
    [`pat${some(14)}.${hex(64)}`, 'a token of Airtable'],
    [`npm_${some(36)}`, 'a token of npm'],
    [`dop_v1_${hex(64)}`, 'a token of DigitalOcean'],
    [`lin_api_${some(40)}`, 'a key of Linear'],
  ];
  for (const [key, kind] of keys) {
    const text = `{"note":"use ${key}"}`;
    const [found, ...more] = finder.find(text);
    assert.equal(found?.kind, kind, key.slice(0, 8));
    assert.equal(text.slice(found?.start, found?.end), key);
    assert.ok(!key.includes(found?.fingerprint ?? ''));
    assert.deepEqual(more, []);
  }
});

test('what only resembles a key is left alone', () => {
  const harmless = [
    'starts with sk-ant-, then letters',
    'sk-ant-api03-…',
    'ghp_xxx',
    `task_live_${some(30)}`,
    `risk-ant-api03-${some(50)}`,
    'https://hooks.slack.com/services/…',
    `sha512-${some(86)}==`,
    hex(64),
    'age1x75zpmgtwv2hxyv0leu46vte3upyk9spxpylddwe6fknjxtqpyhs8pm47h',
    '-----BEGIN PUBLIC KEY-----',
    'ENC[AES256_GCM,data:…]',
    '550e8400-e29b-41d4-a716-446655440000',
  ];
  for (const text of harmless) assert.deepEqual(finder.find(text), [], text);
});

test('nothing in the documents, connectors and lockfile of this repository resembles a key', () => {
  const root = join(import.meta.dirname, '../..');
  const files = ['docs', 'connectors', 'src', 'schemas'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  for (const file of [...files, join(root, 'package-lock.json'), join(root, 'README.md')])
    assert.deepEqual(finder.find(readFileSync(file, 'utf8')), [], file);
});

function beginningOf(pattern: string): string | undefined {
  return fieldCredential('x', pattern, (text) => new RegExp(pattern).test(text))?.source.split('[')[0];
}

test('a connector’s own pattern is used where its beginning says whose key it is', () => {
  assert.equal(beginningOf('^acme-[a-z0-9]{20}$'), 'acme-');
  assert.equal(beginningOf('^sk-ant-.+$'), 'sk-ant-');
  assert.equal(beginningOf('^acmeb?x$'), 'acme');
  for (const broad of ['^.+$', '^[0-9a-f]{32}$', '^key$|^other$', '^key+$', 'a{20}'])
    assert.equal(beginningOf(broad), undefined);
  const own = fieldCredential('the key of Acme', '^acme-[a-z0-9]{20}$', (text) => /^acme-[a-z0-9]{20}$/.test(text));
  assert.deepEqual(new CredentialFinder([]).find('anything'), []);
  const found = new CredentialFinder(own === undefined ? [] : [own]).find(`acme-short acme-${hex(20)} acme-${hex(21)}`);
  assert.deepEqual(
    found.map(({ start, end }) => [start, end]),
    [[11, 36]],
  );
});
