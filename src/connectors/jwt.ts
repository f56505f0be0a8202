import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT, type JWTHeaderParameters } from 'jose';
import type { DerivedJwt } from '../generated/plan.ts';
import type { JsonObject } from '../json/value.ts';

const LIFETIME_S = 300;

/** A signed token (RFC 7519) of templates' values. Throws `TypeError` where the key does not fit the algorithm. */
export async function signedToken(
  { algorithm, expires_in: lifetime = LIFETIME_S }: DerivedJwt,
  key: Buffer,
  header: JsonObject,
  claims: JsonObject,
  now: number,
): Promise<string> {
  const issued = Math.floor(now / 1000);
  const named: JWTHeaderParameters = { typ: 'JWT', ...header, alg: algorithm };
  const token = new SignJWT({ iat: issued, exp: issued + lifetime, ...claims }).setProtectedHeader(named);
  return token.sign(algorithm.startsWith('HS') ? key : privateKey(key.toString()));
}

/** A private key in PEM. What was copied from a JSON file has its lines' ends written out. */
export function privateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem.replaceAll(String.raw`\n`, '\n'));
  } catch {
    // What the library says may show a part of the key.
    throw new TypeError('the private key cannot be read: it must be in PEM, without a passphrase');
  }
}
