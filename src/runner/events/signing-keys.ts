import { createHash } from 'node:crypto';
import type { Redactor } from '../../secrets/redaction.ts';
import type { Vault } from '../../secrets/vault.ts';
import type { Store } from '../../store/store.ts';
import { connectionHook } from '../hook-address.ts';

export interface SigningKeysOptions {
  store: Store;
  vault: Vault;
  redactor: Redactor;
}

/** The keys of deliveries that the runner keeps: of subscriptions, and those that services gave to an address. */
export class SigningKeys {
  private readonly options: SigningKeysOptions;

  constructor(options: SigningKeysOptions) {
    this.options = options;
  }

  /** Those that may have signed what came to the address with this secret part. Throws `SecretError`. */
  async of(account: string, connection: string, secret: string): Promise<string[]> {
    const { store, vault, redactor } = this.options;
    const hook = connectionHook(connection);
    const sealed = store.subscriptions
      .of(account, connection)
      .flatMap(({ id, keys }) => keys.map((key): [string, string] => [subscriptionPlace(id), key]));
    const given = store.signingKeys.get(account, hook, addressOf(secret));
    if (given !== undefined) sealed.push([addressPlace(hook, secret), given]);
    if (sealed.length === 0) return [];
    const keys = await vault.of(account);
    return sealed.map(([place, text]) => {
      const key = keys.open(place, text);
      redactor.add(key);
      return key;
    });
  }

  /** The key that the service gave to this address by a handshake. Throws `SecretError`. */
  async given(account: string, connection: string, secret: string): Promise<string | undefined> {
    const hook = connectionHook(connection);
    const sealed = this.options.store.signingKeys.get(account, hook, addressOf(secret));
    return sealed === undefined
      ? undefined
      : (await this.options.vault.of(account)).open(addressPlace(hook, secret), sealed);
  }

  /** Keeps a key that the service gives to this address. False where it gave another one before: who knows the address does not get in another. */
  async keep(account: string, connection: string, secret: string, key: string): Promise<boolean> {
    const { store, vault } = this.options;
    const hook = connectionHook(connection);
    const sealed = (await vault.of(account)).seal(addressPlace(hook, secret), key);
    if (await store.signingKeys.insert(account, hook, addressOf(secret), sealed)) return true;
    return (await this.given(account, connection, secret)) === key;
  }
}

/** Where a key of a subscription is sealed for. */
export function subscriptionPlace(id: string): string {
  return `subscription ${id}`;
}

function addressPlace(hook: string, secret: string): string {
  return `key of ${hook} at ${addressOf(secret)}`;
}

function addressOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
