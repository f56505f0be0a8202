import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Whose signatures count. A kind of key without a file has no allowed signer. */
export interface AllowedSigners {
  /** Of ssh keys: a file as `ssh-keygen -Y verify` reads it. */
  ssh: string | undefined;
  /** Of gpg keys: a file of public keys. */
  gpg: string | undefined;
}

/** What git is told. */
export interface SignerSettings {
  allowedSignersFile: string;
  gnupgHome: string;
}

/**
 * Prepares the verification of signatures: gpg gets a keyring of our own with the allowed keys and nothing else, so that
 * no key of the machine's user counts. Throws `Error` where the keys cannot be read.
 */
export async function prepareSigners(signers: AllowedSigners | undefined, gnupgHome: string): Promise<SignerSettings> {
  await rm(gnupgHome, { recursive: true, force: true });
  await mkdir(gnupgHome, { recursive: true, mode: 0o700 });
  if (signers?.gpg !== undefined) {
    try {
      const { gpg } = signers;
      await promisify(execFile)('gpg', [
        '--homedir',
        gnupgHome,
        '--batch',
        '--no-autostart',
        '--quiet',
        '--import',
        gpg,
      ]);
    } catch (error) {
      throw new Error(`the gpg keys in ${signers.gpg} cannot be read: ${String(error)}`, { cause: error });
    }
  }
  return { allowedSignersFile: signers?.ssh ?? '/dev/null', gnupgHome };
}
