/** An answer with status 400 or more that the API gives on purpose. */
export class ApiError extends Error {
  readonly statusCode: number;
  readonly code: string;
  readonly help: string | undefined;

  constructor(statusCode: number, code: string, message: string, help?: string) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
    this.help = help;
  }
}
