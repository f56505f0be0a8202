import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { SecretError } from '../../src/secrets/secret-error.ts';
import { AccountVault, type WrappedKey } from '../../src/secrets/vault.ts';

const acme = await keyPair();
const backup = await keyPair();
const quantum = await keyPair(generateHybridIdentity);

async function keyPair(generate = generateX25519Identity): Promise<{ identity: string; recipient: string }> {
  const identity = await generate();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** What outlives a process. */
class Kept {
  readonly keys: WrappedKey[] = [];
  puts = 0;

  list(account: string): WrappedKey[] {
    return this.keys.filter((key) => key.account === account);
  }

  async put(key: WrappedKey): Promise<void> {
    this.puts += 1;
    const at = this.keys.findIndex(({ id }) => id === key.id);
    if (at < 0) this.keys.push(key);
    else this.keys[at] = key;
  }
}

function vault(kept: Kept, recipients: string[], identities: string[], now = (): number => 0): AccountVault {
  return new AccountVault({ keys: kept, identities: async () => identities, recipients: () => recipients, now });
}

function code(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof SecretError, String(error));
    assert.doesNotMatch(`${error.message} ${error.help}`, /hunter2|AGE-SECRET/);
    return error.code;
  }
  return 'not refused';
}

test('any text opens again at its place, and its ciphertext never comes twice', async () => {
  const key = await vault(new Kept(), [acme.recipient], []).of('acme');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, place) => {
      const [once, twice] = [key.seal(place, text), key.seal(place, text)];
      assert.equal(key.open(place, once), text);
      assert.notEqual(once, twice);
    }),
  );
});

test('what was changed, or moved to another place or account, is refused', async () => {
  const kept = new Kept();
  const key = await vault(kept, [acme.recipient], [acme.identity]).of('acme');
  const sealed = key.seal('grant', 'hunter2');
  for (let at = 41; at < sealed.length - 1; at++) {
    const other = sealed[at] === 'A' ? 'B' : 'A';
    assert.equal(
      code(() => key.open('grant', sealed.slice(0, at) + other + sealed.slice(at + 1))),
      'vault_refused',
    );
  }
  assert.equal(
    code(() => key.open('other', sealed)),
    'vault_refused',
  );
  assert.equal(
    code(() => key.open('grant', 'v1:short')),
    'vault_refused',
  );
  kept.keys.push({ ...kept.keys[0]!, account: 'globex' });
  const globex = await vault(kept, [acme.recipient], [acme.identity]).of('globex');
  assert.equal(
    code(() => globex.open('grant', sealed)),
    'vault_refused',
  );
});

test('the next process opens what one before sealed, if it has a private key', async () => {
  const kept = new Kept();
  const sealed = (await vault(kept, [acme.recipient], []).of('acme')).seal('grant', 'hunter2');
  const again = await vault(kept, [acme.recipient], [acme.identity]).of('acme');
  assert.equal(again.open('grant', sealed), 'hunter2');
  assert.equal(kept.keys.length, 1);
  const without = await vault(kept, [acme.recipient], [backup.identity]).of('acme');
  assert.equal(
    code(() => without.open('grant', sealed)),
    'vault_no_key',
  );
  // What it seals itself is not lost for those who have the private key.
  const later = without.seal('grant', 'later');
  const opened = await vault(kept, [acme.recipient], [acme.identity]).of('acme');
  assert.deepEqual([opened.open('grant', sealed), opened.open('grant', later)], ['hunter2', 'later']);
});

test('a new recipient opens what there is, and one that left learns no key that comes', async () => {
  const kept = new Kept();
  const sealed = (await vault(kept, [acme.recipient], []).of('acme')).seal('grant', 'hunter2');
  await vault(kept, [quantum.recipient, acme.recipient], [acme.identity]).of('acme');
  assert.equal(kept.keys.length, 1);
  const joined = await vault(kept, [quantum.recipient, acme.recipient], [quantum.identity]).of('acme');
  assert.equal(joined.open('grant', sealed), 'hunter2');
  const left = await vault(kept, [quantum.recipient], [quantum.identity]).of('acme');
  const after = left.seal('grant', 'after');
  assert.equal(left.open('grant', sealed), 'hunter2');
  const former = await vault(kept, [quantum.recipient], [acme.identity]).of('acme');
  assert.equal(
    code(() => former.open('grant', after)),
    'vault_no_key',
  );
});

test('calls at the same time make one key, and recipients that stay open nothing again', async () => {
  const kept = new Kept();
  const one = vault(kept, [acme.recipient], [acme.identity]);
  const keys = await Promise.all(Array.from({ length: 20 }, () => one.of('acme')));
  assert.equal(new Set(keys).size, 1);
  assert.equal(kept.puts, 1);
});

test('a private key that is put in its place later opens what there was, half a minute after it was missed, and no key is made meanwhile', async () => {
  const kept = new Kept();
  const sealed = (await vault(kept, [acme.recipient], []).of('acme')).seal('place', 'hunter2');
  const identities: string[] = [];
  let now = 0;
  const later = vault(kept, [acme.recipient], identities, () => now);
  const before = await later.of('acme');
  assert.equal(before.opensAll, false);
  const meanwhile = before.seal('place', 'sealed without it');
  now = 30_000;
  assert.equal(
    code(() => before.open('place', sealed)),
    'vault_no_key',
  );
  assert.equal((await later.of('acme')).opensAll, false);
  identities.push(acme.identity);
  assert.equal((await later.of('acme')).opensAll, false);
  now = 60_000;
  const [key, same] = await Promise.all([later.of('acme'), later.of('acme')]);
  assert.equal(key, same);
  assert.deepEqual(
    [key.opensAll, key.open('place', sealed), key.open('place', meanwhile)],
    [true, 'hunter2', 'sealed without it'],
  );
  assert.equal(kept.keys.length, 2);
});

test('an account without recipients has nowhere to seal to', async () => {
  await assert.rejects(vault(new Kept(), [], []).of('acme'), { code: 'no_recipients' });
});
