import { isSameSecret } from '../secrets/same-secret.ts';
import type { Store } from '../store/store.ts';
import type { Delivery } from './delivery.ts';

/** Names the address of a connection, where an automation's name names that of a webhook. No automation is called so. */
export function connectionHook(connection: string): string {
  return `@${connection}`;
}

/** The connection whose address it is; `undefined` where it is that of an automation. */
export function connectionOf(hook: string): string | undefined {
  return hook.startsWith('@') ? hook.slice(1) : undefined;
}

/** Path of an address with its secret part. */
export function addressPath(account: string, hook: string, secret: string): string {
  return `/hooks/${account}/${hook}/${secret}`;
}

/** Whether the secret part is today's, or a former one that is still taken. What was replaced is looked up only where it is not today's. */
export function isAddress(
  store: Store,
  { account, automation, receivedAt }: Delivery,
  current: string,
  secret: string,
): boolean {
  if (isSameSecret(secret, current)) return true;
  const former = store.hookRotation.former(account, automation, receivedAt);
  return former.some((one) => isSameSecret(secret, one));
}
