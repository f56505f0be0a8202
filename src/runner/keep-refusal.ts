import { randomUUID } from 'node:crypto';
import type { Store } from '../store/store.ts';
import type { Delivery } from './delivery.ts';

/** Keeps a delivery that was refused, with the reason. Gives its id, by which it can be taken once more; not so where it is `cut`. */
export async function keepRefusal(
  { refusals }: Pick<Store, 'refusals'>,
  { account, automation, receivedAt, query, body, headers: came }: Delivery,
  { status, reason }: { status: number; reason: string },
  cut = false,
): Promise<string> {
  const id = randomUUID();
  const given = Object.entries(came).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const headers = Object.fromEntries(given);
  await refusals.insert({ id, account, automation, receivedAt, status, reason, query, headers, body, cut });
  return id;
}

/** Names a refused delivery that is taken once more, where nothing of its own names it. */
export function nameOfRefusal(id: string): string {
  return `refusal ${id}`;
}
