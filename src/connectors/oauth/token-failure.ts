import { AuthorizationResponseError, ResponseBodyError } from 'oauth4webapi';
import { isJsonObject, type Json } from '../../json/value.ts';
import type { Failure, FailureClass } from '../../run/failure.ts';
import type { FailureCode } from '../../run/failure-code.ts';
import { CallFailure } from '../call-failure.ts';
import { failureOfAnswer, type Answer } from '../failures.ts';
import type { ConnectedCall } from '../token-call.ts';

/** A clock that is further away than this from the service's is told of, in milliseconds. */
const MAX_SKEW_MS = 5 * 60_000;

/** Characters of a code: what comes back with a browser can be of any length. */
const MAX_CODE = 100;

/** What a request for tokens came to, by the codes of RFC 6749 §5.2. `answer` is cleaned of the connection's secrets. */
export function failureOfTokens(
  call: ConnectedCall,
  error: unknown,
  answer: Answer | undefined,
  now: number,
): CallFailure {
  if (error instanceof CallFailure) return error;
  const code =
    error instanceof ResponseBodyError || error instanceof AuthorizationResponseError
      ? error.error.slice(0, MAX_CODE)
      : undefined;
  const failure = code === undefined ? unknownFailure(call, error, answer, now) : knownFailure(call, code, answer);
  return new CallFailure(withSkew(failure, answer, now));
}

/** How far this machine's clock is from the service's, in words, where that is too far. */
function describeSkew(answer: Answer | undefined, now: number): string | undefined {
  const theirs = Date.parse(answer?.headers['date'] ?? '');
  const apart = now - theirs;
  if (Number.isNaN(theirs) || Math.abs(apart) <= MAX_SKEW_MS) return undefined;
  const minutes = Math.round(Math.abs(apart) / 60_000);
  return `the clock of this machine is ${minutes} minutes ${apart > 0 ? 'ahead of' : 'behind'} the service’s: set it first`;
}

interface KnownCase {
  class: FailureClass;
  code: FailureCode;
  words: (title: string) => string;
}

const CASES: { [code: string]: KnownCase } = {
  invalid_grant: {
    class: 'credential',
    code: 'grant_expired',
    words: (title) => `${title} does not take what was granted any more`,
  },
  invalid_client: clientRefused(),
  unauthorized_client: clientRefused(),
  invalid_scope: {
    class: 'credential',
    code: 'scope_missing',
    words: (title) => `${title} does not give the app a right that was asked for`,
  },
  redirect_uri_mismatch: {
    class: 'credential',
    code: 'redirect_mismatch',
    words: (title) => `${title} does not know the redirect address`,
  },
  temporarily_unavailable: retryLater(),
  server_error: retryLater(),
  slow_down: retryLater(),
};

function clientRefused(): KnownCase {
  return {
    class: 'credential',
    code: 'client_refused',
    words: (title) => `${title} refuses the id or secret of the app`,
  };
}

function retryLater(): KnownCase {
  return { class: 'retryable', code: 'token_not_made', words: (title) => `${title} gives no token at the moment` };
}

function knownFailure(
  { account, connection, connector }: ConnectedCall,
  code: string,
  answer: Answer | undefined,
): Failure {
  const known = CASES[code];
  const said = saidBy(answer?.body);
  const words = known?.words(connector.title) ?? `${connector.title} gives no token`;
  const help = known?.code === 'client_refused' ? `waybill connect ${account} ${connection.name} --web` : undefined;
  return {
    class: known?.class ?? 'credential',
    code: known?.code ?? 'token_not_made',
    message: `${words} (${said === undefined || said === code ? code : `${code}: ${said}`})`,
    ...(answer === undefined ? {} : { status: answer.status }),
    ...(help === undefined ? {} : { help }),
  };
}

function unknownFailure(call: ConnectedCall, error: unknown, answer: Answer | undefined, now: number): Failure {
  const { title } = call.connector;
  if (answer === undefined) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      class: 'permanent',
      code: 'request_not_made',
      message: `no token of ${title} can be asked for: ${reason}`,
    };
  }
  if (answer.status < 300) {
    const message = `${title} answered ${answer.status} to the request for a token, and there is none in the answer`;
    return { class: 'permanent', code: 'token_not_made', message, status: answer.status };
  }
  const failure = failureOfAnswer(call, answer, now);
  const kind = failure.class === 'permanent' ? 'credential' : failure.class;
  // Of a failure nothing but the service's words is kept: the body may hold a token.
  const { details: _details, ...kept } = failure;
  return { ...kept, class: kind, code: 'token_not_made', message: `no token: ${failure.message}` };
}

function saidBy(body: Json | undefined): string | undefined {
  const said = isJsonObject(body) ? (body['error_description'] ?? body['message']) : undefined;
  return typeof said === 'string' && said !== '' ? said.slice(0, 300) : undefined;
}

function withSkew(failure: Failure, answer: Answer | undefined, now: number): Failure {
  const skew = failure.class === 'credential' ? describeSkew(answer, now) : undefined;
  if (skew === undefined) return failure;
  return { ...failure, help: failure.help === undefined ? skew : `${skew}; then ${failure.help}` };
}
