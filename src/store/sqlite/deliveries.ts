import { createHash } from 'node:crypto';
import type { DeliveryStore, NamedDelivery } from '../store.ts';
import { text } from './row.ts';
import { prepareRunInsert } from './run-insert.ts';
import type { Connections } from './sqlite-store.ts';

/** How long a delivery is known, in milliseconds: longer than services go on to send it again (Stripe: three days). */
export const REPEATS_KNOWN_MS = 7 * 24 * 3_600_000;

/** Old ones that go with each new one: more than come, so that they do not pile up. */
const FORGOTTEN_AT_ONCE = 5;

export function createDeliveryStore({ reader, writer, queue, values }: Connections): DeliveryStore {
  const insertRun = prepareRunInsert(writer, values);
  const select = 'SELECT run FROM deliveries WHERE account = ? AND automation = ? AND key = ? AND accepted_at > ?';
  const first = writer.prepare(select);
  const firstRead = reader.prepare(select);
  const insert = writer.prepare(
    'INSERT OR REPLACE INTO deliveries (account, automation, key, run, accepted_at) VALUES (?, ?, ?, ?, ?)',
  );
  const forget = writer.prepare(
    `DELETE FROM deliveries WHERE (account, automation, key) IN (
       SELECT account, automation, key FROM deliveries WHERE accepted_at <= ? ORDER BY accepted_at LIMIT ${FORGOTTEN_AT_ONCE})`,
  );
  /** Gives the id of the run that is kept. */
  const accept = ({ run, name }: NamedDelivery): string => {
    const { account, automation, createdAt } = run;
    const key = name === undefined ? undefined : keyOf(name);
    const known = key && first.get(account, automation, key, createdAt - REPEATS_KNOWN_MS);
    if (known !== undefined) return text(known, 'run');
    insertRun(run);
    if (key !== undefined) insert.run(account, automation, key, run.id, createdAt);
    forget.run(createdAt - REPEATS_KNOWN_MS);
    return run.id;
  };

  return {
    accept: (run, name) => queue.commit(() => accept({ run, name })),
    acceptAll: (deliveries) => queue.commit(() => deliveries.map(accept)),
    first: (account, automation, name, now) => {
      const known = firstRead.get(account, automation, keyOf(name), now - REPEATS_KNOWN_MS);
      return known === undefined ? undefined : text(known, 'run');
    },
  };
}

/** A name may be as long as a body; its digest says the same. */
function keyOf(name: string): Uint8Array {
  return createHash('sha256').update(name).digest();
}
