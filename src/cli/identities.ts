import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { keyringFile, keyringFolder, keysCommand, type IdentitySource } from '../secrets/identity-source.ts';
import { defaultKeyringPath, parseIdentities } from '../secrets/keyring.ts';
import { UsageError } from './exit.ts';
import type { KeyOptions } from './options.ts';

/** What gives the private keys, as the options say. Throws `UsageError` where there is no such place. */
export function identitySource(options: KeyOptions): IdentitySource {
  if (options.keysCommand !== undefined) return keysCommand(options.keysCommand);
  if (options.keysEnv !== undefined) return fromEnvironment(options.keysEnv);
  const path = options.keys ?? defaultKeyringPath(process.env, homedir());
  if (options.keys !== undefined && !existsSync(path)) throw new UsageError(`there is no file or folder ${path}`);
  return existsSync(path) && statSync(path).isDirectory()
    ? keyringFolder(path)
    : keyringFile(path, { anyoneMayRead: options.publicKeys === true });
}

/** The variable is taken out of the environment, so that no process that we start gets it. */
function fromEnvironment(name: string): IdentitySource {
  const text = process.env[name];
  if (text === undefined) throw new UsageError(`the environment has no variable ${name}`);
  delete process.env[name];
  const identities = parseIdentities(text, `the variable ${name}`);
  return () => Promise.resolve(identities);
}
