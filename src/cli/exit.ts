import { ConnectError } from '../runner/connecting/connect-error.ts';
import { SecretError } from '../secrets/secret-error.ts';

/** Exit codes of every command. */
export const EXIT = { clean: 0, findings: 1, usage: 2, failure: 3 } as const;

/** An error that is shown without a stack, with a way out. */
class ShownError extends Error {
  readonly help: string | undefined;

  constructor(message: string, help?: string) {
    super(message);
    this.help = help;
  }
}

/** The command was called in a way that cannot work. */
export class UsageError extends ShownError {}

/** What was asked for is not there. */
export class NotFoundError extends ShownError {}

/** Says on stderr what went wrong in one line, and what to do. Gives the exit code. */
export function report(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof SecretError) {
    console.error(`waybill: ${message}${error.path === undefined ? '' : ` (at ${error.path})`}`);
    if (error.help !== undefined) console.error(`  ${error.help}`);
    return EXIT.findings;
  }
  console.error(`waybill: ${message}`);
  if (error instanceof ShownError || error instanceof ConnectError) {
    if (error.help !== undefined) console.error(`  ${error.help}`);
    return error instanceof NotFoundError ? EXIT.findings : EXIT.usage;
  }
  if (process.env['WAYBILL_DEBUG'] === '1') console.error(error);
  return EXIT.failure;
}
