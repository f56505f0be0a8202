// Made from schemas/ by scripts/generate.ts; run `npm run generate` after a change there.

import type { Json, JsonObject } from '../json/value.ts'

/**
 * How the credential goes into a request. This is the only place where secret fields go.
 */
export type Auth = ApiKeyAuth | BearerAuth | BasicAuth;

/**
 * connectors/<service>/connector.json: one service, its credential and its actions. Data only, no code.
 */
export interface Connector {
  /**
   * Path or address of this schema, for editors.
   */
  $schema?: string;
  /**
   * The same as the folder's name; the first half of uses.
   */
  name: string;
  /**
   * The service's name as it writes it.
   */
  title: string;
  /**
   * The connector's version, major.minor.patch.
   */
  version: string;
  /**
   * What the service is for, in a sentence.
   */
  description: string;
  /**
   * The service's API documentation.
   */
  docs?: string;
  connection?: ConnectionSpec;
  /**
   * What the service can be asked to do, by name.
   */
  actions: {
    [k: string]: Action;
  };
}
/**
 * What an account gives to use the service. Left out where the service needs no connection.
 */
export interface ConnectionSpec {
  /**
   * The fields that a connection has, by name. Secret ones are encrypted; the others stand in account.json. No name may end with _unencrypted: SOPS would leave the field readable.
   */
  fields: {
    [k: string]: Field;
  };
  /**
   * Where requests go: an https address, in which ${{ connection.<field> }} may stand for a field that is not secret.
   */
  base_url?: string;
  /**
   * The hosts that requests, and so credentials, may go to: names, in which ${{ connection.<field> }} may stand, or one expression that gives a list of names. A name may start with *. for all hosts below it.
   */
  hosts: string[] | string;
  /**
   * Headers of every request, such as an API version.
   */
  headers?: {
    [k: string]: string;
  };
  auth?: Auth;
}
/**
 * One field of a connection.
 */
export interface Field {
  /**
   * The field's name as the service's own pages write it.
   */
  title: string;
  /**
   * What to enter.
   */
  description?: string;
  /**
   * Kept encrypted, never shown.
   */
  secret?: boolean;
  /**
   * Whether a connection must have it.
   */
  required?: boolean;
  /**
   * What the field holds; list is a list of texts. Secret fields are strings.
   */
  type?: "string" | "number" | "boolean" | "list";
  /**
   * Regular expression (RE2) that the whole text fits.
   */
  pattern?: string;
  /**
   * The only values.
   */
  enum?: string[];
  /**
   * What is used where the account gives nothing.
   */
  default?: Json;
  /**
   * The service's page where the value is found or made.
   */
  help_url?: string;
}
/**
 * A key in a header or in the query.
 */
export interface ApiKeyAuth {
  type: "api_key";
  in: "header" | "query";
  /**
   * Name of the header or the query parameter.
   */
  name: string;
  /**
   * The connection's field that holds the key.
   */
  field: string;
  /**
   * Written before the key, such as "Token ".
   */
  prefix?: string;
}
/**
 * Authorization: Bearer <token> (RFC 6750).
 */
export interface BearerAuth {
  type: "bearer";
  /**
   * The connection's field that holds the token.
   */
  field: string;
}
/**
 * Authorization: Basic (RFC 7617).
 */
export interface BasicAuth {
  type: "basic";
  /**
   * The connection's field that holds the user name.
   */
  username: string;
  /**
   * The connection's field that holds the password.
   */
  password: string;
}
/**
 * One thing that the service can do.
 */
export interface Action {
  /**
   * The action in a few words.
   */
  title: string;
  /**
   * What it does and gives back.
   */
  description: string;
  /**
   * Other words that people search for it with.
   */
  keywords?: string[];
  /**
   * read: changes nothing at the service. idempotent: doing it twice is the same as once. write: doing it twice does it twice.
   */
  effect: "read" | "idempotent" | "write";
  /**
   * JSON Schema of the action's input, an object.
   */
  input: JsonObject;
  /**
   * JSON Schema of the action's output.
   */
  output: JsonObject;
  /**
   * An output as it comes from the service.
   */
  sample?: Json;
  request?: Request;
  response?: Response;
  /**
   * How the service's failures are to be read; the first that fits counts. What none fits goes by its status.
   */
  errors?: ErrorRule[];
  /**
   * Performed by Waybill itself: storage is the account's key-value storage.
   */
  native?: "storage";
}
/**
 * The HTTP request: templates with ${{ expressions }} over input and connection. What is absent is left out.
 */
export interface Request {
  /**
   * GET, POST, PUT, PATCH, DELETE or HEAD, or an expression that gives one.
   */
  method: string;
  /**
   * Path below base_url. Values in it are percent-encoded.
   */
  path?: string;
  /**
   * The whole address, in place of path.
   */
  url?: string;
  /**
   * Query parameters, or an expression that gives an object of them.
   */
  query?: Json;
  /**
   * Headers, or an expression that gives an object of them.
   */
  headers?: Json;
  /**
   * The body, in one of these forms.
   */
  body?: {
    /**
     * Sent as application/json.
     */
    json?: Json;
    /**
     * Sent as application/x-www-form-urlencoded.
     */
    form?: JsonObject;
    /**
     * Sent as it is.
     */
    text?: string;
  };
}
/**
 * What becomes of the answer.
 */
export interface Response {
  /**
   * Statuses that are a success; without it, 200 to 299.
   */
  success?: number[];
  /**
   * Template of the output, over response.status, response.headers, response.body and input. Without it, the body.
   */
  output?: Json;
}
/**
 * Reads one kind of failure.
 */
export interface ErrorRule {
  /**
   * The statuses that it is about.
   */
  status?: number[];
  /**
   * An expression over response that must be true.
   */
  when?: string;
  /**
   * retryable: goes away by waiting. permanent: does not. credential: the connection was refused.
   */
  class: "retryable" | "permanent" | "credential";
  /**
   * Words for the person who reads it; ${{ expressions }} over response.
   */
  message?: string;
}
