import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { pipeline, type Readable } from 'node:stream';
import { Agent, request as send, type Dispatcher } from 'undici';
import type { PlanAction } from '../generated/plan.ts';
import { parseJson } from '../json/parse.ts';
import type { Json } from '../json/value.ts';
import { compileTemplate, type Evaluator } from '../language/evaluate.ts';
import { EvaluationError } from '../language/evaluation-error.ts';
import type { Failure, Outcome } from '../run/failure.ts';
import type { ActionCall, ActionCaller } from './action-call.ts';
import { applyAuth } from './auth.ts';
import { failureOfAnswer, failureOfNetwork, permanentFailure, type Answer } from './failures.ts';
import { EchoedSecrets } from './echoed-secrets.ts';
import { hostAllowed } from './hosts.ts';
import { compileRequest, type BuiltRequest, type RequestBuilder } from './request.ts';

/** Bytes of an answer, unpacked. */
const MAX_ANSWER = 10 * 1024 * 1024;

/** Takes secrets out of what is kept and shown. */
export interface Redaction {
  add(secret: string): void;
  text(value: string): string;
  json(value: Json): Json;
}

export interface HttpCallerOptions {
  /** Service to the address that stands in for it, on the operator's word. */
  reroutes: ReadonlyMap<string, string>;
  redactor: Redaction;
  /** Carries the requests (default: connections of its own). */
  dispatcher?: Dispatcher;
  /** Milliseconds since 1970, by which a service's dates are read (default: the machine's clock). */
  now?: () => number;
}

interface CompiledAction {
  request: RequestBuilder;
  output: Evaluator | undefined;
}

/** Calls services over HTTP. Connections are kept open and shared. */
export class HttpCaller implements ActionCaller {
  private readonly dispatcher: Dispatcher;
  private readonly compiled = new WeakMap<PlanAction, CompiledAction>();
  private readonly echoed = new EchoedSecrets();
  private readonly options: HttpCallerOptions;

  constructor(options: HttpCallerOptions) {
    this.options = options;
    this.dispatcher =
      options.dispatcher ?? new Agent({ connect: { timeout: 10_000 }, headersTimeout: 300_000, bodyTimeout: 60_000 });
  }

  async call(call: ActionCall): Promise<Outcome> {
    for (const secret of Object.values(call.connection?.credential.fields ?? {})) this.options.redactor.add(secret);
    const built = this.build(call);
    if ('failure' in built) return this.failed(built.failure);
    let answer: Answer;
    try {
      answer = await this.exchange(built.request, call.signal);
    } catch (error) {
      return this.failed(failureOfNetwork(call, call.signal.aborted ? call.signal.reason : error));
    }
    return this.read(call, this.echoed.remove(call.connection?.credential, answer));
  }

  async close(): Promise<void> {
    await this.dispatcher.close();
  }

  private build(call: ActionCall): { request: BuiltRequest } | { failure: Failure } {
    const { connection, connector, service } = call;
    let request: BuiltRequest;
    try {
      request = this.compile(call).request(call.input, connection?.plan.fields ?? {});
    } catch (error) {
      const reason = error instanceof EvaluationError || error instanceof TypeError ? error.message : String(error);
      return {
        failure: permanentFailure('request_not_made', `the request to ${connector.title} cannot be made: ${reason}`),
      };
    }
    const reroute = this.options.reroutes.get(service);
    const refused = refusal(call, request.url, reroute !== undefined);
    if (refused !== undefined) return { failure: refused };
    if (connection !== undefined && connector.connection?.auth !== undefined) {
      applyAuth(connector.connection.auth, connection.credential, request);
    }
    if (reroute !== undefined) request.url = new URL(request.url.pathname + request.url.search, reroute);
    return { request };
  }

  private compile({ connector, action }: ActionCall): CompiledAction {
    let compiled = this.compiled.get(action);
    if (compiled === undefined) {
      const output = action.response?.output;
      compiled = {
        request: compileRequest(connector, action),
        output: output === undefined ? undefined : compileTemplate(output),
      };
      this.compiled.set(action, compiled);
    }
    return compiled;
  }

  private async exchange({ method, url, headers, body }: BuiltRequest, signal: AbortSignal): Promise<Answer> {
    const response = await send(url, {
      method,
      headers: {
        'user-agent': 'waybill',
        accept: 'application/json, */*;q=0.5',
        'accept-encoding': 'gzip, deflate, br',
        ...headers,
      },
      signal,
      dispatcher: this.dispatcher,
      ...(body === undefined ? {} : { body }),
    });
    const named = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
    const text = await readBounded(response.body, named['content-encoding']);
    return { status: response.statusCode, headers: named, body: parseBody(text, named['content-type']) };
  }

  private read(call: ActionCall, answer: Answer): Outcome {
    const { success } = call.action.response ?? {};
    const good = success === undefined ? answer.status >= 200 && answer.status < 300 : success.includes(answer.status);
    if (!good) return this.failed(failureOfAnswer(call, answer, this.now()));
    const { output } = this.compile(call);
    if (output === undefined) return { ok: true, output: answer.body };
    try {
      const { status, headers, body } = answer;
      return { ok: true, output: output({ response: { status, headers, body }, input: call.input }) ?? null };
    } catch (error) {
      const reason = error instanceof EvaluationError ? `${error.pointer}: ${error.message}` : String(error);
      const html =
        typeof answer.body === 'string' && /^\s*</.test(answer.body)
          ? 'HTML, not JSON'
          : 'something else than it documents';
      const failure = permanentFailure(
        'answer_not_read',
        `${call.connector.title} answered ${answer.status} with ${html} (${reason})`,
      );
      return this.failed({
        ...failure,
        details: typeof answer.body === 'string' ? answer.body.slice(0, 500) : answer.body,
      });
    }
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
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

/** Why the request must not be sent there, if so. */
function refusal({ account, connection }: ActionCall, url: URL, rerouted: boolean): Failure | undefined {
  if (url.protocol !== 'https:' && !rerouted) {
    return permanentFailure('not_https', `the address ${url.origin} is not https`, 'use an https address');
  }
  if (connection === undefined) return undefined;
  const { name, plan, credential } = connection;
  if (!hostAllowed(url.hostname, plan.hosts)) {
    return permanentFailure(
      'host_not_allowed',
      `the connection ${name} of account ${account} does not allow the host ${url.hostname}`,
      `allowed: ${plan.hosts.join(', ')}; change it in automations/${account}/account.json`,
    );
  }
  if (Object.keys(credential.fields).length > 0 && !hostAllowed(url.hostname, credential.hosts)) {
    return permanentFailure(
      'host_not_sealed',
      `the credential of ${name} may not be sent to ${url.hostname}`,
      `it was sealed for ${credential.hosts.join(', ')}; if the new host is right: waybill connect ${account} ${name}`,
    );
  }
  return undefined;
}

/** Reads and unpacks an answer, and stops where it grows beyond the limit: a small packed answer can be huge. */
async function readBounded(body: Readable, encoding: string | undefined): Promise<string> {
  const unpacker =
    encoding === 'gzip'
      ? createGunzip()
      : encoding === 'deflate'
        ? createInflate()
        : encoding === 'br'
          ? createBrotliDecompress()
          : undefined;
  const stream: Readable = unpacker === undefined ? body : pipeline(body, unpacker, () => undefined);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER) {
      stream.destroy();
      body.destroy();
      const error = new Error(`the answer has more than ${MAX_ANSWER} bytes`);
      error.name = 'AnswerTooLarge';
      throw error;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** JSON where the service says so and it is; otherwise a text. */
function parseBody(text: string, contentType: string | undefined): Json {
  if (contentType === undefined || !/[/+]json\b/i.test(contentType)) return text;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
