import type { Runner } from '../runner/runner.ts';
import type { ApiErrorCode } from './error-view.ts';

/** An answer with status 400 or more that the API gives on purpose. */
export class ApiError extends Error {
  readonly statusCode: number;
  readonly code: ApiErrorCode;
  readonly help: string | undefined;

  constructor(statusCode: number, code: ApiErrorCode, message: string, help?: string) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
    this.help = help;
  }
}

/** Names what is deployed, so that a slip is seen. */
export function unknownAutomation(runner: Runner, target: string): ApiError {
  const known = [...runner.deployed().keys()];
  const help = known.length === 0 ? 'nothing is deployed' : `deployed: ${known.slice(0, 20).join(', ')}`;
  return new ApiError(404, 'unknown_automation', `${target} is not deployed`, help);
}
