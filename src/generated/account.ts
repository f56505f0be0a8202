// Made from schemas/ by scripts/generate.ts; run `npm run generate` after a change there.

import type { JsonObject } from '../json/value.ts'

/**
 * Small letters, digits, - and _, starting with a letter.
 */
export type Name = string;

/**
 * automations/<account>/account.json: one customer, its connections and the age keys that its secrets are encrypted to.
 */
export interface Account {
  /**
   * Path or address of this schema, for editors.
   */
  $schema?: string;
  /**
   * The customer's name as people write it.
   */
  name: string;
  /**
   * IANA time zone, such as Europe/Madrid.
   */
  timezone?: string;
  /**
   * BCP 47 language tag, such as es-ES.
   */
  locale?: string;
  /**
   * ISO 3166-1 alpha-2 country code, such as ES.
   */
  region?: string;
  /**
   * ISO 4217 currency code, such as EUR.
   */
  currency?: string;
  /**
   * age public keys. Secrets of this account are encrypted to all of them; whoever holds one of the private keys can read them.
   *
   * Items: An age public key, as waybill secrets keygen prints it.
   */
  recipients: string[];
  sensitive?: SensitiveData;
  history?: History;
  /**
   * The account's connections, by name. Their secret fields are in secrets/<account>/<connection>.json.
   */
  connections?: {
    [k: string]: AccountConnection;
  };
  /**
   * The automations of automations/shared that the account runs, by name.
   */
  install?: {
    [k: string]: Install;
  };
}
/**
 * The connectors that may get data which a schema marks with x-sensitive. What is not listed may not.
 */
export interface SensitiveData {
  /**
   * Connectors that may get data about persons.
   */
  personal?: Name[];
  /**
   * Connectors that may get data with which one can do something.
   */
  secret?: Name[];
}
/**
 * How long the account's runs are kept. What is not said here is as waybill.json says; where that does not say it either, they are kept for good.
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
   * About how much the history of the account may take, in bytes: the oldest runs that have ended go first, whatever keep says.
   */
  max_bytes?: number;
}
/**
 * An account's use of a connector: which one, and its fields that are not secret.
 */
export interface AccountConnection {
  /**
   * Small letters, digits, - and _, starting with a letter.
   */
  connector: string;
  /**
   * Small letters, digits, - and _, starting with a letter.
   */
  shared?: string;
  /**
   * The connector's fields that are not secret, such as a host or a default model.
   */
  fields?: {
    [k: string]: string | number | boolean | string[];
  };
}
/**
 * How an account runs a shared automation.
 */
export interface Install {
  /**
   * What the automation's settings are here. They are in the open: credentials belong into connections.
   */
  settings?: JsonObject;
  /**
   * Which of the account's connections serve, where that is not plain: { "crm": "hubspot_spain" }. The key is the connection that a step names, or the connector where it names none.
   */
  connections?: {
    [k: string]: Name;
  };
}
