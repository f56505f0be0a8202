import type { DatabaseSync } from 'node:sqlite';
import { text } from './row.ts';

/** Plans that one transaction takes away. */
const FORGOTTEN_AT_ONCE = 500;
const DIGEST = /sha256:[0-9a-f]{64}/g;

/** Prepares the removal of plans that nobody needs, inside of a transaction. Gives how many went. */
export function preparePlanRemoval(writer: DatabaseSync): () => number {
  const unused = writer.prepare(
    `SELECT digest FROM plans
     WHERE NOT EXISTS (SELECT 1 FROM deployment_entries WHERE plan = digest)
       AND NOT EXISTS (SELECT 1 FROM runs WHERE plan = digest)`,
  );
  // A run of a plan that is not deployed any more may still call; what is deployed has all that it calls beside it.
  const old = writer.prepare(
    `SELECT digest, body FROM plans
     WHERE NOT EXISTS (SELECT 1 FROM deployment_entries WHERE plan = digest)
       AND digest IN (SELECT plan FROM runs WHERE finished_at IS NULL
                      UNION SELECT plan FROM runs WHERE status = 'uncertain' AND failure IS NOT NULL)`,
  );
  const body = writer.prepare('SELECT body FROM plans WHERE digest = ?');
  const remove = writer.prepare('DELETE FROM plans WHERE digest = ?');

  /** Those that the plans call, and those that these call. */
  const calledBy = (texts: readonly string[]): Set<string> => {
    const called = new Set<string>();
    for (let left = [...texts]; left.length > 0;) {
      const [plan = ''] = left.splice(-1);
      for (const [digest] of plan.matchAll(DIGEST)) {
        if (called.has(digest)) continue;
        called.add(digest);
        const row = body.get(digest);
        if (row !== undefined) left.push(text(row, 'body'));
      }
    }
    return called;
  };

  return () => {
    const found = unused.all().map((row) => text(row, 'digest'));
    if (found.length === 0) return 0;
    const needed = calledBy(old.all().map((row) => text(row, 'body')));
    const free = found.filter((digest) => !needed.has(digest)).slice(0, FORGOTTEN_AT_ONCE);
    for (const digest of free) remove.run(digest);
    return free.length;
  };
}
