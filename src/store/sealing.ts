/** Encrypts what the store keeps of accounts. */
export interface Sealing {
  /** `undefined` where nothing can be sealed for the account: it has no public key. */
  key(account: string): SealingKey | undefined;
}

/** Seals texts for one account and opens them again. */
export interface SealingKey {
  /** `place` names where the text is kept; it opens there alone. */
  seal(place: string, text: string): string;
  /** Throws where no private key at hand opens it, or where it was changed or moved. */
  open(place: string, sealed: string): string;
}
