/** Exit codes of every command. */
export const EXIT = { clean: 0, findings: 1, usage: 2, failure: 3 } as const;

/** The command was called in a way that cannot work; shown without a stack. */
export class UsageError extends Error {
  readonly help: string | undefined;

  constructor(message: string, help?: string) {
    super(message);
    this.name = 'UsageError';
    this.help = help;
  }
}
