import type { FailureCode } from '../run/failure-code.ts';
import type { ErrorView } from './api-types.ts';

/** What the runner answers with status 400 or more, by its stable code. `docs/errors.md` is made from this. */
export const API_ERRORS = {
  backlog_full:
    'So many runs wait for their turn that no more are taken: send it again after `Retry-After` seconds. (503)',
  bad_request: 'The request cannot be read; the message says why.',
  body_too_large:
    'The body has more bytes than the runner takes. Of a webhook, all but the body is kept among the refusals. (413)',
  cannot_connect: 'There is no such connection to make; the message says why. (409)',
  cannot_keep:
    'The disk of the runner is full or fails, or another program has its database locked, and nothing of the request was kept: send it again after `Retry-After` seconds. (503)',
  cannot_verify:
    "The runner cannot open the key with which the webhook's requests are proved; its operator finds the reason among the refusals. Send it again later. (503)",
  consent_owed:
    'The automation is stalled until a person consents to a connection; its operator finds the link with `waybill deploy status`. (409; 503 for a webhook, which is kept among the refusals)',
  cut: 'The refused delivery was longer than what is kept, so it cannot be replayed. (409)',
  deploy_refused: 'The deployment cannot be changed like this; the message says why. (409)',
  forbidden: 'The token is known, but its role or its accounts do not allow this. (403)',
  internal: 'The runner could not take the request. Nothing of it was kept: send it again. (500)',
  no_hook: 'The automation has no webhook: something else starts it. (409)',
  not_found: 'There is nothing at this address.',
  not_genuine: "The webhook's signature is missing, wrong or too old. The delivery is kept among the refusals. (401)",
  not_manual: 'The automation is not started by hand. (409)',
  not_paused: 'Neither the account nor the automation, as it was named, is paused.',
  not_possible: 'The run is not in a state in which that can be done; the message says why. (409)',
  not_waiting: 'The step of the run does not wait for that: not yet, or not any more. (409)',
  refused:
    'The body of the webhook, or the input of the run, does not fit; the message names each place. A refused delivery is kept among the refusals. (400, 415; 409 for a replay)',
  sealed:
    'What is asked for is kept encrypted, and no private key at hand opens it. Nothing is lost: give the runner the key and start it again. (503)',
  stopping: 'The runner stops: send it again after `Retry-After` seconds. (503)',
  too_many_failures: 'Too many tries that failed from one address: try again after `Retry-After` seconds. (429)',
  unauthorized: 'The token is missing, unknown, expired or revoked. (401)',
  unknown_account: 'There is no such account for this token.',
  push_refused: 'The push does not carry the secret that the runner and the host share. (401)',
  unknown_automation: 'The automation is not deployed.',
  unknown_connection: 'Nothing that is deployed needs a consent to the connection.',
  unknown_hook: 'There is no such webhook, or its secret part is wrong.',
  unknown_key: 'The storage of the account does not hold the key.',
  unknown_refusal: 'There is no refused delivery with this id; only the newest are kept.',
  unknown_run: 'There is no run with this id.',
  unknown_token: 'There is no token with this id.',
} as const;

export type ApiErrorCode = keyof typeof API_ERRORS;

export function errorView(code: ApiErrorCode | FailureCode, message: string, help?: string): ErrorView {
  return { error: { code, message, help } };
}
