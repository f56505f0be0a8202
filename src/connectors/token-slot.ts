import type { SecretTexts } from './echoed-secrets.ts';

/** What a credential was exchanged for, or what a person granted. */
export interface Token extends SecretTexts {
  fields: { token: string; [name: string]: string };
  /** When it should be made anew; `undefined`: when it is refused. */
  until: number | undefined;
  /** Whether another can be had where this one is refused. */
  renewable: boolean;
}

/** A token is made anew so long before its end, or at nine tenths of its life where that is later. */
const MARGIN_MS = 60_000;

/** When a token that is good for so long from now on should be made anew. */
export function renewalTime(now: number, lifetimeMs: number): number {
  return now + lifetimeMs - Math.min(MARGIN_MS, lifetimeMs / 10);
}

/** The token of one connection, made once for all who ask for it at the same time. */
export class TokenSlot<One extends Token> {
  private known: Promise<One> | undefined;
  private refusedOne: One | undefined;

  /** A token that is good by the clock. `make` is told which one the service did not take. Throws what `make` throws. */
  async token(now: () => number, make: (refused: One | undefined) => Promise<One>): Promise<One> {
    const { known } = this;
    if (known === undefined) {
      const made = make(this.refusedOne);
      this.known = made;
      made.catch(() => this.drop(made));
      return made;
    }
    const token = await known;
    if (token.until === undefined || token.until > now()) return token;
    // Another call may have seen that too, and have begun to make one by now.
    this.drop(known);
    return this.token(now, make);
  }

  /** The service does not take this token any more. */
  async refused(token: Token): Promise<void> {
    const { known } = this;
    const held = await known?.catch(() => undefined);
    if (known === undefined || held !== token) return;
    this.refusedOne = held;
    this.drop(known);
  }

  private drop(known: Promise<One>): void {
    if (this.known === known) this.known = undefined;
  }
}
