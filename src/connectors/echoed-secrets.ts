import { Redactor } from '../secrets/redaction.ts';
import type { Answer } from './failures.ts';

/** Secrets by name, such as those of a credential. The same object stands for the same secrets. */
export interface SecretTexts {
  readonly fields: { readonly [name: string]: string };
}

/**
 * A service may send back what it got. The connection's own secrets are taken out of its answers before anything reads or
 * keeps them: neither an expression nor the history ever has one.
 */
export class EchoedSecrets {
  private readonly redactors = new WeakMap<SecretTexts, Redactor>();

  /** The answer without any of the secrets with which it was asked for. */
  remove(secrets: SecretTexts | undefined, { status, headers, body }: Answer): Answer {
    if (secrets === undefined) return { status, headers, body };
    const redactor = this.redactorOf(secrets);
    return { status, headers: redactor.json(headers) as Answer['headers'], body: redactor.json(body) };
  }

  private redactorOf(secrets: SecretTexts): Redactor {
    let redactor = this.redactors.get(secrets);
    if (redactor === undefined) {
      redactor = new Redactor();
      for (const secret of Object.values(secrets.fields)) redactor.add(secret);
      this.redactors.set(secrets, redactor);
    }
    return redactor;
  }
}
