import type { Request, Success, TokenExchangeAuth } from '../generated/plan.ts';
import { compileTemplate } from '../language/evaluate.ts';
import type { JsonObject } from '../json/value.ts';
import type { Credential } from '../secrets/credential.ts';
import type { ActionCall } from './action-call.ts';
import { CallFailure } from './call-failure.ts';
import { derive } from './derived.ts';
import { EchoedSecrets, type SecretTexts } from './echoed-secrets.ts';
import { compileSuccess } from './compiled-action.ts';
import { failureOfAnswer, type Answer } from './failures.ts';
import { compileRequest, type BuiltRequest } from './request.ts';

/** A token is made anew so long before its end, or at nine tenths of its life where that is later. */
const MARGIN_MS = 60_000;

/** Nobody waits longer for a token, whatever the step's own timeout is: others may wait for the same one. */
const TIMEOUT_MS = 30_000;

/** What a credential was exchanged for. */
export interface Token extends SecretTexts {
  fields: { token: string };
  /** `undefined`: until it is refused. */
  until: number | undefined;
}

/** A call through a connection. */
export type ConnectedCall = ActionCall & Required<Pick<ActionCall, 'connection'>>;

/** Sends the request for a token. Throws `CallFailure`. */
export type SendTokenRequest = (call: ActionCall, request: BuiltRequest) => Promise<Answer>;

/**
 * The tokens that connections' credentials were exchanged for, in memory, one exchange at a time for a connection. They go
 * with the credential: one that was opened anew, such as after a change, gets a token of its own.
 */
export class TokenExchange {
  private readonly tokens = new WeakMap<Credential, Map<string, Promise<Token>>>();
  private readonly echoed = new EchoedSecrets();
  private readonly send: SendTokenRequest;
  private readonly now: () => number;

  constructor(send: SendTokenRequest, now: () => number) {
    this.send = send;
    this.now = now;
  }

  /** The connection's token. `roots` are what the templates see. Throws `CallFailure`. */
  async token(auth: TokenExchangeAuth, call: ConnectedCall, roots: JsonObject): Promise<Token> {
    const [tokens, name] = this.placeOf(call);
    const known = tokens.get(name);
    if (known !== undefined) {
      const token = await known;
      if (token.until === undefined || token.until > this.now()) return token;
      // Another call may have seen that too, and have begun an exchange by now.
      if (tokens.get(name) === known) tokens.delete(name);
      return this.token(auth, call, roots);
    }
    const made = this.exchange(auth, call, roots);
    tokens.set(name, made);
    made.catch(() => tokens.delete(name));
    return made;
  }

  /** The service does not take this token any more. */
  async refused(call: ConnectedCall, token: Token): Promise<void> {
    const [tokens, name] = this.placeOf(call);
    const known = tokens.get(name);
    if ((await known) === token && tokens.get(name) === known) tokens.delete(name);
  }

  /** A connection whose other fields changed, such as its region, is another one. */
  private placeOf({ connection: { name, plan, credential } }: ConnectedCall): [Map<string, Promise<Token>>, string] {
    let tokens = this.tokens.get(credential);
    if (tokens === undefined) this.tokens.set(credential, (tokens = new Map()));
    return [tokens, JSON.stringify([name, plan.fields])];
  }

  private async exchange(auth: TokenExchangeAuth, call: ActionCall, roots: JsonObject): Promise<Token> {
    // The request for a token changes nothing, whatever the action that needs it does.
    const own: ActionCall = { ...call, action: { effect: 'read', input: {}, output: {} } };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const { derived = {} } = call.connector.connection ?? {};
    const { values, secrets } = await derive(derived, [auth.before, auth.request], roots, this.now());
    const before: JsonObject = {};
    const ask = async (request: Request, success?: Success): Promise<Answer> => {
      const built = compileRequest(call.connector, request)({ ...roots, derived: values, before });
      const answer = this.echoed.remove(secrets, await this.send({ ...own, signal }, built));
      if (!compileSuccess(success)(answer)) throw refusedBy(own, answer, this.now());
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
    const margin = Math.min(MARGIN_MS, lifetime / 10);
    return { fields: { token: text }, until: Number.isNaN(lifetime) ? undefined : this.now() + lifetime - margin };
  }
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
