import { randomBytes } from 'node:crypto';
import { DATA_KEY_LENGTH } from './data-key.ts';
import { isEncryptedPath, readMetadata, rfc3339, withMetadata, type SopsMetadata } from './sops-metadata.ts';
import { formatSopsTree, mapScalars, readSopsTree, withoutMetadata, type Scalar, type SopsTree } from './sops-tree.ts';
import { IV_LENGTH, plainBytes, readEncryptedValue } from './sops-value.ts';
import { decryptTree, encryptTree, isNeverEncrypted, openDataKey, wrapFor } from './sops.ts';

/** A SOPS file that was opened, with what is needed to write it again. */
export interface OpenedSops {
  /** As it lies in the file. */
  encrypted: SopsTree;
  plain: SopsTree;
  metadata: SopsMetadata;
  dataKey: Buffer;
  /** Of one level. */
  indent: string;
}

/** Opens a file and verifies its MAC. Throws `SecretError`. */
export async function openSops(text: string, identities: readonly string[]): Promise<OpenedSops> {
  const encrypted = readSopsTree(text);
  const metadata = readMetadata(encrypted);
  const dataKey = await openDataKey(metadata, identities);
  const [, indent = '\t'] = /^\{\n([\t ]+)/.exec(text) ?? [];
  return { encrypted, plain: decryptTree(encrypted, metadata, dataKey), metadata, dataKey, indent };
}

/**
 * Writes another plain tree with the same data key. A value that stays at its place keeps its ciphertext, so that a
 * change of one value is a change of three lines: the value, the MAC, the time.
 */
export function rewriteSops(opened: OpenedSops, plain: SopsTree, now: Date): string {
  const ivs = keptIvs(opened, plain);
  return encryptTree(plain, {
    ...opened.metadata,
    dataKey: opened.dataKey,
    lastmodified: rfc3339(now),
    // The MAC's comes after all of them, and so is always new.
    iv: (_path, index) => ivs[index] ?? randomBytes(IV_LENGTH),
    indent: opened.indent,
  });
}

/** Writes the same values with a new data key, for these recipients. */
export async function rotateSops(opened: OpenedSops, recipients: readonly string[], now: Date): Promise<string> {
  const dataKey = randomBytes(DATA_KEY_LENGTH);
  return encryptTree(opened.plain, {
    ...opened.metadata,
    age: await Promise.all(recipients.map((recipient) => wrapFor(recipient, dataKey))),
    dataKey,
    lastmodified: rfc3339(now),
    iv: () => randomBytes(IV_LENGTH),
    indent: opened.indent,
  });
}

/** Wraps the same data key for exactly these recipients. Nothing else changes: the MAC does not cover them. */
export async function rewrapSops(opened: OpenedSops, recipients: readonly string[]): Promise<string> {
  const { metadata, dataKey, encrypted, indent } = opened;
  const known = new Map(metadata.age.map((entry) => [entry.recipient, entry]));
  const age = await Promise.all(
    recipients.map(async (recipient) => known.get(recipient) ?? wrapFor(recipient, dataKey)),
  );
  return formatSopsTree(withMetadata(encrypted, { ...metadata, age }), indent);
}

/** For each value of the new tree that will be encrypted, the IV that it had where it stood there before. */
function keptIvs({ encrypted, plain, metadata }: OpenedSops, next: SopsTree): (Buffer | undefined)[] {
  const ciphertexts = scalarsOf(withoutMetadata(encrypted));
  const keys = scalarsOf(plain).map((value) => keyOf(value, metadata));
  const wanted = scalarsOf(next).map((value) => keyOf(value, metadata));
  const ivs = new Map<number, Buffer>();
  // Equal items of a list have one place: each keeps its own IV where it can, and none serves two.
  const take = (index: number, from: number): void => {
    const ciphertext = ciphertexts[from];
    if (ciphertext?.scalar.kind !== 'string' || keys[from] === undefined) return;
    ivs.set(index, readEncryptedValue(ciphertext.scalar.value, ciphertext.path).iv);
    keys[from] = undefined;
  };
  for (const [index, key] of wanted.entries()) if (key === keys[index]) take(index, index);
  for (const [index, key] of wanted.entries()) if (key !== undefined && !ivs.has(index)) take(index, keys.indexOf(key));
  return wanted.flatMap((key, index) => (key === undefined ? [] : [ivs.get(index)]));
}

/** Names a value that is encrypted, with its place. */
function keyOf({ scalar, path }: PlacedScalar, { rule }: SopsMetadata): string | undefined {
  const bytes = plainBytes(scalar)?.bytes;
  if (bytes === undefined || isNeverEncrypted(scalar) || !isEncryptedPath(rule, path)) return undefined;
  return JSON.stringify([...path, bytes.toString('base64')]);
}

interface PlacedScalar {
  scalar: Scalar;
  path: readonly string[];
}

function scalarsOf(tree: SopsTree): PlacedScalar[] {
  const scalars: PlacedScalar[] = [];
  mapScalars(tree, [], (scalar, path) => {
    scalars.push({ scalar, path });
    return scalar;
  });
  return scalars;
}
