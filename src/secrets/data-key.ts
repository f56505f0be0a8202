import { armor, Decrypter, Encrypter } from 'age-encryption';

/** Bytes of a key for AES-256. */
export const DATA_KEY_LENGTH = 32;

/** The data key as an armored age file that any of the recipients, X25519 or post-quantum, can open. */
export async function wrapDataKey(dataKey: Buffer, recipients: readonly string[]): Promise<string> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(dataKey));
}

/** The data key, opened by the first identity that fits; `undefined` where none does. */
export async function unwrapDataKey(wrapped: string, identities: readonly string[]): Promise<Buffer | undefined> {
  for (const identity of identities) {
    const key = await unwrap(wrapped, identity);
    if (key !== undefined) return key;
  }
  return undefined;
}

async function unwrap(wrapped: string, identity: string): Promise<Buffer | undefined> {
  try {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const key = Buffer.from(await decrypter.decrypt(armor.decode(wrapped)));
    return key.length === DATA_KEY_LENGTH ? key : undefined;
  } catch {
    // The library's messages could hold parts of a key; that this one does not open is all there is to know.
    return undefined;
  }
}
