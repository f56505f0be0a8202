import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'fixtures');

export const ENCRYPTED_FIXTURES = [
  ['full-1recipient.json', 'full.json', 'acme'],
  ['full-2recipients.json', 'full.json', 'admin'],
  ['full-2recipients-indent2.json', 'full.json', 'acme'],
  ['account-encrypted_regex.json', 'account.json', 'acme'],
  ['account-globex.json', 'account-globex.json', 'globex'],
  ['account-pq.json', 'account.json', 'pq'],
] as const;

export function encryptedFixture(name: string): string {
  return readFileSync(join(folder, 'enc', name), 'utf8');
}

export function plainFixture(name: string): string {
  return readFileSync(join(folder, 'plain', name), 'utf8');
}

/** The test identity of that name, put together. */
export function fixtureIdentity(name: string): string {
  const keys = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8')) as {
    [name: string]: { hrp_words: string[]; body_reversed: string };
  };
  const key = keys[name];
  if (key === undefined) throw new Error(`no test identity ${name}`);
  return `${key.hrp_words.join('-')}-1${key.body_reversed.split('').toReversed().join('').toUpperCase()}`;
}
