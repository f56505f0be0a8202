/** Why an attempt or a run failed, by its stable code: what it means and what to do. `docs/errors.md` is made from this. */
export const FAILURE_CODES = {
  http_status:
    'The service answered with an error. The message holds its words, `status` its status, `details` its answer.',
  answer_not_read:
    'The service answered with a success, but not with what it documents, such as HTML where JSON belongs.',
  answer_too_large: 'The answer has more bytes than the runner takes.',
  connection_refused: 'Nothing listens at the address of the service.',
  connection_cut: 'The connection broke before the answer was whole.',
  host_not_found: 'The name of the host has no address, or the name server did not answer.',
  connect_timeout: 'No connection to the service could be made in time.',
  timeout: "The service did not answer within the step's timeout.",
  tls: "The service's certificate cannot be trusted.",
  request_not_made:
    'A template of the connector gave no request, such as for an address that is none. Nothing was sent.',
  not_https: 'The address is not https, and no operator rerouted the service. Nothing was sent.',
  private_address:
    'The host is, or leads to, an address of the machine, its network or its cloud, and the operator did not list it. Nothing was sent.',
  redirected: 'The service redirected too often, or to no address.',
  token_not_made: 'The service gave no token for the credential. The request itself was not sent.',
  grant_missing:
    'Nobody has consented at the service yet that the connection may be used, or not at this runner. Nothing was sent.',
  grant_expired:
    'The service does not take what a person granted any more: it ended, or was taken back there. A person consents once more.',
  grant_revoked: 'What a person granted was given back with `waybill oauth revoke`. Nothing was sent.',
  scope_missing: 'The automation needs a right at the service that was not granted. A person consents once more.',
  client_refused: 'The service refuses the id or secret of the OAuth app, or the connection has none.',
  redirect_mismatch:
    'The service does not know the redirect address of the runner: it must be registered there to the letter.',
  host_not_granted:
    'The connector sends the token to a host that it did not have when a person consented. Nothing was sent.',
  host_not_allowed: 'The request goes to a host that the connection does not allow. Nothing was sent.',
  host_not_sealed: 'The request goes to a host that the credential was not sealed for. Nothing was sent.',
  credential_not_opened:
    "The connection's secret file is missing, or no private key of the runner opens it. Nothing was sent.",
  mapping_failed: 'An expression has no value, such as `1 / 0`. The message names the mapping. Nothing was sent.',
  guard_failed: 'A value does not fit its field in a way that only a run can show. Nothing was sent.',
  poll_not_read:
    'What a service answered to a poll is not what its connector expects: there is no list, or an item has no key.',
  poll_too_long: 'A poll did not come to the end of all the pages that the service has; none of it was taken.',
  fail_step: 'A `fail` step ended the run; the message is its own.',
  interrupted: 'The runner was stopped or killed in the middle of a write that may have taken place. A person decides.',
  canceled: 'A person or a program ended the run. What was under way then may have taken place.',
  run_skipped:
    'So many runs of the automation went on that its `concurrency` skipped this one. Nothing of it was done.',
  run_replaced:
    'A newer run took its place, as the `concurrency` of the automation says. What was under way may have taken place.',
  wait_expired: 'Nobody approved, or no event came, before the wait expired.',
  step_timeout: 'The step did not end within its `timeout`; what was under way in it was ended.',
  storage_not_a_number: 'A count was asked for where the key-value storage holds something else than a number.',
  storage_number_out_of_range: 'A count would need more digits than a number holds exactly.',
} as const;

export type FailureCode = keyof typeof FAILURE_CODES;

export function isFailureCode(code: unknown): code is FailureCode {
  return typeof code === 'string' && Object.hasOwn(FAILURE_CODES, code);
}
