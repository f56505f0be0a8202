import { answerHandshake, fieldsOfScheme, type AnsweredHandshake } from '../connectors/webhooks/handshake.ts';
import type { WebhookRequest } from '../connectors/webhooks/request.ts';
import { refuseSignature } from '../connectors/webhooks/signature.ts';
import type { Plan, PlanVerify } from '../generated/plan.ts';
import type { Instant } from '../run/records.ts';
import type { CredentialSource } from '../secrets/credential.ts';
import type { Redactor } from '../secrets/redaction.ts';
import { SecretError } from '../secrets/secret-error.ts';

/** Whether a request is genuine. */
export type Proof =
  | { kind: 'proved' }
  | ({ kind: 'handshake' } & AnsweredHandshake)
  | { kind: 'refused'; status: 401 | 503; reason: string };

type Fields = { [name: string]: string };

/** Proves requests with the fields of the account's connections, and with keys that the runner keeps. */
export class Verifier {
  private readonly credentials: CredentialSource;
  private readonly redactor: Redactor;

  constructor(credentials: CredentialSource, redactor: Redactor) {
    this.credentials = credentials;
    this.redactor = redactor;
  }

  /** `kept` are keys beside the connection's field; of all of them, one must be right. */
  async prove(
    plan: Plan,
    verify: 'none' | PlanVerify,
    request: WebhookRequest,
    receivedAt: Instant,
    kept: readonly string[] = [],
  ): Promise<Proof> {
    if (verify === 'none') return { kind: 'proved' };
    const { connection, scheme } = verify;
    let fields: Fields;
    try {
      fields = await this.fields(plan, connection, fieldsOfScheme(scheme));
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      const reason = `the key of the connection ${connection} cannot be opened: ${error.message}`;
      if (kept.length === 0) return { kind: 'refused', status: 503, reason };
      fields = {};
    }
    const field = (name: string): string | undefined => (Object.hasOwn(fields, name) ? fields[name] : undefined);
    const own = scheme.key.field === undefined ? undefined : field(scheme.key.field);
    const keys = own === undefined ? kept : [own, ...kept];
    const unsigned = answerHandshake(scheme, request, { proved: false, key: keys[0], field });
    if (unsigned !== undefined) return { kind: 'handshake', ...unsigned };
    if (keys.length === 0) return { kind: 'refused', status: 503, reason: lacking(plan, verify) };
    // All are looked at, so that the time does not tell which one was right.
    const reasons = keys.map((key) => refuseSignature(scheme, request, key, receivedAt));
    const right = reasons.indexOf(undefined);
    const [reason] = reasons;
    if (right === -1 && reason !== undefined) return { kind: 'refused', status: 401, reason };
    const signed = answerHandshake(scheme, request, { proved: true, key: keys[right], field });
    return signed === undefined ? { kind: 'proved' } : { kind: 'handshake', ...signed };
  }

  /** The fields of the connection that are needed, secret or not. */
  private async fields({ account, connections }: Plan, name: string, needed: string[]): Promise<Fields> {
    const open = Object.entries(connections[name]?.fields ?? {});
    const texts = open.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    const found = Object.fromEntries(texts);
    if (needed.every((field) => Object.hasOwn(found, field))) return found;
    const secret = await this.credentials.credential(account, name, connections[name]?.shared);
    for (const value of Object.values(secret.fields)) this.redactor.add(value);
    return { ...found, ...secret.fields };
  }
}

function lacking({ account }: Plan, { connection, scheme }: PlanVerify): string {
  const { field } = scheme.key;
  return field === undefined
    ? `${scheme.title} has not given the connection ${connection} a key yet`
    : `the connection ${connection} has no ${field}: waybill connect ${account} ${connection} --web`;
}
