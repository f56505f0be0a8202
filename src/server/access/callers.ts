import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Instant } from '../../run/records.ts';
import { isSameSecret } from '../../secrets/same-secret.ts';
import type { AccountScope, TokenRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { readRole, type Role } from './roles.ts';

/** Who calls, and what the token allows. */
export interface Caller {
  /** Of the token. */
  id: string;
  name: string;
  /** In every account but those that `accountRoles` names. */
  role: Role;
  accounts: AccountScope;
  /** More than `role`, by account. */
  accountRoles: { readonly [account: string]: Role };
  /** When the token or the session ends; `undefined` where the runner's own end is the end. */
  expiresAt: Instant | undefined;
  /** What a browser must send along to change something. */
  csrf: string | undefined;
}

/** The id of the token that the runner makes at its start for the owner of its data folder. */
export const OWNER = 'owner';

/** Milliseconds until a browser must sign in again. */
const SESSION_MS = 12 * 60 * 60 * 1000;

/** Begins every token, so that one that lies around is found. */
const TOKEN_PREFIX = 'wbt_';

/** Bytes of chance in tokens and sessions. Nobody finds one by trying, so a plain SHA-256 is enough to keep them by. */
const SECRET_BYTES = 32;

/** A new token. Only its hash is kept. */
export function mintToken(): string {
  return TOKEN_PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
}

/** SHA-256 in hex: what is kept of a token or a session. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Knows callers by their tokens and sessions. */
export class Callers {
  private readonly store: Store;
  private readonly owner: string;
  private readonly now: () => Instant;

  constructor(store: Store, ownerToken: string, now: () => Instant) {
    this.store = store;
    this.owner = hashOf(ownerToken);
    this.now = now;
  }

  /** `undefined` where the token is unknown, has expired or is revoked. */
  byToken(token: string): Caller | undefined {
    const hash = hashOf(token);
    if (isSameSecret(hash, this.owner)) return OWNER_CALLER;
    const record = this.store.tokens.byHash(hash);
    return record && this.isUsable(record) ? callerOf(record) : undefined;
  }

  /** A session ends with its token, at the latest. */
  bySession(cookie: string): Caller | undefined {
    const session = this.store.sessions.get(hashOf(cookie));
    if (session === undefined || session.expiresAt <= this.now()) return undefined;
    const caller = this.byId(session.token);
    return caller && { ...caller, expiresAt: session.expiresAt, csrf: csrfOf(cookie) };
  }

  /** The caller as it is now: `undefined` where the token was revoked or has expired. */
  byId(id: string): Caller | undefined {
    if (id === OWNER) return OWNER_CALLER;
    const record = this.store.tokens.get(id);
    return record && this.isUsable(record) ? callerOf(record) : undefined;
  }

  /** Begins a session. Gives the value of its cookie. */
  async signIn(caller: Caller): Promise<{ cookie: string; expiresAt: Instant }> {
    const cookie = randomBytes(SECRET_BYTES).toString('base64url');
    const now = this.now();
    const expiresAt = Math.min(now + SESSION_MS, caller.expiresAt ?? Infinity);
    await this.store.sessions.insert({ hash: hashOf(cookie), token: caller.id, expiresAt }, now);
    return { cookie, expiresAt };
  }

  async signOut(cookie: string): Promise<void> {
    await this.store.sessions.end(hashOf(cookie));
  }

  private isUsable({ expiresAt, revokedAt }: TokenRecord): boolean {
    return revokedAt === undefined && expiresAt > this.now();
  }
}

const OWNER_CALLER: Caller = {
  id: OWNER,
  name: 'owner of the data folder',
  role: 'admin',
  accounts: 'all',
  accountRoles: {},
  expiresAt: undefined,
  csrf: undefined,
};

function callerOf({ id, name, role, accounts, accountRoles, expiresAt }: TokenRecord): Caller {
  const roles = Object.entries(accountRoles).map(([account, one]) => [account, readRole(one)] as const);
  return {
    id,
    name,
    role: readRole(role),
    accounts,
    accountRoles: Object.fromEntries(roles),
    expiresAt,
    csrf: undefined,
  };
}

/** Made of the cookie's value, which no other site can read: https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html */
function csrfOf(cookie: string): string {
  return createHmac('sha256', cookie).update('csrf').digest('base64url');
}
