import { exec } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseIdentities, readKeyring } from './keyring.ts';
import { SecretError } from './secret-error.ts';

/**
 * Gives the private keys that may open an account's secrets, each time anew: nothing of them is kept. Throws
 * `SecretError` `bad_identity_file`.
 */
export type IdentitySource = (account: string) => Promise<readonly string[]>;

/** Milliseconds after which a command that gives no keys is ended. */
const COMMAND_TIMEOUT_MS = 30_000;

/** One file of keys for all accounts. */
export function keyringFile(file: string, options: { anyoneMayRead: boolean }): IdentitySource {
  return () => readKeyring(file, options);
}

/** A folder with a file of keys for each account, `<account>.txt`. */
export function keyringFolder(folder: string): IdentitySource {
  return (account) => readKeyring(join(folder, `${account}.txt`), { anyoneMayRead: false });
}

/**
 * A command, run by the shell, that prints the keys of the account in `WAYBILL_ACCOUNT`; such as one that asks a vault.
 * What it says on stderr goes to ours; what it prints is never shown.
 */
export function keysCommand(command: string): IdentitySource {
  return async (account) => {
    const name = 'what --keys-command printed';
    try {
      const { stdout, stderr } = await promisify(exec)(command, {
        env: { ...process.env, WAYBILL_ACCOUNT: account },
        timeout: COMMAND_TIMEOUT_MS,
      });
      process.stderr.write(stderr);
      return parseIdentities(stdout, name);
    } catch (error) {
      // The error of `exec` holds what was printed.
      if (error instanceof SecretError) throw error;
      const code = error instanceof Error && 'code' in error ? ` (exit code ${String(error.code)})` : '';
      throw new SecretError('bad_identity_file', `the command of --keys-command gave no keys for ${account}${code}`, {
        help: 'run it in a shell with WAYBILL_ACCOUNT set, and see that it prints AGE-SECRET-KEY-… alone',
      });
    }
  };
}
