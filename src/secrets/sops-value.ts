import { createCipheriv, createDecipheriv } from 'node:crypto';
import { SecretError } from './secret-error.ts';
import type { SopsTree } from './sops-tree.ts';

/** Lengths in bytes, as sops writes them (getsops/sops, aes/cipher.go). */
export const IV_LENGTH = 32;
const TAG_LENGTH = 16;

const TYPES = ['str', 'int', 'float', 'bool'] as const;
type ValueType = (typeof TYPES)[number];

/** A value as `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]`. */
export interface EncryptedValue {
  data: Buffer;
  iv: Buffer;
  tag: Buffer;
  type: ValueType;
}

const BASE64 = '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?';
const FORM = new RegExp(`^ENC\\[AES256_GCM,data:(${BASE64}),iv:(${BASE64}),tag:(${BASE64}),type:([a-z]+)\\]$`);

/** Reads an encrypted value strictly. Throws `SecretError` `sops_bad_value`. */
export function readEncryptedValue(text: string, path: readonly string[]): EncryptedValue {
  const [, data, iv, tag, typeName] = FORM.exec(text) ?? [];
  const type = TYPES.find((name) => name === typeName);
  if (data === undefined || iv === undefined || tag === undefined || type === undefined) {
    throw new SecretError('sops_bad_value', 'this is not an encrypted value of SOPS', { path });
  }
  const value = {
    data: Buffer.from(data, 'base64'),
    iv: Buffer.from(iv, 'base64'),
    tag: Buffer.from(tag, 'base64'),
    type,
  };
  if (value.iv.length !== IV_LENGTH)
    throw new SecretError('sops_bad_value', `the IV has ${value.iv.length} bytes, not ${IV_LENGTH}`, { path });
  if (value.tag.length !== TAG_LENGTH)
    throw new SecretError('sops_bad_value', `the tag has ${value.tag.length} bytes, not ${TAG_LENGTH}`, { path });
  return value;
}

/** AES-256-GCM with the path as authenticated data. Throws `SecretError` `sops_value_refused`. */
export function decryptValue(
  value: EncryptedValue,
  key: Buffer,
  authenticated: string,
  path: readonly string[],
): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, value.iv, { authTagLength: TAG_LENGTH });
    decipher.setAAD(Buffer.from(authenticated));
    decipher.setAuthTag(value.tag);
    return Buffer.concat([decipher.update(value.data), decipher.final()]);
  } catch {
    // Node's own error says less, and nothing of it is needed.
    throw new SecretError('sops_value_refused', 'the value was changed, or moved here from another place', {
      path,
      help: 'take the file from git as it was, or connect again',
    });
  }
}

export function encryptValue(plain: Buffer, type: ValueType, key: Buffer, iv: Buffer, authenticated: string): string {
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_LENGTH });
  cipher.setAAD(Buffer.from(authenticated));
  const data = Buffer.concat([cipher.update(plain), cipher.final()]);
  const parts = [
    `data:${data.toString('base64')}`,
    `iv:${iv.toString('base64')}`,
    `tag:${cipher.getAuthTag().toString('base64')}`,
  ];
  return `ENC[AES256_GCM,${parts.join(',')},type:${type}]`;
}

/** What sops encrypts, and hashes for the MAC, for a scalar; `undefined` for null, which it leaves alone. */
export function plainBytes(
  scalar: Extract<SopsTree, { kind: 'string' | 'literal' }>,
): { bytes: Buffer; type: ValueType } | undefined {
  if (scalar.kind === 'string') return { bytes: Buffer.from(scalar.value), type: 'str' };
  const { text } = scalar;
  if (text === 'null') return undefined;
  if (text === 'true' || text === 'false')
    return { bytes: Buffer.from(text === 'true' ? 'True' : 'False'), type: 'bool' };
  if (/^-?\d+$/.test(text)) return { bytes: Buffer.from(text), type: 'int' };
  return { bytes: Buffer.from(plainDecimal(Number(text))), type: 'float' };
}

/** The scalar that decrypted bytes of a type stand for. Throws `SecretError` `sops_bad_value`. */
export function scalarFrom(
  bytes: Buffer,
  type: ValueType,
  path: readonly string[],
): Extract<SopsTree, { kind: 'string' | 'literal' }> {
  const text = bytes.toString();
  if (type === 'str') return { kind: 'string', value: text };
  if (type === 'bool' && /^(true|false)$/i.test(text)) return { kind: 'literal', text: text.toLowerCase() };
  if (type === 'int' && /^-?\d+$/.test(text)) return { kind: 'literal', text };
  if (type === 'float' && /^-?\d+(\.\d+)?$/.test(text))
    return { kind: 'literal', text: text.includes('.') ? text : `${text}.0` };
  throw new SecretError('sops_bad_value', `the value is not of its type ${type}`, { path });
}

/** Shortest digits without an exponent: Go's `strconv.FormatFloat(value, 'f', -1, 64)`. */
function plainDecimal(value: number): string {
  const [mantissa = '', exponent] = String(value).split('e');
  if (exponent === undefined) return mantissa;
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return (
    sign + (point >= digits.length ? digits.padEnd(point, '0') : `${digits.slice(0, point)}.${digits.slice(point)}`)
  );
}
