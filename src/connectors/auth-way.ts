import type { Auth, AuthorizationCodeAuth, ConnectionSpec, FieldCondition } from '../generated/plan.ts';
import type { JsonObject } from '../json/value.ts';

/** How a connection with these fields proves itself: the first way that serves it. */
export function authOf({ auth }: Pick<ConnectionSpec, 'auth'>, fields: JsonObject): Auth | undefined {
  if (!Array.isArray(auth)) return auth;
  return auth.find(({ when }) => when === undefined || isMet(when, fields))?.auth;
}

/** How a person consents to a connection with these fields; `undefined` where nobody has to. */
export function consentOf(spec: Pick<ConnectionSpec, 'auth'>, fields: JsonObject): AuthorizationCodeAuth | undefined {
  const auth = authOf(spec, fields);
  return auth?.type === 'oauth2' && auth.grant === 'authorization_code' ? auth : undefined;
}

/** All ways that a connector has. */
export function authWays({ auth }: Pick<ConnectionSpec, 'auth'>): Auth[] {
  if (auth === undefined) return [];
  return Array.isArray(auth) ? auth.map((way) => way.auth) : [auth];
}

export function isMet({ field, is }: FieldCondition, fields: JsonObject): boolean {
  const value = fields[field];
  return is.some((one) => one === value);
}
