import { createHash, randomBytes, type Hash } from 'node:crypto';
import type { Json } from '../json/value.ts';
import { DATA_KEY_LENGTH, unwrapDataKey, wrapDataKey } from './data-key.ts';
import { shortRecipient } from './recipient.ts';
import { isSameSecret } from './same-secret.ts';
import { SecretError } from './secret-error.ts';
import {
  isEncryptedPath,
  readMetadata,
  rfc3339,
  UNENCRYPTED_SUFFIX,
  withMetadata,
  type SopsMetadata,
} from './sops-metadata.ts';
import {
  formatSopsTree,
  mapScalars,
  readSopsTree,
  treeToJson,
  withoutMetadata,
  type Scalar,
  type SopsTree,
} from './sops-tree.ts';
import { decryptValue, encryptValue, IV_LENGTH, plainBytes, readEncryptedValue, scalarFrom } from './sops-value.ts';

/** The version of sops whose format we write; real sops reads it back. */
const WRITTEN_VERSION = '3.13.2';

/**
 * Decrypts a SOPS JSON file (https://getsops.io/docs/) whose data key is wrapped for age recipients. The MAC is always
 * verified. Throws `SecretError`, which never holds a value.
 */
export async function decryptSops(text: string, identities: readonly string[]): Promise<Json> {
  const root = readSopsTree(text);
  const metadata = readMetadata(root);
  return treeToJson(decryptTree(root, metadata, await openDataKey(metadata, identities)));
}

/** Opens the data key with the first identity that fits. Throws `SecretError` `sops_no_identity`. */
export async function openDataKey(metadata: SopsMetadata, identities: readonly string[]): Promise<Buffer> {
  for (const { enc } of metadata.age) {
    const key = await unwrapDataKey(enc, identities);
    if (key !== undefined) return key;
  }
  throw new SecretError('sops_no_identity', `none of the ${identities.length} private keys at hand opens the file`, {
    path: ['sops', 'age'],
    help: `it is encrypted to ${metadata.age.map(({ recipient }) => shortRecipient(recipient)).join(', ')}`,
  });
}

/** Decrypts all values and verifies the MAC. Throws `SecretError`. */
export function decryptTree(root: SopsTree, metadata: SopsMetadata, key: Buffer): SopsTree {
  const hash = createHash('sha512');
  const decrypted = mapScalars(withoutMetadata(root), [], (scalar, path) => {
    const plain = openScalar(scalar, path, metadata, key);
    hashScalar(hash, plain);
    return plain;
  });
  const stored = decryptValue(readEncryptedValue(metadata.mac, ['sops', 'mac']), key, metadata.lastmodified, [
    'sops',
    'mac',
  ]);
  if (!isSameSecret(stored, hash.digest('hex').toUpperCase())) {
    throw new SecretError('sops_mac_mismatch', 'the MAC does not fit: a value was added, removed or moved', {
      path: ['sops', 'mac'],
      help: 'two changes to one secrets file cannot be merged line by line: take one side and make the other change again',
    });
  }
  return decrypted;
}

function openScalar(scalar: Scalar, path: readonly string[], metadata: SopsMetadata, key: Buffer): Scalar {
  if (!isEncryptedPath(metadata.rule, path) || isNeverEncrypted(scalar)) return scalar;
  if (scalar.kind !== 'string') throw new SecretError('sops_plain_value', 'this value is not encrypted', { path });
  const value = readEncryptedValue(scalar.value, path);
  return scalarFrom(decryptValue(value, key, authenticatedPath(path), path), value.type, path);
}

export interface EncryptOptions {
  dataKey: Buffer;
  /** The data key wrapped for each recipient. */
  age: SopsMetadata['age'];
  rule: SopsMetadata['rule'];
  lastmodified: string;
  /**
   * An IV for each value, which must be fresh unless the value stood at the same place with it; `['sops', 'mac']` asks for
   * the MAC's. `index` counts the values.
   */
  iv(path: readonly string[], index: number): Buffer;
  indent: string;
  version: string;
}

/** Encrypts a tree. The same options give the same bytes. */
export function encryptTree(plain: SopsTree, options: EncryptOptions): string {
  const hash = createHash('sha512');
  let index = 0;
  const encrypted = mapScalars(plain, [], (scalar, path) => {
    hashScalar(hash, scalar);
    const value = plainBytes(scalar);
    if (value === undefined || isNeverEncrypted(scalar) || !isEncryptedPath(options.rule, path)) return scalar;
    const iv = options.iv(path, index++);
    return {
      kind: 'string',
      value: encryptValue(value.bytes, value.type, options.dataKey, iv, authenticatedPath(path)),
    };
  });
  const digest = Buffer.from(hash.digest('hex').toUpperCase());
  const mac = encryptValue(digest, 'str', options.dataKey, options.iv(['sops', 'mac'], index), options.lastmodified);
  const { age, lastmodified, rule, version } = options;
  return formatSopsTree(withMetadata(encrypted, { age, lastmodified, mac, rule, version }), options.indent);
}

/** Encrypts a document, but what stands below `*_unencrypted`, to age recipients with a new data key. Needs public keys only. */
export async function encryptSops(document: Json, recipients: readonly string[], now: Date): Promise<string> {
  const dataKey = randomBytes(DATA_KEY_LENGTH);
  return encryptTree(readSopsTree(JSON.stringify(document)), {
    dataKey,
    age: await Promise.all(recipients.map((recipient) => wrapFor(recipient, dataKey))),
    rule: { kind: 'unencrypted_suffix', suffix: UNENCRYPTED_SUFFIX },
    lastmodified: rfc3339(now),
    iv: () => randomBytes(IV_LENGTH),
    indent: '\t',
    version: WRITTEN_VERSION,
  });
}

/** The data key for one recipient, as SOPS lists it. */
export async function wrapFor(recipient: string, dataKey: Buffer): Promise<SopsMetadata['age'][number]> {
  return { recipient, enc: await wrapDataKey(dataKey, [recipient]) };
}

/** sops leaves the empty text and null as they are. */
export function isNeverEncrypted(scalar: Scalar): boolean {
  return scalar.kind === 'string' ? scalar.value === '' : scalar.text === 'null';
}

function hashScalar(hash: Hash, scalar: SopsTree): void {
  if (scalar.kind !== 'string' && scalar.kind !== 'literal') return;
  const plain = plainBytes(scalar);
  if (plain !== undefined) hash.update(plain.bytes);
}

function authenticatedPath(path: readonly string[]): string {
  return `${path.join(':')}:`;
}
