import { isJsonObject } from '../json/value.ts';
import type { FailureCode } from '../run/failure-code.ts';
import type { Failure } from '../run/failure.ts';
import type { AttemptRecord, Instant } from '../run/records.ts';
import { tryPath } from '../run/try-path.ts';
import type { WaitCall } from './durable.ts';
import { waitBeforeRetry } from './retry.ts';

/** What came before a later try of a step. */
export interface Again {
  /** How the try before it failed. */
  code: string;
  message: string;
  /** The path of the step that failed. */
  step: string;
  /** When it begins, or began. */
  at: Instant;
  waits: boolean;
}

/** What a person ended, or a newer run: it is not begun again behind their back. */
const ENDED = new Set<FailureCode>(['canceled', 'run_replaced']);
/** What an expression without a value comes to. */
const OF_EXPRESSIONS = new Set<FailureCode>(['mapping_failed', 'guard_failed']);

/**
 * What is waited before a step as a whole is tried once more, or `undefined` where it is not. `place` is its path, `number` that
 * of the try that failed. It is tried again after every failure but those that a person has to do something about, and
 * those of its own expressions, which would give the same.
 */
export function pauseBeforeTry(
  failure: Failure,
  place: string,
  number: number,
  tries: number,
  random: () => number,
): WaitCall | undefined {
  const { class: kind, code, message, step: failed = place, run } = failure;
  const isOwn = failed === tryPath(place, number) && run === undefined;
  if (kind === 'uncertain' || kind === 'credential' || ENDED.has(code)) return undefined;
  if (isOwn && OF_EXPRESSIONS.has(code)) return undefined;
  // Attempts within the step may be used up: for the step, all this goes away by waiting.
  const wait = waitBeforeRetry({ ...failure, class: 'retryable' }, number, tries, random);
  if (wait === undefined) return undefined;
  return {
    key: { step: tryPath(place, number + 1), attempt: -1 },
    input: { after: { code, message, step: failed } },
    until: (begun) => begun + wait,
    over: () => ({ ok: true, output: null }),
  };
}

/** Reads what was waited back from its record. */
export function againOf({ input, startedAt, sleepUntil = startedAt, outcome }: AttemptRecord): Again {
  const after = isJsonObject(input) && isJsonObject(input['after']) ? input['after'] : {};
  const word = (name: string): string => (typeof after[name] === 'string' ? after[name] : '');
  return {
    code: word('code'),
    message: word('message'),
    step: word('step'),
    at: sleepUntil,
    waits: outcome === undefined,
  };
}
