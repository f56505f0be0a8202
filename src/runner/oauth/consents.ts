import { createHash, randomBytes } from 'node:crypto';
import { calculatePKCECodeChallenge, generateRandomCodeVerifier, generateRandomState } from 'oauth4webapi';
import type { ActionCaller } from '../../connectors/action-call.ts';
import { CallFailure } from '../../connectors/call-failure.ts';
import { testAction } from '../../connectors/connection-test.ts';
import { authorizeUrl } from '../../connectors/oauth/authorize-url.ts';
import { capturedValues, requireKnownHost } from '../../connectors/oauth/captured.ts';
import type { TokenEndpoint } from '../../connectors/oauth/token-endpoint.ts';
import { isJsonObject, type JsonObject } from '../../json/value.ts';
import type { Failure } from '../../run/failure.ts';
import type { Instant } from '../../run/records.ts';
import { SecretError } from '../../secrets/secret-error.ts';
import type { Vault } from '../../secrets/vault.ts';
import type { ConsentRecord } from '../../store/records.ts';
import type { ConsentStore } from '../../store/store.ts';
import type { ConsentTarget, ConsentTargets, OpenedTarget } from './consent-targets.ts';
import type { Grants } from './grants.ts';

export interface ConsentsOptions {
  store: ConsentStore;
  vault: Vault;
  targets: ConsentTargets;
  grants: Grants;
  caller: ActionCaller;
  endpoint: () => TokenEndpoint;
  now: () => Instant;
  /** Called when something was granted: what waited for it can go on. */
  granted: () => void;
}

/** A link and what it is for. */
export type OpenedLink =
  | { kind: 'unknown' }
  | { kind: 'used'; account: string; connection: string }
  /** `createdBy` is the id of the token that it was made with. */
  | { kind: 'open'; target: ConsentTarget; createdBy: string };

/** Where the browser goes, and the cookie by which it is known when it comes back. */
export type ConsentBegin =
  | Exclude<OpenedLink, { kind: 'open' }>
  | { kind: 'begun'; url: URL; cookie: string }
  /** The app's credentials are missing or do not open. */
  | { kind: 'refused'; failure: Failure };

/** What came of the way to the service and back. */
export type ConsentEnd =
  | { kind: 'unknown' }
  | { kind: 'used' }
  | { kind: 'too_late' }
  | { kind: 'other_browser' }
  /** The person did not want to. */
  | { kind: 'denied'; target: ConsentTarget }
  | { kind: 'refused'; target: ConsentTarget; failure: Failure; redirectUri: string }
  | {
      kind: 'granted';
      target: ConsentTarget;
      identity: string | undefined;
      before: string | undefined;
      missing: string[];
      untested: Failure | undefined;
    };

/** Bytes of chance in links, and in the cookie of the browser. */
const SECRET_BYTES = 32;
/** A link waits for a person so long. */
const LINK_MS = 7 * 24 * 60 * 60_000;
/** The way to the service and back may take so long: people look for their passwords. */
const WAY_MS = 30 * 60_000;
const TEST_TIMEOUT_MS = 30_000;
/** The cookies that we make. */
const COOKIE = /^[A-Za-z0-9_-]{43}$/;

/** What proves the answer to a consent, as it is sealed. */
interface Proof {
  verifier?: string;
  redirectUri: string;
}

/**
 * The ways of people to services and back (RFC 6749 §4.1, with the advice of RFC 9700): a link begins one, the state that
 * comes back is good once, for a while and in the browser that went, and the code is bound to the runner by PKCE.
 */
export class Consents {
  private readonly options: ConsentsOptions;

  constructor(options: ConsentsOptions) {
    this.options = options;
  }

  /** A new link's secret part; only its hash is kept. */
  async link(target: ConsentTarget, createdBy: string): Promise<{ secret: string; expiresAt: Instant }> {
    const { store, now } = this.options;
    const { account, connection } = target;
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const expiresAt = now() + LINK_MS;
    const consent = { link: hashOf(secret), account, connection, createdBy, expiresAt };
    await store.put({ ...consent, begun: undefined, usedAt: undefined }, now());
    return { secret, expiresAt };
  }

  open(secret: string): OpenedLink {
    const consent = this.valid(secret);
    if (consent === undefined) return { kind: 'unknown' };
    const { account, connection, createdBy, usedAt } = consent;
    if (usedAt !== undefined) return { kind: 'used', account, connection };
    const target = this.options.targets.find(account, connection);
    return target === undefined ? { kind: 'unknown' } : { kind: 'open', target, createdBy };
  }

  /** Begins the way to the service. `known` is the cookie of a browser that is on another way too. */
  async begin(secret: string, redirectUri: string, known: string | undefined): Promise<ConsentBegin> {
    const [consent, link] = [this.valid(secret), this.open(secret)];
    if (consent === undefined) return { kind: 'unknown' };
    if (link.kind !== 'open') return link;
    const cookie = known !== undefined && COOKIE.test(known) ? known : randomBytes(SECRET_BYTES).toString('base64url');
    try {
      const url = await this.beginWith(consent, link.target, redirectUri, cookie);
      const { account, connection } = consent;
      return url === undefined ? { kind: 'used', account, connection } : { kind: 'begun', cookie, url };
    } catch (error) {
      return { kind: 'refused', failure: failureOf(error) };
    }
  }

  /** Takes the browser back with what the service says. */
  async finish(query: URLSearchParams, cookie: string | undefined): Promise<ConsentEnd> {
    const { store, now, targets, vault } = this.options;
    const state = query.get('state') ?? '';
    const consent = state === '' ? undefined : store.byState(hashOf(state));
    if (consent?.begun === undefined) return { kind: 'unknown' };
    if (consent.usedAt !== undefined) return { kind: 'used' };
    if (consent.begun.expiresAt <= now()) return { kind: 'too_late' };
    if (cookie === undefined || hashOf(cookie) !== consent.begun.browser) return { kind: 'other_browser' };
    const target = targets.find(consent.account, consent.connection);
    if (target === undefined) return { kind: 'unknown' };
    if (!(await store.use(consent.link, now()))) return { kind: 'used' };
    let redirectUri = '';
    try {
      const key = await vault.of(consent.account);
      const proof = JSON.parse(key.open(placeOf(consent.connection), consent.begun.sealed)) as Proof;
      ({ redirectUri } = proof);
      if (DENIALS.has(query.get('error') ?? '')) return await this.again(consent, { kind: 'denied', target });
      return await this.exchange(await targets.open(target), query, proof);
    } catch (error) {
      return this.again(consent, { kind: 'refused', target, failure: failureOf(error), redirectUri });
    }
  }

  /** `undefined` where the link was used meanwhile. */
  private async beginWith(
    consent: ConsentRecord,
    target: ConsentTarget,
    redirectUri: string,
    cookie: string,
  ): Promise<URL | undefined> {
    const { store, now, targets, vault } = this.options;
    const { auth, call, scopes, connection, account } = await targets.open(target);
    const state = generateRandomState();
    const verifier = auth.pkce === 'none' ? undefined : generateRandomCodeVerifier();
    const plain = auth.pkce === 'plain' || verifier === undefined;
    const challenge = plain ? verifier : await calculatePKCECodeChallenge(verifier);
    const url = authorizeUrl(auth, rootsOf(call.connection), { state, redirectUri, scopes, challenge });
    const proof: Proof = { redirectUri, ...(verifier === undefined ? {} : { verifier }) };
    const sealed = (await vault.of(account)).seal(placeOf(connection), JSON.stringify(proof));
    const begun = { state: hashOf(state), browser: hashOf(cookie), sealed, expiresAt: now() + WAY_MS };
    return (await store.begin(consent.link, begun)) ? url : undefined;
  }

  private async exchange(
    opened: OpenedTarget,
    query: URLSearchParams,
    { verifier, redirectUri }: Proof,
  ): Promise<ConsentEnd> {
    const { endpoint, grants } = this.options;
    const { auth, call, scopes, account, connection } = opened;
    // Without the service's name in the connector there is nothing to compare it with.
    const callback = new URLSearchParams([...query].filter(([name]) => name !== 'iss' || auth.issuer !== undefined));
    const given = await endpoint().byCode(auth, call, rootsOf(call.connection), { callback, redirectUri, verifier });
    const values = capturedValues(auth, { callback: Object.fromEntries(query), response: given.response });
    requireKnownHost(call.connector, { ...call.connection.plan.fields, ...values }, call.connection.plan.hosts);
    const before = grants.get(account, connection)?.identity;
    await grants.accept(call, given, { values, scopes });
    const tested = await this.test(opened);
    if (tested.identity !== undefined) await grants.identify(account, connection, tested.identity);
    this.options.granted();
    const missing = scopes.filter((scope) => given.scopes?.includes(scope) === false);
    const { auth: _auth, call: _call, ...target } = opened;
    return { kind: 'granted', target, identity: tested.identity, before, missing, untested: tested.failure };
  }

  /** Whose account it is, as the service says. */
  private async test({ call }: OpenedTarget): Promise<{ identity?: string; failure?: Failure }> {
    const test = call.connector.connection?.test;
    if (test === undefined) return {};
    const signal = AbortSignal.timeout(TEST_TIMEOUT_MS);
    // The test needs no rights but those that were given.
    const { plan } = call.connection;
    const connection = { ...call.connection, plan: { ...plan, scopes: [] } };
    const outcome = await this.options.caller.call({ ...call, connection, action: testAction(test), signal });
    if (!outcome.ok) return { failure: outcome.failure };
    const identity = isJsonObject(outcome.output) ? outcome.output['identity'] : undefined;
    return typeof identity === 'string' ? { identity } : {};
  }

  /** The link may be followed once more; the state is gone. */
  private async again(consent: ConsentRecord, end: ConsentEnd): Promise<ConsentEnd> {
    await this.options.store.put({ ...consent, begun: undefined, usedAt: undefined }, this.options.now());
    return end;
  }

  private valid(secret: string): ConsentRecord | undefined {
    const consent = this.options.store.byLink(hashOf(secret));
    return consent === undefined || consent.expiresAt <= this.options.now() ? undefined : consent;
  }
}

/** How services say that a person did not want to (RFC 6749 §4.1.2.1). */
const DENIALS: ReadonlySet<string> = new Set([
  'access_denied',
  'user_denied',
  'user_cancelled_login',
  'user_cancelled_authorize',
]);

function rootsOf({ plan, credential }: OpenedTarget['call']['connection']): JsonObject {
  return { connection: { ...plan.fields, ...credential.fields } };
}

function placeOf(connection: string): string {
  return `consents/${connection}`;
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Throws what is no failure of the connection. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CallFailure) return error.failure;
  if (!(error instanceof SecretError)) throw error;
  const help = error.help === undefined ? {} : { help: error.help };
  return { class: 'credential', code: 'credential_not_opened', message: error.message, ...help };
}
