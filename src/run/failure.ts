import type { Json } from '../json/value.ts';
import type { FailureCode } from './failure-code.ts';

/**
 * How a failed attempt is to be treated.
 * - `permanent`: trying again gives the same.
 * - `retryable`: goes away by waiting.
 * - `credential`: the connection was refused; a person has to act.
 * - `uncertain`: nobody can say whether the effect took place; a person decides.
 */
export type FailureClass = 'permanent' | 'retryable' | 'credential' | 'uncertain';

/** Why an attempt or a run failed, as it is journaled and shown. Never holds a secret. */
export interface Failure {
  class: FailureClass;
  code: FailureCode;
  message: string;
  /** Which step failed; in the failure of a run. */
  step?: string;
  /** The called run in which it failed, where it was not this one. */
  run?: string;
  /** The way out, where there is one. */
  help?: string;
  /** HTTP status, where there was an answer. */
  status?: number;
  /** The service's answer or other facts that help to understand it, redacted and cut. */
  details?: Json;
  /** Milliseconds that the service asked to wait before the next attempt. */
  retryAfterMs?: number;
}

/** What an attempt came to. `warnings`: in which ways the output is not as the action says. */
export type Outcome = { ok: true; output: Json; warnings?: string[] } | { ok: false; failure: Failure };
