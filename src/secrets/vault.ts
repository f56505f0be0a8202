import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { DATA_KEY_LENGTH, unwrapDataKey, wrapDataKey } from './data-key.ts';
import type { IdentitySource } from './identity-source.ts';
import { shortRecipient } from './recipient.ts';
import { SecretError } from './secret-error.ts';

/** What the runner keeps encrypted in its store for each account. */
export interface Vault {
  /**
   * The account's keys. Throws `SecretError` `no_recipients` where the account has no public key to encrypt to.
   */
  of(account: string): Promise<SealingKey>;
}

/** Seals texts for one account and opens them again. */
export interface SealingKey {
  /** `place` names what the text is and where it is kept; it opens there alone. */
  seal(place: string, text: string): string;
  /** Whether it opens all that there is of the account; where a private key is missing, it does not. */
  readonly opensAll: boolean;
  /** Throws `SecretError`: `vault_no_key` where no private key at hand opens it, `vault_refused` where it was changed or moved. */
  open(place: string, sealed: string): string;
}

/** A data key of an account, as it is kept: wrapped for the recipients that can open it. */
export interface WrappedKey {
  id: string;
  account: string;
  recipients: string[];
  /** An armored age file. */
  wrapped: string;
}

export interface WrappedKeys {
  /** Oldest first. */
  list(account: string): WrappedKey[];
  /** Keeps it in place of the one with its id, if there is one. */
  put(key: WrappedKey): Promise<void>;
}

export interface VaultOptions {
  keys: WrappedKeys;
  /** Gives the private keys that open what is kept of an account. */
  identities: IdentitySource;
  /** The account's age public keys. */
  recipients: (account: string) => readonly string[];
  now: () => number;
}

/** How many random bytes name an encryption: by NIST SP 800-38D, good for 2^32 values under one key. */
const IV_LENGTH = 12;
const TAG_LENGTH = 16;
const FORM = /^v1:([0-9a-f-]{36}):([A-Za-z0-9_-]+)$/;

/** Milliseconds after which it is looked again for private keys that were missing. */
const LOOK_AGAIN_MS = 30_000;

/** An account's keys, as they are known. */
interface Opened {
  recipients: string;
  keys: Promise<SealingKey>;
  /** By id. */
  dataKeys: Map<string, Buffer>;
  at: number;
}

/**
 * Seals with AES-256-GCM under a data key of the account, which is kept wrapped for the account's recipients. Keys that were
 * opened stay in memory. Those that did not open are tried again after half a minute: a private key may have been put in its place.
 */
export class AccountVault implements Vault {
  private readonly options: VaultOptions;
  private readonly opened = new Map<string, Opened>();

  constructor(options: VaultOptions) {
    this.options = options;
  }

  of(account: string): Promise<SealingKey> {
    const recipients = this.options.recipients(account).toSorted();
    const known = this.opened.get(account);
    if (known?.recipients === recipients.join()) return this.lookedAgain(account, known, recipients);
    return this.openAnew(account, recipients, new Map());
  }

  /** The keys that are known, unless some are missing and may be there by now. */
  private async lookedAgain(account: string, known: Opened, recipients: readonly string[]): Promise<SealingKey> {
    const keys = await known.keys;
    if (keys.opensAll || this.options.now() - known.at < LOOK_AGAIN_MS) return keys;
    const current = this.opened.get(account);
    // Somebody else may have begun to look in the meantime.
    return current === undefined || current === known
      ? this.openAnew(account, recipients, known.dataKeys)
      : current.keys;
  }

  private openAnew(account: string, recipients: readonly string[], dataKeys: Map<string, Buffer>): Promise<SealingKey> {
    const keys = this.openKeys(account, recipients, dataKeys);
    const entry = { recipients: recipients.join(), keys, dataKeys, at: this.options.now() };
    this.opened.set(account, entry);
    // A key that is put in its place later opens it then.
    entry.keys.catch(() => this.opened.get(account) === entry && this.opened.delete(account));
    return entry.keys;
  }

  /** `opened`: the data keys that are known already; those that open now come to them. */
  private async openKeys(
    account: string,
    recipients: readonly string[],
    opened: Map<string, Buffer>,
  ): Promise<SealingKey> {
    if (recipients.length === 0)
      throw new SecretError('no_recipients', `the account ${account} has no public key to encrypt to`, {
        help: `add one to recipients in automations/${account}/account.json`,
      });
    const { keys, identities } = this.options;
    const kept = keys.list(account);
    // Without a private key there is still something that can be done: to seal.
    const own = kept.length === 0 ? [] : await identities(account).catch(() => []);
    for (const key of kept) {
      const dataKey = opened.get(key.id) ?? (await unwrapDataKey(key.wrapped, own));
      if (dataKey === undefined) continue;
      opened.set(key.id, dataKey);
      if (!isFor(key, recipients)) await keys.put(await wrapped(key.id, account, dataKey, recipients));
    }
    const last = kept.at(-1);
    // Who is no recipient any more knows the keys that there were, and learns none that comes.
    const goesOn =
      last !== undefined && opened.has(last.id) && last.recipients.every((one) => recipients.includes(one));
    const opensAll = kept.every(({ id }) => opened.has(id));
    if (goesOn) return new AccountKeys(account, opened, last.id, recipients, opensAll);
    const [id, dataKey] = [randomUUID(), randomBytes(DATA_KEY_LENGTH)];
    await keys.put(await wrapped(id, account, dataKey, recipients));
    return new AccountKeys(account, opened.set(id, dataKey), id, recipients, opensAll);
  }
}

class AccountKeys implements SealingKey {
  private readonly account: string;
  private readonly keys: ReadonlyMap<string, Buffer>;
  /** The key that seals. */
  private readonly current: string;
  private readonly recipients: readonly string[];
  readonly opensAll: boolean;

  constructor(
    account: string,
    keys: ReadonlyMap<string, Buffer>,
    current: string,
    recipients: readonly string[],
    opensAll: boolean,
  ) {
    this.account = account;
    this.keys = keys;
    this.current = current;
    this.recipients = recipients;
    this.opensAll = opensAll;
  }

  seal(place: string, text: string): string {
    const iv = randomBytes(IV_LENGTH);
    const cipher = createCipheriv('aes-256-gcm', this.key(this.current), iv, { authTagLength: TAG_LENGTH });
    cipher.setAAD(this.authenticated(place));
    const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `v1:${this.current}:${sealed.toString('base64url')}`;
  }

  open(place: string, sealed: string): string {
    const [, id = '', encoded = ''] = FORM.exec(sealed) ?? [];
    const bytes = Buffer.from(encoded, 'base64url');
    if (bytes.length < IV_LENGTH + TAG_LENGTH) throw this.refused(place);
    const key = this.key(id);
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_LENGTH), {
        authTagLength: TAG_LENGTH,
      });
      decipher.setAAD(this.authenticated(place));
      decipher.setAuthTag(bytes.subarray(-TAG_LENGTH));
      return decipher.update(bytes.subarray(IV_LENGTH, -TAG_LENGTH), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      throw this.refused(place);
    }
  }

  private key(id: string): Buffer {
    const key = this.keys.get(id);
    if (key !== undefined) return key;
    throw new SecretError('vault_no_key', `no private key at hand opens what the runner keeps of ${this.account}`, {
      help: `give the runner a private key of one of its recipients: ${this.recipients.map(shortRecipient).join(', ')}`,
    });
  }

  private refused(place: string): SecretError {
    return new SecretError(
      'vault_refused',
      `what the runner keeps of ${this.account} was changed, or moved: ${place}`,
      {
        help: 'the data folder is damaged: restore it from a backup',
      },
    );
  }

  private authenticated(place: string): Buffer {
    return Buffer.from(JSON.stringify([this.account, place]));
  }
}

async function wrapped(
  id: string,
  account: string,
  dataKey: Buffer,
  recipients: readonly string[],
): Promise<WrappedKey> {
  return { id, account, recipients: [...recipients], wrapped: await wrapDataKey(dataKey, recipients) };
}

function isFor(key: WrappedKey, recipients: readonly string[]): boolean {
  return key.recipients.toSorted().join() === recipients.toSorted().join();
}
