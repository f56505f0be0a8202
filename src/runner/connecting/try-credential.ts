import { hostsOf } from '../../compiler/connection-hosts.ts';
import { authWays, consentOf } from '../../connectors/auth-way.ts';
import { fieldsWithDefaults } from '../../connectors/connection-fields.ts';
import { testAction } from '../../connectors/connection-test.ts';
import { isJsonObject } from '../../json/value.ts';
import type { Failure } from '../../run/failure.ts';
import { callWith, type CallOptions } from '../call-once.ts';
import type { ConnectionForm } from './connection-form.ts';
import type { ConnectionValues } from './connection-values.ts';

/** What the service said of a credential. */
export type Tried =
  /** `identity`: whose it is, where the connector knows how to ask. */
  | { kind: 'taken'; identity: string | undefined }
  /** It is the id and secret of an app: they are tried when a person consents. */
  | { kind: 'by_consent' }
  /** The connector has no request to try one with. */
  | { kind: 'untested' }
  /** The service does not want it. */
  | { kind: 'refused'; words: string; said: string | undefined; help: string | undefined }
  /** Nobody knows: the service was not reached, or is in trouble. */
  | { kind: 'unknown'; words: string };

/** Milliseconds that a person is made to wait. */
const PATIENCE_MS = 20_000;

/** Makes the connector's test request with a credential that is in memory only. */
export async function tryCredential(
  { account, connection, connector, spec, given }: ConnectionForm,
  { secrets, open, known }: ConnectionValues,
  options: CallOptions,
): Promise<Tried> {
  if (consentOf(spec, known) !== undefined) return { kind: 'by_consent' };
  if (spec.test === undefined) return { kind: 'untested' };
  const own = { account, name: connection, connector, spec, fields: { ...given, ...open } };
  const credential = { fields: secrets, hosts: hostsOf(spec, known) };
  const call = { action: testAction(spec.test), input: {} };
  const outcome = await callWith(own, credential, call, options, AbortSignal.timeout(PATIENCE_MS));
  if (!outcome.ok) return describe(connector.title, keyOf(secrets, spec.fields), outcome.failure);
  const identity = isJsonObject(outcome.output) ? outcome.output['identity'] : undefined;
  return { kind: 'taken', identity: typeof identity === 'string' && identity !== '' ? identity : undefined };
}

/** Whether what is entered is tried, whatever is chosen. */
export function isTried({ spec }: ConnectionForm): boolean {
  return spec.test !== undefined && !authWays(spec).some((auth) => consentOf({ auth }, {}) !== undefined);
}

/** Whether a person consents, by what stands in account.json already. */
export function isByConsent({ spec, given }: ConnectionForm): boolean {
  return consentOf(spec, fieldsWithDefaults(spec, given)) !== undefined;
}

/** What the refused thing is called: the field's own title where there is one field, such as `API key`. */
function keyOf(secrets: object, fields: ConnectionForm['spec']['fields']): string {
  const [name, ...more] = Object.keys(secrets);
  const title = name === undefined || more.length > 0 ? undefined : fields[name]?.title;
  return title ?? 'credential';
}

function describe(title: string, key: string, { class: kind, message, status, help, code }: Failure): Tried {
  const said = message.startsWith(`${title} answered ${status}`) ? message.split(': ').slice(1).join(': ') : message;
  const quoted = said === '' ? undefined : said;
  if (code === 'token_not_made' || code === 'client_refused' || (code === 'http_status' && status === 401))
    return {
      kind: 'refused',
      words: `${title} answered ${status ?? 'with a refusal'}: this ${key} is not valid, or not any more.`,
      said: quoted,
      help: 'Was it copied whole? Was it revoked, or has it expired? Make a new one and paste that.',
    };
  if (code === 'http_status' && status === 403)
    return {
      kind: 'refused',
      words: `${title} answered 403: it knows this ${key}, but does not let it do this.`,
      said: quoted,
      help: 'Give it the permissions that are named beside the field, or make one that has them.',
    };
  if (code === 'timeout') return { kind: 'unknown', words: `${title} did not answer in time.` };
  if (kind === 'retryable' || kind === 'uncertain') {
    const words = message.startsWith(`${title} `) ? `it ${message.slice(title.length + 1)}` : message;
    return { kind: 'unknown', words: status === undefined ? `${title} was not reached: ${words}.` : `${message}.` };
  }
  return { kind: 'refused', words: `${message}.`, said: undefined, help: kind === 'credential' ? undefined : help };
}
