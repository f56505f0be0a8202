import { CallFailure } from '../../connectors/call-failure.ts';
import type { GrantedToken, GrantedTokens } from '../../connectors/granted-tokens.ts';
import { capturedValues } from '../../connectors/oauth/captured.ts';
import type { GivenTokens } from '../../connectors/oauth/token-answer.ts';
import type { TokenEndpoint } from '../../connectors/oauth/token-endpoint.ts';
import type { ConnectedCall } from '../../connectors/token-call.ts';
import { renewalTime, TokenSlot } from '../../connectors/token-slot.ts';
import type { AuthorizationCodeAuth } from '../../generated/plan.ts';
import type { JsonObject } from '../../json/value.ts';
import type { Instant } from '../../run/records.ts';
import type { SealingKey, Vault } from '../../secrets/vault.ts';
import type { GrantRecord } from '../../store/records.ts';
import type { GrantStore } from '../../store/store.ts';
import type { OpenedTarget } from './consent-targets.ts';
import { endedFailure, hostsFailure, missingFailure, scopesFailure, type HowToConsent } from './grant-failures.ts';

export interface GrantsOptions {
  store: GrantStore;
  vault: Vault;
  endpoint: () => TokenEndpoint;
  howToConsent: HowToConsent;
  now: () => Instant;
}

/** What of a grant is secret, as it is sealed. */
interface SecretGrant {
  accessToken: string;
  refreshToken?: string;
  /** What consent told of the connection. */
  values: JsonObject;
}

/** A token with what it may be used for. */
interface KeptToken extends GrantedToken {
  scopes: readonly string[];
  hosts: readonly string[];
}

/** How long a token that is still good is used after a refresh that failed, before the next try. */
const RETRY_MS = 10_000;

/**
 * What people granted: kept encrypted, refreshed by one call for all that need it. That a refresh begins is on disk before
 * the service is asked, and what it answers before anyone uses it, so that an end in between is seen at the next start:
 * the refresh is made again at once, while a service that changes refresh tokens still takes the one before.
 */
export class Grants implements GrantedTokens {
  private readonly options: GrantsOptions;
  private readonly slots = new Map<string, TokenSlot<KeptToken>>();
  /** What the disk did not take, by connection: it is tried again before anything else. */
  private readonly unkept = new Map<string, GrantRecord>();

  constructor(options: GrantsOptions) {
    this.options = options;
  }

  async token(auth: AuthorizationCodeAuth, call: ConnectedCall): Promise<GrantedToken> {
    const { account, connection } = call;
    const { howToConsent, now } = this.options;
    const slot = this.slotOf(account, connection.name);
    const token = await slot.token(now, (refused) => this.make(auth, call, refused));
    this.requireHosts(call, token);
    const missing = (connection.plan.scopes ?? []).filter((scope) => !token.scopes.includes(scope));
    if (missing.length > 0) throw scopesFailure(call, missing, howToConsent);
    return token;
  }

  async refused({ account, connection }: ConnectedCall, token: GrantedToken): Promise<void> {
    await this.slotOf(account, connection.name).refused(token);
  }

  /** What a person granted just now takes the place of what there was. */
  async accept(
    { account, connection }: ConnectedCall,
    given: GivenTokens,
    { values, scopes }: { values: JsonObject; scopes: readonly string[] },
  ): Promise<void> {
    const { now, vault } = this.options;
    const key = await vault.of(account);
    const grantedAt = now();
    await this.keep({
      account,
      connection: connection.name,
      status: 'granted',
      reason: undefined,
      sealed: seal(key, connection.name, secretOf(given, values)),
      scopes: [...(given.scopes ?? scopes)],
      hosts: connection.plan.hosts,
      identity: undefined,
      grantedAt,
      expiresAt: endOf(given, grantedAt),
      refreshedAt: undefined,
      refreshingAt: undefined,
    });
    this.slots.delete(idOf(account, connection.name));
  }

  /** Whose account it is, as the service said it. */
  async identify(account: string, connection: string, identity: string): Promise<void> {
    const grant = this.get(account, connection);
    if (grant !== undefined) await this.keep({ ...grant, identity });
  }

  get(account: string, connection: string): GrantRecord | undefined {
    return this.unkept.get(idOf(account, connection)) ?? this.options.store.get(account, connection);
  }

  /** Forgets what was granted. Gives the request by which the service takes it back, where there is something. */
  async forget(account: string, connection: string): Promise<((target: OpenedTarget) => Promise<void>) | undefined> {
    const grant = this.get(account, connection);
    if (grant === undefined || grant.status === 'revoked') return undefined;
    const secret = open(await this.options.vault.of(account), connection, grant);
    await this.end({ ...grant, status: 'revoked', reason: undefined, sealed: '' });
    // By the standard the one takes the other with it (RFC 7009 §2.1), but some services know one kind alone.
    const tokens = [secret.refreshToken, secret.accessToken].filter((token) => token !== undefined);
    return async ({ auth, call }) => {
      this.requireHosts(call, grant);
      const roots = rootsOf(call, secret.values);
      const endpoint = this.options.endpoint();
      await Promise.any(tokens.map((token) => endpoint.revoke(auth, call, roots, token))).catch((error: unknown) => {
        throw error instanceof AggregateError ? error.errors[0] : error;
      });
    };
  }

  private slotOf(account: string, connection: string): TokenSlot<KeptToken> {
    const id = idOf(account, connection);
    let slot = this.slots.get(id);
    if (slot === undefined) this.slots.set(id, (slot = new TokenSlot()));
    return slot;
  }

  /** The token that is kept, or where that one is no good, a new one. */
  private async make(
    auth: AuthorizationCodeAuth,
    call: ConnectedCall,
    refused: KeptToken | undefined,
  ): Promise<KeptToken> {
    const { account, connection } = call;
    const { howToConsent, now, vault } = this.options;
    const unkept = this.unkept.get(idOf(account, connection.name));
    if (unkept !== undefined) await this.keep(unkept);
    const grant = this.get(account, connection.name);
    if (grant === undefined) throw missingFailure(call, howToConsent);
    if (grant.status !== 'granted') throw endedFailure(call, grant, howToConsent);
    // Also a refresh would carry a token there.
    this.requireHosts(call, grant);
    const secret = open(await vault.of(account), connection.name, grant);
    const kept = keptToken(grant, secret);
    const isRefused = refused !== undefined && refused.fields.token === secret.accessToken;
    const isDue = kept.until !== undefined && kept.until <= now();
    if (!isRefused && !isDue && grant.refreshingAt === undefined) return kept;
    const isGood = !isRefused && (grant.expiresAt === undefined || grant.expiresAt > now());
    if (secret.refreshToken === undefined) {
      if (isGood) return { ...kept, until: grant.expiresAt };
      throw await this.ended(call, grant, 'the token ended, and the service gave none to refresh it with');
    }
    try {
      return await this.refresh(auth, call, grant, secret);
    } catch (error) {
      if (isGood && error instanceof CallFailure && error.failure.class === 'retryable')
        return { ...kept, until: Math.min(grant.expiresAt ?? Infinity, now() + RETRY_MS) };
      throw error;
    }
  }

  private async refresh(
    auth: AuthorizationCodeAuth,
    call: ConnectedCall,
    grant: GrantRecord,
    secret: SecretGrant,
  ): Promise<KeptToken> {
    const { account, connection } = call;
    const { endpoint, now, store, vault } = this.options;
    const key = await vault.of(account);
    await store.beginRefresh(account, connection.name, now());
    let given: GivenTokens;
    try {
      given = await endpoint().byRefreshToken(auth, call, rootsOf(call, secret.values), secret.refreshToken ?? '');
    } catch (error) {
      if (!(error instanceof CallFailure) || error.failure.code !== 'grant_expired') throw error;
      if (!this.isCurrent(grant)) return this.make(auth, call, undefined);
      const cut = grant.refreshingAt === undefined ? '' : '; a refresh before was cut off, and its answer lost';
      throw await this.ended(call, grant, `${error.failure.message}${cut}`);
    }
    // Meanwhile somebody may have consented anew, or have given it back.
    if (!this.isCurrent(grant)) return this.make(auth, call, undefined);
    const refreshedAt = now();
    const values = capturedValues(auth, { response: given.response }, secret.values);
    // A service that sends no new one lets the old one go on (RFC 6749 §6).
    const next = secretOf({ ...given, refreshToken: given.refreshToken ?? secret.refreshToken }, values);
    const kept: GrantRecord = {
      ...grant,
      sealed: seal(key, connection.name, next),
      scopes: given.scopes ?? grant.scopes,
      expiresAt: endOf(given, refreshedAt),
      refreshedAt,
      refreshingAt: undefined,
    };
    await this.keep(kept);
    return keptToken(kept, next);
  }

  /** Throws `CallFailure` where the connection has a host that it did not have at the consent. */
  private requireHosts(call: ConnectedCall, { hosts }: { hosts: readonly string[] }): void {
    if (call.connection.plan.hosts.every((host) => hosts.includes(host))) return;
    throw hostsFailure(call, hosts, this.options.howToConsent);
  }

  private isCurrent({ account, connection, grantedAt }: GrantRecord): boolean {
    const current = this.get(account, connection);
    return current?.status === 'granted' && current.grantedAt === grantedAt;
  }

  private async ended(call: ConnectedCall, grant: GrantRecord, reason: string): Promise<CallFailure> {
    const over: GrantRecord = { ...grant, status: 'expired', reason };
    await this.end(over);
    return endedFailure(call, over, this.options.howToConsent);
  }

  private async end(grant: GrantRecord): Promise<void> {
    await this.keep({ ...grant, refreshingAt: undefined });
    this.slots.delete(idOf(grant.account, grant.connection));
  }

  private async keep(grant: GrantRecord): Promise<void> {
    const id = idOf(grant.account, grant.connection);
    this.unkept.set(id, grant);
    await this.options.store.put(grant);
    if (this.unkept.get(id) === grant) this.unkept.delete(id);
  }
}

function idOf(account: string, connection: string): string {
  return `${account}/${connection}`;
}

function secretOf({ accessToken, refreshToken }: GivenTokens, values: JsonObject): SecretGrant {
  return { accessToken, ...(refreshToken === undefined ? {} : { refreshToken }), values };
}

function seal(key: SealingKey, connection: string, secret: SecretGrant): string {
  return key.seal(placeOf(connection), JSON.stringify(secret));
}

/** Throws `SecretError` where no key opens it. */
function open(key: SealingKey, connection: string, { sealed }: GrantRecord): SecretGrant {
  return JSON.parse(key.open(placeOf(connection), sealed)) as SecretGrant;
}

function placeOf(connection: string): string {
  return `grants/${connection}`;
}

function endOf({ lifetimeMs }: GivenTokens, now: Instant): Instant | undefined {
  return lifetimeMs === undefined ? undefined : now + lifetimeMs;
}

function keptToken(grant: GrantRecord, { accessToken, refreshToken, values }: SecretGrant): KeptToken {
  const { expiresAt, grantedAt, refreshedAt = grantedAt, scopes, hosts } = grant;
  return {
    fields: { token: accessToken, ...(refreshToken === undefined ? {} : { refresh: refreshToken }) },
    until: expiresAt === undefined ? undefined : renewalTime(refreshedAt, expiresAt - refreshedAt),
    renewable: refreshToken !== undefined,
    values,
    scopes,
    hosts,
  };
}

function rootsOf({ connection: { plan, credential } }: ConnectedCall, values: JsonObject): JsonObject {
  return { connection: { ...plan.fields, ...values, ...credential.fields } };
}
