import type { ClientCredentialsAuth, Request, Success, TokenExchangeAuth } from '../generated/plan.ts';
import { compileTemplate } from '../language/evaluate.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import type { Credential } from '../secrets/credential.ts';
import type { ActionCall } from './action-call.ts';
import { CallFailure } from './call-failure.ts';
import { compileSuccess } from './compiled-action.ts';
import { derive } from './derived.ts';
import { EchoedSecrets, type SecretTexts } from './echoed-secrets.ts';
import { failureOfAnswer, type Answer } from './failures.ts';
import { captured } from './oauth/captured.ts';
import type { TokenEndpoint } from './oauth/token-endpoint.ts';
import { compileRequest } from './request.ts';
import { tokenCall, type ConnectedCall, type SendTokenRequest } from './token-call.ts';
import { renewalTime, TokenSlot, type Token } from './token-slot.ts';

type ExchangeAuth = TokenExchangeAuth | ClientCredentialsAuth;

/** What a credential was exchanged for. */
interface ExchangedToken extends Token {
  /** What the exchange told of the connection. */
  values: JsonObject;
}

/**
 * The tokens that connections' credentials were exchanged for, in memory. They go with the credential: one that was opened
 * anew, such as after a change, gets a token of its own.
 */
export class TokenExchange {
  private readonly slots = new WeakMap<Credential, Map<string, TokenSlot<ExchangedToken>>>();
  private readonly echoed = new EchoedSecrets();
  private readonly send: SendTokenRequest;
  private readonly endpoint: TokenEndpoint;
  private readonly now: () => number;

  constructor(send: SendTokenRequest, endpoint: TokenEndpoint, now: () => number) {
    this.send = send;
    this.endpoint = endpoint;
    this.now = now;
  }

  /** The connection's token. `roots` are what the templates see. Throws `CallFailure`. */
  token(auth: ExchangeAuth, call: ConnectedCall, roots: JsonObject): Promise<ExchangedToken> {
    return this.slotOf(auth, call).token(this.now, () =>
      auth.type === 'oauth2' ? this.grant(auth, call, roots) : this.exchange(auth, call, roots),
    );
  }

  /** The service does not take this token any more. */
  refused(auth: ExchangeAuth, call: ConnectedCall, token: Token): Promise<void> {
    return this.slotOf(auth, call).refused(token);
  }

  /** A connection whose other fields changed, such as its region, is another one, and so is one with other rights. */
  private slotOf(
    auth: ExchangeAuth,
    { connection: { name, plan, credential } }: ConnectedCall,
  ): TokenSlot<ExchangedToken> {
    let slots = this.slots.get(credential);
    if (slots === undefined) this.slots.set(credential, (slots = new Map()));
    const told = auth.type === 'token_exchange' ? (auth.captures ?? {}) : {};
    const fields = Object.entries(plan.fields).filter(([field]) => !Object.hasOwn(told, field));
    const key = JSON.stringify([name, fields, plan.scopes ?? []]);
    let slot = slots.get(key);
    if (slot === undefined) slots.set(key, (slot = new TokenSlot()));
    return slot;
  }

  private async grant(auth: ClientCredentialsAuth, call: ConnectedCall, roots: JsonObject): Promise<ExchangedToken> {
    const { accessToken, lifetimeMs } = await this.endpoint.byClientCredentials(auth, call, roots);
    return { ...tokenOf(accessToken, lifetimeMs, this.now()), values: {} };
  }

  private async exchange(auth: TokenExchangeAuth, call: ActionCall, roots: JsonObject): Promise<ExchangedToken> {
    const own = tokenCall(call);
    const { derived = {} } = call.connector.connection ?? {};
    const { values, secrets } = await derive(derived, [auth.before, auth.request], roots, this.now());
    const before: JsonObject = {};
    const ask = async (request: Request, success?: Success): Promise<Answer> => {
      const built = compileRequest(call.connector, request)({ ...roots, derived: values, before });
      const answer = this.echoed.remove(secrets, await this.send(own, built));
      // What came before may be half of a token.
      if (!compileSuccess(success)(answer))
        throw refusedBy(own, this.echoed.remove(textsOf(before), answer), this.now());
      return answer;
    };
    for (const { name, request, success } of auth.before ?? [])
      before[name] = responseRoot(await ask(request, success));
    const answer = await ask(auth.request);
    const response = responseRoot(answer);
    const text = compileTemplate(auth.token)({ ...roots, response });
    if (typeof text !== 'string' || text === '') throw withoutToken(call, answer);
    const expires =
      auth.expires_in === undefined ? undefined : compileTemplate(auth.expires_in)({ ...roots, response });
    const lifetime = Number(expires ?? Number.NaN) * 1000;
    const made = tokenOf(text, Number.isNaN(lifetime) ? undefined : lifetime, this.now());
    return { ...made, values: captured(auth.captures ?? {}, { ...roots, response }) };
  }
}

/** All texts of the bodies and headers of answers, each of which may be a secret. */
function textsOf(answers: JsonObject): SecretTexts {
  const found: string[] = [];
  const take = (value: Json): void => {
    if (typeof value === 'string') found.push(value);
    else if (Array.isArray(value)) value.forEach(take);
    else if (isJsonObject(value)) Object.values(value).forEach(take);
  };
  take(answers);
  return { fields: Object.fromEntries(found.entries()) };
}

function tokenOf(token: string, lifetimeMs: number | undefined, now: number): Token {
  const until = lifetimeMs === undefined ? undefined : renewalTime(now, lifetimeMs);
  return { fields: { token }, until, renewable: true };
}

function responseRoot({ status, headers, body }: Answer): JsonObject {
  return { status, headers, body };
}

/** A service refuses a wrong client or password with 400 as well as with 401 (RFC 6749 §5.2). */
function refusedBy(call: ActionCall, answer: Answer, now: number): CallFailure {
  const failure = failureOfAnswer(call, answer, now);
  const kind = failure.class === 'permanent' ? 'credential' : failure.class;
  return new CallFailure({ ...failure, class: kind, code: 'token_not_made', message: `no token: ${failure.message}` });
}

function withoutToken({ connector }: ActionCall, { status }: Answer): CallFailure {
  return new CallFailure({
    class: 'permanent',
    code: 'token_not_made',
    message: `${connector.title} answered ${status} to the request for a token, and there is none in the answer`,
    status,
  });
}
