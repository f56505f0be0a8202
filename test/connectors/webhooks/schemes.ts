import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WebhookScheme } from '../../../src/generated/connector.ts';

/** Schemes of well-known services, by name; their key is the connection's field `secret`. */
export const SCHEMES = JSON.parse(readFileSync(join(import.meta.dirname, 'schemes.json'), 'utf8')) as {
  [name: string]: WebhookScheme;
};

export function schemeOf(name: string): WebhookScheme {
  const scheme = SCHEMES[name];
  if (scheme === undefined) throw new Error(`there is no scheme ${name}`);
  return scheme;
}
