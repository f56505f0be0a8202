import type { Credential } from '../secrets/credential.ts';
import { Redactor } from '../secrets/redaction.ts';
import type { Answer } from './failures.ts';

/**
 * A service may send back what it got. The connection's own secrets are taken out of its answers before anything reads or
 * keeps them: neither an expression nor the history ever has one.
 */
export class EchoedSecrets {
  private readonly redactors = new WeakMap<Credential, Redactor>();

  /** The answer without any secret of the credential with which it was asked for. */
  remove(credential: Credential | undefined, { status, headers, body }: Answer): Answer {
    if (credential === undefined) return { status, headers, body };
    const redactor = this.redactorOf(credential);
    const cleaned = Object.entries(headers).map(([name, value]): [string, string] => [name, redactor.text(value)]);
    return { status, headers: Object.fromEntries(cleaned), body: redactor.json(body) };
  }

  private redactorOf(credential: Credential): Redactor {
    let redactor = this.redactors.get(credential);
    if (redactor === undefined) {
      redactor = new Redactor();
      for (const secret of Object.values(credential.fields)) redactor.add(secret);
      this.redactors.set(credential, redactor);
    }
    return redactor;
  }
}
