/** A post-quantum public key has 1,959 characters; its beginning tells it from every other. */
const SHOWN = 24;

/** A public key as people are shown it. */
export function shortRecipient(recipient: string): string {
  return recipient.length > 70 ? `${recipient.slice(0, SHOWN)}…` : recipient;
}

/** Whether a public key is the one that was named, whole or as `shortRecipient` shows it. */
export function isRecipient(recipient: string, named: string): boolean {
  return recipient === named || shortRecipient(recipient) === named || shortRecipient(recipient) === `${named}…`;
}
