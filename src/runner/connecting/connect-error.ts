/** Why a connection cannot be made or kept, with the way out. Never holds a secret. */
export class ConnectError extends Error {
  readonly help: string | undefined;

  constructor(message: string, help?: string, options?: ErrorOptions) {
    super(message, options);
    this.help = help;
  }
}
