import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { addNewIdentity, defaultKeyringPath } from '../../secrets/keyring.ts';
import { EXIT } from '../exit.ts';

export interface KeygenOptions {
  out?: string;
  postQuantum?: true;
}

/** `waybill secrets keygen`: a new private key in the keyring; only its public half is shown. */
export async function keygen(options: KeygenOptions): Promise<number> {
  const file = options.out === undefined ? defaultKeyringPath(process.env, homedir()) : resolve(options.out);
  const recipient = await addNewIdentity(file, { now: new Date(), postQuantum: options.postQuantum === true });
  console.log(recipient);
  console.error(`The private key was added to ${file}. Keep a copy of that file in a safe place, never in git.`);
  console.error(
    'Add the public key above to "recipients" in an account.json, then run waybill secrets updatekeys, or connect its services again.',
  );
  return EXIT.clean;
}
