import { SecretError } from '../secrets/secret-error.ts';
import type { SealingKey, Vault } from '../secrets/vault.ts';
import type { Sealing } from '../store/sealing.ts';

/** The keys of accounts for the store, which reads and writes at once: they are made ready before. */
export class AccountSealing implements Sealing {
  private readonly keys = new Map<string, SealingKey | undefined>();

  /** Makes the keys of these accounts ready, as their public keys are now. Gives those of which all opens now, and did not before. */
  async prepare(vault: Vault, accounts: Iterable<string>): Promise<string[]> {
    const opened = await Promise.all(
      [...accounts].map(async (account) => {
        const [before, key] = [this.keys.get(account), await keyOf(vault, account)];
        this.keys.set(account, key);
        return before?.opensAll === false && key?.opensAll === true ? [account] : [];
      }),
    );
    return opened.flat();
  }

  /** Accounts of which not all opens. */
  incomplete(): string[] {
    return [...this.keys].flatMap(([account, key]) => (key?.opensAll === false ? [account] : []));
  }

  key(account: string): SealingKey | undefined {
    if (this.keys.has(account)) return this.keys.get(account);
    throw new SecretError('vault_no_key', `the keys of ${account} are not ready`, { help: 'deploy the account again' });
  }
}

async function keyOf(vault: Vault, account: string): Promise<SealingKey | undefined> {
  try {
    return await vault.of(account);
  } catch (error) {
    if (error instanceof SecretError && error.code === 'no_recipients') return undefined;
    throw error;
  }
}
