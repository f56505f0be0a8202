import type { RunRecord } from '../../run/records.ts';
import type { Limiter, Turn } from '../limiter.ts';
import type { CallLimit } from '../limits.ts';
import { Crowded, type Waits } from './waits.ts';

export interface TurnHost {
  limiter: Limiter;
  /** Whether the run does nothing but stand before a limit. */
  stands(run: RunRecord, stands: boolean): void;
}

/**
 * Waits until a call of a run may begin. A run that does nothing but stand before a limit leaves its slot to others, and the
 * engine where many stand there: then it throws `Crowded`. Rejects with the reason of `deadline` where that comes before.
 */
export async function takeTurn(
  host: TurnHost,
  run: RunRecord,
  waits: Waits,
  limits: readonly CallLimit[],
  deadline: AbortSignal | undefined,
): Promise<Turn> {
  const alone = waits.oneAtWork();
  if (alone === undefined) return host.limiter.enter(limits, deadline);
  // Where it waits for other things too, nobody in here would see to those.
  if (!alone.waiting && host.limiter.isCrowded(limits)) throw new Crowded(limits);
  host.stands(run, true);
  try {
    return await host.limiter.enter(limits, deadline);
  } finally {
    host.stands(run, false);
  }
}
