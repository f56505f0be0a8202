/** The secret half of a connection, opened. */
export interface Credential {
  /** Secret fields by name. */
  fields: { [name: string]: string };
  /** The hosts, sealed with the fields, that they may be sent to; a name may start with `*.`. */
  hosts: string[];
}

/** Where the engine gets credentials from, at every attempt anew. Throws `SecretError`. */
export interface CredentialSource {
  /** `shared` names the credential of secrets/shared/ that has the fields which the connection's own lacks. */
  credential(account: string, connection: string, shared?: string): Promise<Credential>;
}
