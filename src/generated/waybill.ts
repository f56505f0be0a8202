// Made from schemas/ by scripts/generate.ts; run `npm run generate` after a change there.

/**
 * age public keys that it is encrypted to: those of the runner, not of the accounts.
 *
 * Items: An age public key, as waybill secrets keygen prints it.
 */
export type Recipients = string[];

/**
 * waybill.json at the root of a workspace: the git repository that holds automations, secrets and connectors.
 */
export interface WorkspaceConfig {
  /**
   * Path or address of this schema, for editors.
   */
  $schema?: string;
  /**
   * The Waybill version that this workspace is made for, as major.minor.patch.
   */
  waybill: string;
  /**
   * Credentials that several accounts use, such as the id and secret of an OAuth app, by name. They lie in secrets/shared/<name>.json.
   */
  shared?: {
    [k: string]: SharedCredential;
  };
  history?: History;
  /**
   * Texts of the workspace that look like credentials and are none, such as a service's documented example: the fingerprint that the finding shows, and why it may be there.
   */
  not_secret?: {
    [k: string]: string;
  };
}
export interface SharedCredential {
  /**
   * The connector whose secret fields it has.
   */
  connector: string;
  fields?: Fields;
  /**
   * The accounts that may use it.
   */
  accounts: string[];
  recipients: Recipients;
}
/**
 * The connector's fields that are not secret, as far as they decide which secret ones there are and where they may be sent.
 */
export interface Fields {
  [k: string]: string | number | boolean | string[];
}
/**
 * How long runs are kept in accounts that do not say it themselves. Without it, for good.
 */
export interface History {
  /**
   * How long a run is kept after its end, such as 90d.
   */
  keep?: string;
  /**
   * How long a run that failed is kept. Without it, it is kept until somebody runs it again; from then on as others are. Runs that are uncertain are always kept.
   */
  keep_failed?: string;
  /**
   * About how much the history of each account may take, in bytes: the oldest runs that have ended go first, whatever keep says.
   */
  max_bytes?: number;
}
