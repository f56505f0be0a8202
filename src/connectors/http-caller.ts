import type { ConnectionSpec, TokenUse } from '../generated/plan.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { EvaluationError } from '../language/evaluation-error.ts';
import type { Failure, Outcome } from '../run/failure.ts';
import type { ActionCall, ActionCaller } from './action-call.ts';
import { applyAuth, authText } from './auth.ts';
import { authOf } from './auth-way.ts';
import { CallFailure, permanent } from './call-failure.ts';
import { CompiledActions, type CompiledAction } from './compiled-action.ts';
import { derive } from './derived.ts';
import { EchoedSecrets, type SecretTexts } from './echoed-secrets.ts';
import { failureOfAnswer, isMarkup, type Answer } from './failures.ts';
import { NO_GRANTS, type GrantedTokens } from './granted-tokens.ts';
import { parseBody } from './http-body.ts';
import { TokenEndpoint } from './oauth/token-endpoint.ts';
import type { Page } from './pages.ts';
import type { BuiltRequest } from './request.ts';
import type { ConnectedCall } from './token-call.ts';
import { TokenExchange } from './token-exchange.ts';
import type { Token } from './token-slot.ts';
import { Transport, type Authorize, type RawAnswer, type TransportOptions } from './transport.ts';

/** Takes secrets out of what is kept and shown. */
export interface Redaction {
  add(secret: string): void;
  text(value: string): string;
  json(value: Json): Json;
}

export interface HttpCallerOptions extends TransportOptions {
  redactor: Redaction;
  /** What people granted (default: nothing). */
  grants?: GrantedTokens;
  /** Milliseconds since 1970, by which a service's dates are read (default: the machine's clock). */
  now?: () => number;
}

/** An answer that comes in one page or in several. */
interface Collected {
  answer: Answer;
  /** Absent where the action has no pages. */
  items?: Json[];
  /** The service has further items than were fetched. */
  more?: boolean;
}

/** Where a call's token comes from. */
interface TokenSource<One extends Token> {
  token(): Promise<One>;
  refused(token: One): Promise<void>;
}

const BEARER: TokenUse = { type: 'bearer', token: '${{ token }}' };

/** Where the credential stands in the request already, or there is none. */
const NOTHING = (): void => undefined;

/** Ways in which an output does not fit that are told. */
const MAX_WARNINGS = 5;

/** Calls services over HTTP. */
export class HttpCaller implements ActionCaller {
  /** Where OAuth's tokens are asked for. */
  readonly endpoint: TokenEndpoint;
  private readonly transport: Transport;
  private readonly tokens: TokenExchange;
  private readonly compiled = new CompiledActions();
  private readonly echoed = new EchoedSecrets();
  private readonly options: HttpCallerOptions;
  private readonly grants: GrantedTokens;
  private readonly now: () => number;

  constructor(options: HttpCallerOptions) {
    this.options = options;
    this.grants = options.grants ?? NO_GRANTS;
    this.now = options.now ?? Date.now;
    this.transport = new Transport(options);
    this.endpoint = new TokenEndpoint((call, request) => this.sendPlain(call, request), this.echoed, this.now);
    this.tokens = new TokenExchange((call, request) => this.send(call, request, NOTHING), this.endpoint, this.now);
  }

  async call(given: ActionCall): Promise<Outcome> {
    for (const secret of Object.values(given.connection?.credential.fields ?? {})) this.options.redactor.add(secret);
    try {
      const told = this.captured(given);
      const call = told === undefined ? given : withFields(given, await told);
      const action = this.compiled.of(call);
      return withWarnings(action, outputOf(call, action, await this.collect(call, action)));
    } catch (error) {
      return this.failed(error instanceof CallFailure ? error.failure : notMade(given, error));
    }
  }

  async close(): Promise<void> {
    await this.transport.close();
  }

  /** Makes the requests that come before, which change nothing: none of them leaves a doubt whether a write took place. */
  private async prepare(call: ActionCall, { before }: CompiledAction): Promise<JsonObject> {
    const reading: ActionCall = { ...call, action: { ...call.action, effect: 'read' } };
    const answers: JsonObject = {};
    for (const { name, request, succeeded } of before) {
      const answer = await this.exchange(reading, request({ ...rootsOf(call, undefined), before: answers }));
      if (!succeeded(answer)) throw new CallFailure(failureOfAnswer(reading, answer, this.now()));
      const { status, headers, body } = answer;
      answers[name] = { status, headers, body };
      await call.nextRequest?.();
    }
    return { before: answers };
  }

  /** Makes the requests of a call, one a page. */
  private async collect(call: ActionCall, action: CompiledAction): Promise<Collected> {
    const { request, pages, succeeded } = action;
    const before = action.before.length === 0 ? {} : await this.prepare(call, action);
    const fetchPage = async (page: Page | undefined): Promise<{ answer: Answer; url: URL }> => {
      const built = withKey(call, request({ ...rootsOf(call, page), ...before }));
      if (page?.url !== undefined) built.url = page.url;
      const answer = await this.exchange(call, built);
      if (!succeeded(answer)) throw new CallFailure(failureOfAnswer(call, answer, this.now()));
      return { answer, url: built.url };
    };
    if (pages === undefined) return fetchPage(undefined);
    const most = pages.maxItems(call.input);
    const items: Json[] = [];
    let page: Page | undefined = pages.first();
    for (let count = 1; ; count++) {
      const { answer, url } = await fetchPage(page);
      const found = readAnswer(call, answer, () => pages.items(answer));
      items.push(...found);
      const here: Page = page;
      page = readAnswer(call, answer, () =>
        pages.next(here, answer, { onPage: found.length, count: items.length }, url),
      );
      const full = items.length >= most;
      if (page === undefined || full || count >= pages.maxPages)
        return { answer, items: items.slice(0, most), more: page !== undefined || items.length > most };
      await call.nextRequest?.();
    }
  }

  /** What consent, or the exchange of its credential, told of the call's connection; `undefined` where nothing is told. */
  private captured({ connection, ...others }: ActionCall): Promise<JsonObject | undefined> | undefined {
    if (connection === undefined) return undefined;
    const { plan, credential } = connection;
    const call: ConnectedCall = { ...others, connection };
    const auth = authOf(call.connector.connection ?? {}, plan.fields);
    if (auth?.type === 'oauth2' && auth.grant === 'authorization_code')
      return this.grants.token(auth, call).then(({ values }) => values);
    if (auth?.type !== 'token_exchange' || auth.captures === undefined) return undefined;
    const roots = { connection: { ...plan.fields, ...credential.fields } };
    // Who gives the token itself gets nothing told.
    if (authText(auth.given, roots) !== undefined) return undefined;
    return this.tokens.token(auth, call, roots).then(({ values }) => values);
  }

  /** Sends a request with its credential. */
  private exchange(call: ActionCall, request: BuiltRequest): Promise<Answer> {
    const { connection, connector } = call;
    const auth = connection && authOf(connector.connection ?? {}, connection.plan.fields);
    if (connection === undefined || auth === undefined) return this.send(call, request, NOTHING);
    const roots: JsonObject = { connection: { ...connection.plan.fields, ...connection.credential.fields } };
    const connected = { ...call, connection };
    if (auth.type === 'oauth2' && auth.grant === 'authorization_code') {
      return this.sendWithToken(auth, connected, request, roots, {
        token: () => this.grants.token(auth, connected),
        refused: (token) => this.grants.refused(connected, token),
      });
    }
    if (auth.type !== 'token_exchange' && auth.type !== 'oauth2')
      return this.sendAuthorized(call, request, auth, roots);
    const given = auth.type === 'token_exchange' ? authText(auth.given, roots) : undefined;
    if (given !== undefined) return this.sendAuthorized(call, request, auth.use ?? BEARER, { ...roots, token: given });
    return this.sendWithToken(auth, connected, request, roots, {
      token: () => this.tokens.token(auth, connected, roots),
      refused: (token) => this.tokens.refused(auth, connected, token),
    });
  }

  /** Sends a request with a token; once more where the token has ended before its time. */
  private async sendWithToken<One extends Token>(
    { use = BEARER, refresh_on: refusals = [401] }: { use?: TokenUse; refresh_on?: number[] },
    call: ConnectedCall,
    request: BuiltRequest,
    roots: JsonObject,
    tokens: TokenSource<One>,
  ): Promise<Answer> {
    const sendWith = async (token: Token): Promise<Answer> => {
      const all = { ...roots, token: token.fields.token };
      return this.echoed.remove(token, await this.sendAuthorized(call, request, use, all));
    };
    const token = await tokens.token();
    const answer = await sendWith(token);
    if (!token.renewable || !refusals.includes(answer.status)) return answer;
    await tokens.refused(token);
    return sendWith(await tokens.token());
  }

  /** Sends a request with the credential in it, and with what is derived of that for this very request. */
  private sendAuthorized(call: ActionCall, request: BuiltRequest, auth: TokenUse, roots: JsonObject): Promise<Answer> {
    const { derived } = call.connector.connection ?? {};
    return derived === undefined
      ? this.send(call, request, (target) => applyAuth(auth, roots, target))
      : this.sendDerived(call, request, auth, roots, derived);
  }

  private async sendDerived(
    call: ActionCall,
    request: BuiltRequest,
    auth: TokenUse,
    roots: JsonObject,
    derived: NonNullable<ConnectionSpec['derived']>,
  ): Promise<Answer> {
    const proofs: SecretTexts[] = [];
    const answer = await this.send(call, request, async (target) => {
      const { values, secrets } = await derive(derived, auth, roots, this.now(), target);
      proofs.push(secrets);
      applyAuth(auth, { ...roots, derived: values }, target);
    });
    return proofs.reduce((cleaned, secrets) => this.echoed.remove(secrets, cleaned), answer);
  }

  private async send(call: ActionCall, request: BuiltRequest, authorize: Authorize): Promise<Answer> {
    const answer = answerOf(call, await this.transport.send(call, request, authorize));
    return this.echoed.remove(call.connection?.credential, answer);
  }

  /** Gives the answer as it came, with the connection's own secrets where the service sends them back. */
  private async sendPlain(call: ActionCall, request: BuiltRequest): Promise<Answer> {
    return answerOf(call, await this.transport.send(call, request, NOTHING));
  }

  private failed(failure: Failure): Outcome {
    const { redactor } = this.options;
    const { details, message } = failure;
    return {
      ok: false,
      failure: {
        ...failure,
        message: redactor.text(message),
        ...(details === undefined ? {} : { details: redactor.json(details) }),
      },
    };
  }
}

function answerOf({ action }: ActionCall, { status, headers, body }: RawAnswer): Answer {
  return { status, headers, body: parseBody(body, headers['content-type'], action.response?.as) };
}

/** The call with further fields of its connection. */
function withFields(call: ActionCall, values: JsonObject | undefined): ActionCall {
  const { connection } = call;
  if (connection === undefined || values === undefined) return call;
  const fields = { ...connection.plan.fields, ...values };
  return { ...call, connection: { ...connection, plan: { ...connection.plan, fields } } };
}

/** What the request's templates see. */
function rootsOf({ input, connection, subscription, idempotencyKey }: ActionCall, page: Page | undefined): JsonObject {
  return {
    input,
    connection: connection?.plan.fields ?? {},
    ...(subscription === undefined ? {} : { subscription }),
    ...(page === undefined ? {} : { page: page.root }),
    ...(idempotencyKey === undefined ? {} : { idempotency: { key: idempotencyKey } }),
  };
}

function withKey({ action, idempotencyKey }: ActionCall, request: BuiltRequest): BuiltRequest {
  const header = action.idempotency?.header;
  if (header !== undefined && idempotencyKey !== undefined) request.headers[header.toLowerCase()] = idempotencyKey;
  return request;
}

function outputOf(call: ActionCall, { output }: CompiledAction, { answer, items, more }: Collected): Json {
  if (output === undefined) return items ?? answer.body;
  const { status, headers, body } = answer;
  const paged = items === undefined ? {} : { items, more: more === true };
  return (
    readAnswer(call, answer, () =>
      output({
        response: { status, headers, body },
        input: call.input,
        connection: call.connection?.plan.fields ?? {},
        ...paged,
      }),
    ) ?? null
  );
}

/** Services break their own schemas: that is told, and a mapping that relies on more has a guard. */
function withWarnings({ checkOutput }: CompiledAction, output: Json): Outcome {
  const warnings = checkOutput(output)
    .slice(0, MAX_WARNINGS)
    .map(
      ({ pointer, message }) => `${pointer === '' ? 'the output' : pointer.slice(1).replaceAll('/', '.')} ${message}`,
    );
  return { ok: true, output, ...(warnings.length === 0 ? {} : { warnings }) };
}

/** Reads something out of an answer that succeeded. Throws `CallFailure` where it is not as the service documents it. */
function readAnswer<Value>({ connector }: ActionCall, { status, body }: Answer, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof EvaluationError ? `${error.pointer}: ${error.message}` : String(error);
    const what = isMarkup(body) ? 'HTML, not JSON' : 'something else than it documents';
    const { failure } = permanent('answer_not_read', `${connector.title} answered ${status} with ${what} (${reason})`);
    throw new CallFailure({ ...failure, details: typeof body === 'string' ? body.slice(0, 500) : body });
  }
}

function notMade({ connector }: ActionCall, error: unknown): Failure {
  const known = error instanceof EvaluationError || error instanceof TypeError;
  const reason = known ? error.message : String(error);
  return permanent('request_not_made', `the request to ${connector.title} cannot be made: ${reason}`).failure;
}
