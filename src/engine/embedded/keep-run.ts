import type { RunRecord } from '../../run/records.ts';
import type { Store } from '../../store/store.ts';
import type { RunRequest } from '../engine.ts';

/** Puts a run on disk. Gives the run that is kept: an earlier one where this is a repeat. */
export async function keepRun(
  { runs, deliveries }: Store,
  run: RunRecord,
  { delivery, journal }: Pick<RunRequest, 'delivery' | 'journal'>,
): Promise<RunRecord> {
  if (delivery === undefined) return (await runs.insert(run, journal)) ? run : (runs.get(run.id) ?? run);
  const kept = await deliveries.accept(run, delivery);
  return kept === run.id ? run : (runs.get(kept) ?? run);
}
