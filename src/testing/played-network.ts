import { Dispatcher, errors } from 'undici';
import { milliseconds } from '../plan/duration.ts';
import type { TestAnswer } from '../generated/test.ts';
import type { Redaction } from '../connectors/http-caller.ts';
import { playedAttempt, type PlayedAttempt, type SentRequest } from './played-services.ts';
import { readSentBody } from './sent-body.ts';

type Handler = Dispatcher.DispatchHandler;
type Options = Dispatcher.DispatchOptions;

/**
 * Takes the place of the network beneath undici: a request goes to the services of the case whose attempt sends it, and
 * faults come as undici tells them. Nothing leaves the process.
 */
export class PlayedNetwork extends Dispatcher {
  private readonly redaction: Redaction;

  /** `redaction` knows the credentials, which no case gets to see. */
  constructor(redaction: Redaction) {
    super();
    this.redaction = redaction;
  }

  override dispatch(options: Options, handler: Handler): boolean {
    const attempt = playedAttempt();
    const controller = new PlayedController(handler);
    handler.onRequestStart?.(controller, {});
    if (controller.aborted) return true;
    this.answer(attempt, options, controller).catch((error: unknown) => controller.fail(error as Error));
    return true;
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  private async answer(attempt: PlayedAttempt, options: Options, controller: PlayedController): Promise<void> {
    const request = await this.sent(attempt.step, options);
    const answer = attempt.services.answer(request);
    if (answer === undefined) {
      attempt.unanswered ??= request;
      controller.fail(new Error('the case has no answer'));
      return;
    }
    if (answer.output !== undefined) attempt.output = { value: answer.output };
    await play(answer, attempt, controller);
  }

  private async sent(step: string, { origin, path, method, headers, body }: Options): Promise<SentRequest> {
    const url = new URL(path, String(origin));
    const named = this.withoutCredentials(headerEntries(headers));
    const query = this.withoutCredentials(
      [...new Set(url.searchParams.keys())].map((name) => [name, url.searchParams.getAll(name)]),
    );
    const read = await readSentBody(body, named['content-type']?.[0]);
    return {
      step,
      method,
      host: url.host,
      path: url.pathname,
      ...(Object.keys(query).length === 0
        ? {}
        : { query: mapValues(query, (values) => (values.length === 1 ? (values[0] ?? '') : values)) }),
      headers: mapValues(named, (values) => values.join(', ')),
      ...(read === undefined ? {} : { body: this.redaction.json(read) }),
    };
  }

  private withoutCredentials(entries: [string, string[]][]): { [name: string]: string[] } {
    return Object.fromEntries(
      entries.filter(([, values]) => values.every((value) => this.redaction.text(value) === value)),
    );
  }
}

/** Lets undici's request handler pause, resume and abort, as a connection does. */
class PlayedController implements Dispatcher.DispatchController {
  paused = false;
  aborted = false;
  reason: Error | null = null;
  /** Resolves when the caller gave up. */
  readonly ended: Promise<void>;
  readonly handler: Handler;
  private end: () => void = () => undefined;

  constructor(handler: Handler) {
    this.handler = handler;
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  abort(reason: Error): void {
    if (this.aborted) return;
    this.aborted = true;
    this.fail(reason);
  }

  fail(reason: Error): void {
    this.reason = reason;
    this.handler.onResponseError?.(this, reason);
    this.end();
  }
}

/** Gives the answer, in the time that it takes, or the fault in its place. */
async function play(
  answer: TestAnswer,
  { services: { clock } }: PlayedAttempt,
  controller: PlayedController,
): Promise<void> {
  const { handler } = controller;
  if (answer.fault === 'no_answer') return clock.waiting(controller.ended);
  if (answer.after !== undefined)
    await clock.waiting(Promise.race([clock.delay(milliseconds(answer.after)), controller.ended]));
  if (controller.aborted) return;
  switch (answer.fault) {
    case 'refused':
      return controller.fail(systemError('ECONNREFUSED', 'connect ECONNREFUSED'));
    case 'host_not_found':
      return controller.fail(systemError('ENOTFOUND', 'getaddrinfo ENOTFOUND'));
    case 'connect_timeout':
      return controller.fail(new errors.ConnectTimeoutError());
    case 'bad_certificate':
      return controller.fail(systemError('CERT_HAS_EXPIRED', 'certificate has expired'));
    case 'cut':
      return controller.fail(new errors.SocketError('other side closed'));
    case 'cut_in_answer':
      handler.onResponseStart?.(controller, answer.status ?? 200, {
        'content-type': 'application/json',
        ...answer.headers,
      });
      handler.onResponseData?.(controller, Buffer.from('{"'));
      return controller.fail(new errors.SocketError('other side closed'));
    case undefined: {
      const { type, text } = contentOf(answer);
      handler.onResponseStart?.(controller, answer.status ?? 200, { ...type, ...answer.headers });
      handler.onResponseData?.(controller, Buffer.from(text));
      handler.onResponseEnd?.(controller, {});
    }
  }
}

function contentOf({ body, text }: TestAnswer): { type: { [name: string]: string }; text: string } {
  if (text !== undefined) return { type: { 'content-type': 'text/plain' }, text };
  return body === undefined
    ? { type: {}, text: '' }
    : { type: { 'content-type': 'application/json' }, text: JSON.stringify(body) };
}

function systemError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** The headers as undici takes them: an object, or names and values in turn. */
function headerEntries(headers: Options['headers']): [string, string[]][] {
  if (headers === undefined || headers === null) return [];
  const list = Array.isArray(headers)
    ? headers.flatMap((name, index): [string, unknown][] => (index % 2 === 0 ? [[name, headers[index + 1]]] : []))
    : Object.entries(headers);
  return list.map(([name, value]) => [name.toLowerCase(), (Array.isArray(value) ? value : [value]).map(String)]);
}

function mapValues<From, To>(values: { [name: string]: From }, change: (value: From) => To): { [name: string]: To } {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
