import { createHash } from 'node:crypto';
import type { TokenExchangeAuth } from '../generated/plan.ts';
import { compileTemplate } from '../language/evaluate.ts';
import type { JsonObject } from '../json/value.ts';
import type { ActionCall } from './action-call.ts';
import { CallFailure } from './call-failure.ts';
import type { SecretTexts } from './echoed-secrets.ts';
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

/** Sends the request for a token. Throws `CallFailure`. */
export type SendTokenRequest = (call: ActionCall, request: BuiltRequest) => Promise<Answer>;

/** The tokens that connections' credentials were exchanged for, in memory, one exchange at a time for a connection. */
export class TokenExchange {
  private readonly tokens = new Map<string, Promise<Token>>();
  private readonly send: SendTokenRequest;
  private readonly now: () => number;

  constructor(send: SendTokenRequest, now: () => number) {
    this.send = send;
    this.now = now;
  }

  /** The connection's token. `roots` are what the templates see. Throws `CallFailure`. */
  async token(auth: TokenExchangeAuth, call: ActionCall, roots: JsonObject): Promise<Token> {
    const name = nameOf(call, roots);
    const known = this.tokens.get(name);
    if (known !== undefined) {
      const token = await known;
      if (token.until === undefined || token.until > this.now()) return token;
      // Another call may have seen that too, and have begun an exchange by now.
      if (this.tokens.get(name) === known) this.tokens.delete(name);
      return this.token(auth, call, roots);
    }
    const made = this.exchange(auth, call, roots);
    this.tokens.set(name, made);
    made.catch(() => this.tokens.delete(name));
    return made;
  }

  /** The service does not take this token any more. */
  async refused(call: ActionCall, roots: JsonObject, token: Token): Promise<void> {
    const name = nameOf(call, roots);
    const known = this.tokens.get(name);
    if ((await known) === token && this.tokens.get(name) === known) this.tokens.delete(name);
  }

  private async exchange(auth: TokenExchangeAuth, call: ActionCall, roots: JsonObject): Promise<Token> {
    // The request for a token changes nothing, whatever the action that needs it does.
    const own: ActionCall = { ...call, action: { effect: 'read', input: {}, output: {} } };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await this.send({ ...own, signal }, compileRequest(call.connector, auth.request)(roots));
    if (answer.status < 200 || answer.status > 299) throw refusedBy(own, answer, this.now());
    const response = { status: answer.status, headers: answer.headers, body: answer.body };
    const text = compileTemplate(auth.token)({ ...roots, response });
    if (typeof text !== 'string' || text === '') throw withoutToken(call, answer);
    const expires =
      auth.expires_in === undefined ? undefined : compileTemplate(auth.expires_in)({ ...roots, response });
    const lifetime = Number(expires ?? Number.NaN) * 1000;
    const margin = Math.min(MARGIN_MS, lifetime / 10);
    return { fields: { token: text }, until: Number.isNaN(lifetime) ? undefined : this.now() + lifetime - margin };
  }
}

/** Tokens of one credential serve no other, not even after it was changed. Secrets are kept only as a hash. */
function nameOf({ account, connection }: ActionCall, roots: JsonObject): string {
  const credential = createHash('sha256')
    .update(JSON.stringify(roots['connection'] ?? null))
    .digest('base64');
  return `${account}/${connection?.name ?? ''}/${credential}`;
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
