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
