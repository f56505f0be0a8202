import type { DatabaseSync } from 'node:sqlite';
import { isJsonObject } from '../../json/value.ts';
import { ONE_ATTEMPT, outcomePlace, placeOf } from './attempts.ts';
import { isUncertain, readOutcome } from './outcome-json.ts';
import { optionalJson, optionalText } from './row.ts';
import type { Values } from './values.ts';

/** What nobody is sure of, as it is seen inside of a transaction. */
export interface Doubts {
  /** Whether a step that calls another run has come to the doubt of that run; `undefined` where there is no such step. */
  stateOf(run: string, step: string): 'in_doubt' | 'open' | 'sure' | undefined;
  /** The called run for whose doubt the run has ended. */
  calledInDoubt(run: string): string | undefined;
}

export function prepareDoubts(writer: DatabaseSync, values: Values): Doubts {
  const attempt = writer.prepare(`SELECT outcome FROM attempts WHERE ${ONE_ATTEMPT}`);
  const failure = writer.prepare('SELECT failure FROM runs WHERE id = ?');
  return {
    stateOf: (run, step) => {
      const key = { step, attempt: 1 };
      const row = attempt.get(run, ...placeOf(key));
      if (row === undefined) return undefined;
      const kept = optionalText(row, 'outcome');
      if (kept === undefined) return 'open';
      const outcome = readOutcome(values.readOfRun(writer, run, outcomePlace(run, key), kept));
      return isUncertain(outcome) ? 'in_doubt' : 'sure';
    },
    calledInDoubt: (run) => {
      const row = failure.get(run);
      const kept = row && optionalJson(row, 'failure');
      return isJsonObject(kept) && typeof kept['run'] === 'string' ? kept['run'] : undefined;
    },
  };
}
