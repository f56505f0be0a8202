import type { ErrorRule } from '../generated/plan.ts';
import type { Json } from '../json/value.ts';
import { compileTemplate } from '../language/evaluate.ts';
import type { Effect } from '../run/records.ts';
import type { Failure, FailureClass } from '../run/failure.ts';
import type { FailureCode } from '../run/failure-code.ts';
import type { ActionCall } from './action-call.ts';
import { consentOf } from './auth-way.ts';
import { retryAfterMs } from './retry-after.ts';

/** Characters of an answer that a failure keeps. */
const MAX_DETAILS = 2000;

/** An answer as connectors' templates see it. */
export interface Answer {
  status: number;
  headers: { [name: string]: string };
  body: Json;
}

/** The failure that an answer means, by the rules of the action, then of the connector, and then by its status. */
export function failureOfAnswer(call: ActionCall, answer: Answer, now: number): Failure {
  const { action, connector } = call;
  const { message: ownWords, errors = [], retry_after: headers } = connector.answers ?? {};
  const rule = [...(action.errors ?? []), ...errors].find((one) => applies(one, answer));
  const kind = rule === undefined ? classOfStatus(answer.status, action.effect) : classOfRule(rule, action.effect);
  const words = rule?.message === undefined ? undefined : textOf(rule.message, answer);
  const wait =
    kind === 'retryable' ? (secondsOf(rule?.wait, answer) ?? retryAfterMs(answer.headers, now, headers)) : undefined;
  const help = rule?.help ?? (kind === 'uncertain' ? helpAfterCut(true, 'write') : helpFor(kind, call, answer.status));
  const said = (ownWords === undefined ? undefined : textOf(ownWords, answer)) ?? serviceWords(answer.body);
  return {
    class: kind,
    code: 'http_status',
    message: words ?? `${connector.title} answered ${answer.status}${said === '' ? '' : `: ${said}`}`,
    status: answer.status,
    details: excerpt(answer.body),
    ...(help === undefined ? {} : { help }),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
}

/** The failure of a request that got no usable answer. */
export function failureOfNetwork(call: ActionCall, error: unknown): Failure {
  const code = codeOf(error);
  const { title } = call.connector;
  const known = NETWORK[code];
  const reached = known === undefined || known.reached;
  const message = known === undefined ? `the connection to ${title} broke (${code})` : `${title} ${known.words}`;
  return {
    class: classOfCut(reached, call.action.effect),
    code: known?.code ?? 'connection_cut',
    message,
    help: helpAfterCut(reached, call.action.effect),
  };
}

interface NetworkCase {
  code: FailureCode;
  words: string;
  /** Whether the service may have had the request. */
  reached: boolean;
}

const TOO_LARGE: NetworkCase = {
  code: 'answer_too_large',
  words: 'answered with more than the runner takes',
  reached: true,
};

const NETWORK: { [code: string]: NetworkCase } = {
  ECONNREFUSED: { code: 'connection_refused', words: 'refused the connection', reached: false },
  ENOTFOUND: { code: 'host_not_found', words: 'was not found: its host name has no address', reached: false },
  EAI_AGAIN: { code: 'host_not_found', words: 'was not found: the name server did not answer', reached: false },
  UND_ERR_CONNECT_TIMEOUT: { code: 'connect_timeout', words: 'could not be reached in time', reached: false },
  CERT_HAS_EXPIRED: { code: 'tls', words: 'has an expired certificate', reached: false },
  DEPTH_ZERO_SELF_SIGNED_CERT: { code: 'tls', words: 'has a certificate that nobody vouches for', reached: false },
  UND_ERR_HEADERS_TIMEOUT: { code: 'timeout', words: 'did not answer in time', reached: true },
  UND_ERR_BODY_TIMEOUT: { code: 'timeout', words: 'stopped in the middle of its answer', reached: true },
  TimeoutError: { code: 'timeout', words: 'did not answer within the step’s timeout', reached: true },
  AnswerNotUnpacked: { code: 'answer_not_read', words: 'answered with what cannot be unpacked', reached: true },
  UND_ERR_RES_EXCEEDED_MAX_SIZE: TOO_LARGE,
  AnswerTooLarge: TOO_LARGE,
};

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name;
}

function applies({ status, when, contains }: ErrorRule, answer: Answer): boolean {
  if (status !== undefined && !status.includes(answer.status)) return false;
  if (when !== undefined && evaluate(when, answer) !== true) return false;
  if (contains === undefined) return true;
  const text = (typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body)).toLowerCase();
  return contains.some((part) => text.includes(part.toLowerCase()));
}

/** Milliseconds of a template that gives seconds. */
function secondsOf(template: string | undefined, answer: Answer): number | undefined {
  const seconds = template === undefined ? undefined : Number(evaluate(template, answer) ?? Number.NaN);
  return seconds === undefined || !(seconds >= 0) ? undefined : Math.ceil(seconds * 1000);
}

function textOf(template: string, answer: Answer): string | undefined {
  const text = evaluate(template, answer);
  return typeof text === 'string' ? text : undefined;
}

/** A template that does not fit this answer says nothing about it. */
function evaluate(template: string, { status, headers, body }: Answer): Json | undefined {
  try {
    return compileTemplate(template)({ response: { status, headers, body } });
  } catch {
    return undefined;
  }
}

function classOfRule({ class: said }: ErrorRule, effect: Effect): FailureClass {
  return said === 'uncertain' ? classOfCut(true, effect) : said;
}

function classOfStatus(status: number, effect: Effect): FailureClass {
  if (status === 401 || status === 403) return 'credential';
  // A service that broke may have done the write before; one that asks to come again has not begun.
  if (effect === 'write' && status >= 500 && status !== 503) return 'uncertain';
  return status === 408 || status === 425 || status === 429 || status >= 500 ? 'retryable' : 'permanent';
}

/** A write that may have arrived is not made again on a guess. */
function classOfCut(reached: boolean, effect: Effect): FailureClass {
  return reached && effect === 'write' ? 'uncertain' : 'retryable';
}

function helpAfterCut(reached: boolean, effect: Effect): string {
  return reached && effect === 'write'
    ? 'look at the service whether it was done, then decide whether to do it again'
    : 'it is tried again; if it stays, look at the service’s status page';
}

function helpFor(
  kind: FailureClass,
  { account, connection, connector }: ActionCall,
  status: number,
): string | undefined {
  if (kind !== 'credential' || connection === undefined) return undefined;
  const where = `the connection ${connection.name} of account ${account}`;
  if (consentOf(connector.connection ?? {}, connection.plan.fields) !== undefined)
    return `${connector.title} refused ${where} (${status}). Check: may the person who consented do this there, has the account funds? Then: waybill oauth link ${account} ${connection.name}`;
  return `${connector.title} refused ${where} (${status}). Check: is the key still valid there, may it do this, has the account funds? Then: waybill connect ${account} ${connection.name} --web`;
}

/** The service's own words, where they are where most services put them. */
function serviceWords(body: Json): string {
  if (typeof body === 'string') return isMarkup(body) ? 'HTML, not JSON' : '';
  const words = evaluate(
    "${{ try(response.body.error.message, try(response.body.message, try(response.body.error, ''))) }}",
    { status: 0, headers: {}, body },
  );
  return typeof words === 'string' ? words : '';
}

export function isMarkup(body: Json): boolean {
  return typeof body === 'string' && /^\s*</.test(body);
}

function excerpt(body: Json): Json {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return text.length <= MAX_DETAILS ? body : `${text.slice(0, MAX_DETAILS)}…`;
}
