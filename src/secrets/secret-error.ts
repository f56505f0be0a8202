/** Stable codes of what can be wrong with a secret. */
export type SecretErrorCode =
  | 'sops_not_json'
  | 'sops_no_metadata'
  | 'sops_unknown_metadata'
  | 'sops_bad_value'
  | 'sops_plain_value'
  | 'sops_no_identity'
  | 'sops_value_refused'
  | 'sops_mac_missing'
  | 'sops_mac_mismatch'
  | 'wrong_account'
  | 'bad_connection_file'
  | 'bad_identity_file'
  | 'secret_missing'
  | 'no_recipients'
  | 'vault_no_key'
  | 'vault_refused';

/** Something is wrong with a secret. The message names the place and never holds a value or a key. */
export class SecretError extends Error {
  readonly code: SecretErrorCode;
  /** Keys that lead to the value, joined with `.`. */
  readonly path: string | undefined;
  readonly help: string | undefined;

  constructor(code: SecretErrorCode, message: string, more: { path?: readonly string[]; help?: string } = {}) {
    super(message);
    this.name = 'SecretError';
    this.code = code;
    this.path = more.path?.join('.');
    this.help = more.help;
  }
}
