import { appendFile, chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { SecretError } from './secret-error.ts';

const IDENTITY = /^AGE-SECRET-KEY-(PQ-)?1[0-9A-Z]+$/;

/** Where private keys are looked for when nothing else is said: the user's configuration folder. */
export function defaultKeyringPath(environment: { [name: string]: string | undefined }, home: string): string {
  return join(environment['XDG_CONFIG_HOME'] || join(home, '.config'), 'waybill', 'keys.txt');
}

/**
 * Reads a file of age identities, one a line, as age-keygen writes it. Throws `SecretError` `bad_identity_file` where it
 * cannot be read, holds something else, or others on the machine may read it (unless `anyoneMayRead` says that it is
 * public on purpose, as the demo's is).
 */
export async function readKeyring(file: string, options: { anyoneMayRead: boolean }): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw bad(`the key file ${file} cannot be read`, 'make one with `waybill secrets keygen`');
  });
  const { mode } = await stat(file);
  if (!options.anyoneMayRead && (mode & 0o077) !== 0 && process.platform !== 'win32') {
    throw bad(`others on this machine may read the key file ${file}`, `chmod 600 ${file}`);
  }
  return parseIdentities(text, `the key file ${file}`);
}

/** Identities, one a line, beside comments. `name` says in a refusal where they come from. */
export function parseIdentities(text: string, name: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const identities = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (identities.some((line) => !IDENTITY.test(line)))
    throw bad(`${name} holds something that is no age identity`, 'each line is a comment (#) or AGE-SECRET-KEY-…');
  if (identities.length === 0) throw bad(`${name} holds no key`, 'make one with `waybill secrets keygen`');
  return identities;
}

/** The public keys of identities. */
export async function recipientsOf(identities: readonly string[]): Promise<string[]> {
  return Promise.all(identities.map((identity) => identityToRecipient(identity)));
}

/**
 * Makes a new identity, X25519 or post-quantum (ML-KEM-768 with X25519), and adds it to the file (mode 0600). Gives its
 * public key; the private one is only in the file.
 */
export async function addNewIdentity(
  file: string,
  { now, postQuantum }: { now: Date; postQuantum: boolean },
): Promise<string> {
  const identity = await (postQuantum ? generateHybridIdentity() : generateX25519Identity());
  const recipient = await identityToRecipient(identity);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const lines = [`# created: ${now.toISOString()}`, `# public key: ${recipient}`, identity, ''];
  await appendFile(file, lines.join('\n'), { mode: 0o600 });
  await chmod(file, 0o600);
  return recipient;
}

function bad(message: string, help: string): SecretError {
  return new SecretError('bad_identity_file', message, { help });
}
