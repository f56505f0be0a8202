import type { Runner } from '../runner/runner.ts';
import type { AccountScope } from '../store/records.ts';
import { covers } from './access/scope.ts';
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

/** Names what is deployed for the accounts of who asks, so that a slip is seen. */
export function unknownAutomation(runner: Runner, target: string, scope: AccountScope): ApiError {
  const known = [...runner.deployed().keys()].filter((name) => covers(scope, [name.slice(0, name.indexOf('/'))]));
  const help = known.length === 0 ? 'nothing is deployed' : `deployed: ${known.slice(0, 20).join(', ')}`;
  return new ApiError(404, 'unknown_automation', `${target} is not deployed`, help);
}

export function unknownAccount(accounts: readonly string[]): ApiError {
  return new ApiError(404, 'unknown_account', `there is no account ${accounts.join(', ')} for this token`);
}

export function unknownRun(id: string): ApiError {
  return new ApiError(404, 'unknown_run', `there is no run ${id}`);
}

export function unknownRefusal(id: string): ApiError {
  return new ApiError(404, 'unknown_refusal', `there is no refused delivery ${id}`);
}

export function unknownToken(id: string): ApiError {
  return new ApiError(404, 'unknown_token', `there is no token ${id}`);
}
