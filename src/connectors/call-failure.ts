import type { Failure } from '../run/failure.ts';
import type { FailureCode } from '../run/failure-code.ts';

/** Ends a call with a failure; it never leaves the caller. */
export class CallFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** A failure before anything was sent, which trying again would not change. */
export function permanent(code: FailureCode, message: string, help?: string): CallFailure {
  return new CallFailure({ class: 'permanent', code, message, ...(help === undefined ? {} : { help }) });
}
