import { consentOf } from '../../connectors/auth-way.ts';
import type { Plan } from '../../generated/plan.ts';
import type { Failure } from '../../run/failure.ts';

/** What to check and do about a failure, the most likely first. */
export function failureAdvice({ code, status, help }: Failure, plan: Plan, connection: string | undefined): string[] {
  const byStatus = isByConsent(plan, connection) ? { ...BY_STATUS, ...OF_CONSENT } : BY_STATUS;
  const advice =
    status === undefined ? BY_CODE[code] : (byStatus[status] ?? (status >= 500 ? SERVICE_DOWN : undefined));
  const lines = (advice ?? []).map((line) =>
    line.replaceAll('ACCOUNT', plan.account).replaceAll('CONNECTION', connection ?? 'CONNECTION'),
  );
  return lines.length === 0 && help !== undefined ? [help] : lines;
}

/** Whether the connection has no key, but what a person granted. */
function isByConsent({ connections, connectors }: Plan, name: string | undefined): boolean {
  const connection = name === undefined ? undefined : connections[name];
  if (connection === undefined) return false;
  return consentOf(connectors[connection.connector]?.connection ?? {}, connection.fields) !== undefined;
}

const SERVICE_DOWN = ['look at the status page of the service', 'when it works again, replay the run'];
const NOT_REACHED = ['look at the address of the connection in account.json', ...SERVICE_DOWN];

const CONSENT = ['a person consents: waybill oauth link ACCOUNT CONNECTION', 'then replay the run'];

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
  402: ['the account at the service has no funds: top it up, then replay the run'],
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
  interrupted: ['look at the service whether it was done, then decide whether to do it again'],
};
