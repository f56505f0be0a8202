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
   * How requests of the service's webhooks are proved genuine and told apart, by the name that "verify": { "scheme": … } gives.
   */
  webhook_schemes?: {
    [k: string]: WebhookScheme;
  };
  /**
   * What can happen at the service, by name: the second half of "trigger": { "on": … }.
   */
  triggers?: {
    [k: string]: ConnectorTrigger;
  };
  /**
   * What the service can be asked to do, by name. Empty where it only sends.
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
   * The hosts that requests, and so credentials, may go to: names, in which ${{ connection.<field> }} may stand, or one expression that gives a list of names. A name may start with *. for all hosts below it. Empty where nothing is sent.
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
 * How a request is proved genuine: what is signed, with which key, and where the signature stands. All is compared with the bytes as they came. signature: where it stands; of several, as while a key is changed, one must be right. delivery_id: what names the delivery, the same when it is sent again; it is {id}, and by it repeats are known. event: what names the kind of event. body_digest: where the SHA-256 of a body that is no form stands, in hex, for schemes that sign {form} and the address.
 */
export interface WebhookScheme {
  /**
   * Whose requests it proves, in a few words.
   */
  title: string;
  /**
   * The service's page about it.
   */
  docs?: string;
  /**
   * hmac-…: the digest of what is signed under the key (RFC 2104). sha256: the plain digest; the key stands in what is signed. ed25519: a signature (RFC 8032), and the key is the public one. token: the key itself is sent.
   */
  algorithm: "hmac-sha1" | "hmac-sha256" | "hmac-sha512" | "sha256" | "ed25519" | "token";
  key: WebhookKey;
  signature: RequestPart;
  /**
   * How the signature is written.
   */
  encoding?: "hex" | "base64" | "base64url";
  /**
   * What is signed. {body}: its bytes. {method}: in capitals. {url}: the whole address that was called. {decoded_url}: the same with the characters :/?@!$'()*,; decoded. {form}: names and values of a form body, in order of name. {timestamp}, {id}: as they were sent. {secret}: the key.
   */
  signed?: string;
  timestamp?: WebhookTimestamp;
  body_digest?: RequestPart;
  delivery_id?: RequestPart;
  event?: RequestPart;
  /**
   * Whether the service sends again what was not answered with 2xx.
   */
  redelivers?: boolean;
  /**
   * Requests by which the service tries the address, and what it wants to hear; they start no run. The first that fits counts.
   */
  handshake?: Handshake[];
}
/**
 * The key.
 */
export interface WebhookKey {
  /**
   * The connection's field that holds it.
   */
  field: string;
  /**
   * A beginning of the field that is no part of the key, such as whsec_.
   */
  prefix?: string;
  /**
   * How the field becomes the key's bytes.
   */
  decode?: "utf8" | "hex" | "base64";
}
/**
 * A place in a request. ${{ connection.<field> }} may stand in it for a field that is not secret.
 */
export interface RequestPart {
  /**
   * Name of a header.
   */
  header?: string;
  /**
   * Name of a query parameter.
   */
  query?: string;
  /**
   * JSON Pointer to a text or a number of the body; of a form: / and the field's name.
   */
  body?: string;
  /**
   * The value is a list, taken apart at this.
   */
  separator?: string;
  /**
   * Only what begins so counts, without the beginning, such as sha256=.
   */
  prefix?: string;
}
/**
 * When the request was signed. One that is older or newer than the tolerance is refused.
 */
export interface WebhookTimestamp {
  at: RequestPart;
  /**
   * Since 1970, or a date and time with its offset.
   */
  unit?: "seconds" | "milliseconds" | "iso8601";
  /**
   * Seconds.
   */
  tolerance_s?: number;
}
/**
 * One way in which a service tries the address of a webhook.
 */
export interface Handshake {
  /**
   * GET comes without a signature. POST must be signed like every delivery, unless unsigned is true.
   */
  method: "GET" | "POST";
  /**
   * The service does not sign this POST.
   */
  unsigned?: true;
  /**
   * An expression over query, headers and body that must be true.
   */
  when: string;
  token?: HandshakeToken;
  answer: HandshakeAnswer;
}
/**
 * A word that was agreed upon, which must be right.
 */
export interface HandshakeToken {
  at: RequestPart;
  /**
   * The connection's field that holds it.
   */
  field: string;
}
/**
 * What is answered with 200; ${{ expressions }} over query, headers and body.
 */
export interface HandshakeAnswer {
  /**
   * As text/plain.
   */
  text?: string;
  /**
   * As application/json.
   */
  json?: Json;
}
/**
 * Something that happens at the service.
 */
export interface ConnectorTrigger {
  /**
   * What happens, in a few words.
   */
  title: string;
  /**
   * When it starts a run, and what the run is given.
   */
  description: string;
  /**
   * Other words that people search for it with.
   */
  keywords?: string[];
  /**
   * JSON Schema of with, an object. The names cursor and page are taken. Without it, there is no with.
   */
  input?: JsonObject;
  /**
   * JSON Schema of trigger.event.
   */
  output: JsonObject;
  /**
   * An event as it comes from the service.
   */
  sample: Json;
  poll: Poll;
}
/**
 * The service is asked again and again; what was not there before has happened.
 */
export interface Poll {
  /**
   * How often it is asked where the automation does not say.
   */
  every?: string;
  request: Request;
  /**
   * How failures are to be read; the first that fits counts.
   */
  errors?: ErrorRule[];
  /**
   * An expression over response and input that gives the list of what is there.
   */
  items: string;
  /**
   * A template over response and input that gives what the request for the next page reads as input.page; absent or null where there is none.
   */
  next?: Json;
  /**
   * A template over item that names it: a text or a number. What has a key that was seen within 90 days has not happened again.
   */
  key: string;
  /**
   * Template of trigger.event, over item. Without it, the item.
   */
  event?: Json;
  cursor?: Cursor;
  /**
   * How the service lists. newest_first: no further page is asked for once one held something known. Runs are started oldest first; any: as listed.
   */
  order: "oldest_first" | "newest_first" | "any";
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
/**
 * How far the last poll came; the next request reads it as input.cursor. Absent at the first poll.
 */
export interface Cursor {
  /**
   * A template over item; the greatest of all items counts. What lies before the cursor and the lookback is old.
   */
  item?: string;
  /**
   * What the item's value is, so that two can be compared.
   */
  as?: "iso8601" | "unix_s" | "unix_ms" | "number" | "text";
  /**
   * Seconds that the next request goes back before the cursor, for items that the service shows late. For times only.
   */
  lookback_s?: number;
  /**
   * A template over response and input: the service itself gives the cursor, with the last page.
   */
  response?: Json;
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
