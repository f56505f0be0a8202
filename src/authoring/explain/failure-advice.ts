import { consentOf } from '../../connectors/auth-way.ts';
import type { Plan } from '../../generated/plan.ts';
import type { Failure } from '../../run/failure.ts';

/** Where a failure took place. */
export interface FailurePlace {
  run: string;
  plan: Plan;
  /** The connection of the step, where it has one. */
  connection: string | undefined;
}

/** What to check and do about a failure, the most likely first. */
export function failureAdvice(failure: Failure, { run, plan, connection }: FailurePlace): string[] {
  // The step, its input and its connection are those of the run that was called.
  if (failure.run !== undefined) return [`see why the called run failed: waybill explain ${failure.run}`];
  if (failure.class !== 'uncertain' && failure.help !== undefined && isOfConnector(plan, failure.help))
    return [failure.help];
  const advice = failure.class === 'uncertain' ? IN_DOUBT : adviceByKind(failure, isByConsent(plan, connection));
  const lines = (advice ?? []).map((line) =>
    line
      .replaceAll('ACCOUNT', plan.account)
      .replaceAll('CONNECTION', connection ?? 'CONNECTION')
      .replaceAll('RUN', run),
  );
  return lines.length === 0 && failure.help !== undefined ? [failure.help] : lines;
}

function adviceByKind({ code, status }: Failure, byConsent: boolean): string[] | undefined {
  const byStatus = byConsent ? { ...BY_STATUS, ...OF_CONSENT } : BY_STATUS;
  // A failure with a code of its own may have a status too: that of the request for a token.
  if (BY_CODE[code] !== undefined || status === undefined) return BY_CODE[code];
  if (status >= 500) return byStatus[status] ?? SERVICE_DOWN;
  return byStatus[code === 'token_not_made' ? 401 : status];
}

/** Whether a connector says this of an answer that it knows: it is nearer than what is true of every service. */
function isOfConnector({ connectors }: Plan, help: string): boolean {
  return Object.values(connectors).some(({ answers, actions }) =>
    [answers, ...Object.values(actions)].some((one) => one?.errors?.some((rule) => rule.help === help)),
  );
}

/** Whether the connection has no key, but what a person granted. */
function isByConsent({ connections, connectors }: Plan, name: string | undefined): boolean {
  const connection = name === undefined ? undefined : connections[name];
  if (connection === undefined) return false;
  return consentOf(connectors[connection.connector]?.connection ?? {}, connection.fields) !== undefined;
}

const SERVICE_DOWN = ['look at the status page of the service, and wait until it works again'];
const NOT_REACHED = ['look at the address of the connection in account.json', ...SERVICE_DOWN];

const IN_DOUBT = [
  'look at the service whether it took place; a replay before that may do it twice',
  "if it did: waybill runs resolve RUN --happened '{…}', with what it gave",
  'if it did not: waybill runs resolve RUN --repeat; if nobody finds out: --fail',
];

const CONSENT = ['a person consents: waybill oauth link ACCOUNT CONNECTION'];

const OF_CONSENT: { [status: number]: string[] } = {
  401: ['was access taken back at the service, or has its account changed its password or plan?', ...CONSENT],
  403: [
    'may the person who consented do this at the service?',
    'is the thing that is asked for in an account or project that this person can see?',
    'if not, somebody consents who may: waybill oauth link ACCOUNT CONNECTION',
  ],
};

const BY_STATUS: { [status: number]: string[] } = {
  400: ['compare the input of the step with the words of the service', 'mend the mapping that gave the wrong value'],
  401: [
    'is the key still there at the service, and not revoked or expired?',
    'is it a key of the right account at the service, for this environment?',
    'has that account funds, and is it not locked?',
    'then give a new one: waybill connect ACCOUNT CONNECTION --web',
  ],
  402: ['the account at the service has no funds: top it up'],
  403: [
    'may the key do this? Look at its scopes or permissions at the service',
    'is the thing that is asked for in an account or project that the key can see?',
    'then give a key that may: waybill connect ACCOUNT CONNECTION --web',
  ],
  404: ['look at the ids in the input of the step: the thing is not there, or the key cannot see it'],
  409: [
    'the thing is there already, or was changed meanwhile: read it before it is written, or take the failure with on_error',
  ],
  410: ['the thing was deleted at the service: look at the ids in the input of the step'],
  413: ['the input is larger than the service takes: send less at a time'],
  422: ['compare the input of the step with the words of the service', 'mend the mapping that gave the wrong value'],
  429: [
    'it was tried again until the attempts were used up: raise "retry", or let it run less at a time',
    'if the limit of the account is reached for good, raise it at the service',
  ],
};

const BY_CODE: { [code in Failure['code']]?: string[] } = {
  answer_not_read: ['look at the address of the connection: a page answered, not the API', ...SERVICE_DOWN],
  connection_refused: NOT_REACHED,
  connection_cut: SERVICE_DOWN,
  host_not_found: NOT_REACHED,
  connect_timeout: NOT_REACHED,
  timeout: ['give the step a longer "timeout", or ask for less at a time', ...SERVICE_DOWN],
  grant_missing: CONSENT,
  grant_expired: ['was access taken back at the service, or has its account changed its password or plan?', ...CONSENT],
  grant_revoked: CONSENT,
  scope_missing: CONSENT,
  client_refused: [
    'are the id and secret of the app still those that the service shows? What to register: waybill oauth guide',
    'then give them anew: waybill connect ACCOUNT CONNECTION --web',
  ],
  credential_not_opened: [
    'is the secrets file there and for this account? waybill check says',
    "does the runner have the account's private key? waybill doctor says",
    'otherwise give the credential anew: waybill connect ACCOUNT CONNECTION --web',
  ],
};
