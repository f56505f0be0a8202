import { answerHandshake, fieldsOfScheme, type HandshakeReply } from '../connectors/webhooks/handshake.ts';
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
  | { kind: 'handshake'; reply: HandshakeReply }
  | { kind: 'refused'; status: 401 | 503; reason: string };

/** Proves requests with the fields of the account's connections. */
export class Verifier {
  private readonly credentials: CredentialSource;
  private readonly redactor: Redactor;

  constructor(credentials: CredentialSource, redactor: Redactor) {
    this.credentials = credentials;
    this.redactor = redactor;
  }

  async prove(plan: Plan, verify: 'none' | PlanVerify, request: WebhookRequest, receivedAt: Instant): Promise<Proof> {
    if (verify === 'none') return { kind: 'proved' };
    const { connection, scheme } = verify;
    let fields: { [name: string]: string };
    try {
      fields = await this.fields(plan, connection, fieldsOfScheme(scheme));
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      const reason = `the key of the connection ${connection} cannot be opened: ${error.message}`;
      return { kind: 'refused', status: 503, reason };
    }
    const field = (name: string): string | undefined => (Object.hasOwn(fields, name) ? fields[name] : undefined);
    const unsigned = answerHandshake(scheme, request, false, field);
    if (unsigned !== undefined) return { kind: 'handshake', reply: unsigned };
    const key = field(scheme.key.field);
    if (key === undefined) {
      const reason = `the connection ${connection} has no ${scheme.key.field}: waybill connect ${plan.account} ${connection}`;
      return { kind: 'refused', status: 503, reason };
    }
    const reason = refuseSignature(scheme, request, key, receivedAt);
    if (reason !== undefined) return { kind: 'refused', status: 401, reason };
    const signed = answerHandshake(scheme, request, true, field);
    return signed === undefined ? { kind: 'proved' } : { kind: 'handshake', reply: signed };
  }

  /** The fields of the connection that are needed, secret or not. */
  private async fields(
    { account, connections }: Plan,
    name: string,
    needed: string[],
  ): Promise<{ [name: string]: string }> {
    const open = Object.entries(connections[name]?.fields ?? {});
    const texts = open.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    const found = Object.fromEntries(texts);
    if (needed.every((field) => Object.hasOwn(found, field))) return found;
    const secret = await this.credentials.credential(account, name, connections[name]?.shared);
    for (const value of Object.values(secret.fields)) this.redactor.add(value);
    return { ...found, ...secret.fields };
  }
}
