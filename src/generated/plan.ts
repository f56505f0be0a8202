// Made from schemas/ by scripts/generate.ts; run `npm run generate` after a change there.

import type { Json, JsonObject } from '../json/value.ts'

/**
 * What starts a run.
 */
export type PlanTrigger = WebhookTrigger | ScheduleTrigger | ManualTrigger;
export type PlanStep = ActionStep | SetStep | SwitchStep | ForEachStep | BranchesStep | StopStep | FailStep;
/**
 * What is done after a failure, after which the run goes on; without it, the run fails.
 */
export type PlanSteps1 = PlanStep[];
/**
 * What is done after a failure, after which the run goes on; without it, the run fails.
 */
export type PlanSteps2 = PlanStep[];
/**
 * What is done after a failure, after which the run goes on; without it, the run fails.
 */
export type PlanSteps3 = PlanStep[];
export type PlanSteps4 = PlanStep[];
/**
 * What is done after a failure, after which the run goes on; without it, the run fails.
 */
export type PlanSteps5 = PlanStep[];
/**
 * What is done after a failure, after which the run goes on; without it, the run fails.
 */
export type PlanSteps6 = PlanStep[];
/**
 * The steps in order.
 */
export type PlanSteps = PlanStep[];
/**
 * How lists are written in queries and forms: a=1&a=2, a[]=1&a[]=2, a[0]=1&a[1]=2, or a=1,2.
 */
export type Lists = "repeat" | "brackets" | "indices" | "comma";
/**
 * How the credential goes into a request. Here alone ${{ connection.<field> }} may stand for a secret field; what needs a field that the connection does not have is left out.
 */
export type Auth = ApiKeyAuth | BearerAuth | BasicAuth | CustomAuth | TokenExchangeAuth;
/**
 * How the token goes into requests, where ${{ token }} stands for it. Without it: Authorization: Bearer.
 */
export type TokenUse = ApiKeyAuth | BearerAuth | BasicAuth | CustomAuth;
/**
 * How failures are to be read; the first that fits counts. What none fits goes by its status.
 */
export type ErrorRules = ErrorRule[];
/**
 * The answer comes in pages, each a request of its own in the same attempt. Its items are items in the output's template; more is true where the service has further ones than were fetched.
 */
export type Pagination = CursorPagination | NumberPagination | LinkPagination;

/**
 * The compiled form of one automation for one account: all that the engine needs and all that a reviewer wants to know. Written as canonical JSON (RFC 8785) and named by its SHA-256 digest.
 */
export interface Plan {
  /**
   * The version of this format.
   */
  format: 1;
  /**
   * The account that it runs for.
   */
  account: string;
  /**
   * The automation's file name without .json.
   */
  automation: string;
  /**
   * What the automation does.
   */
  name: string;
  context: AccountContext;
  /**
   * It is one of automations/shared, which the account installs.
   */
  shared?: true;
  /**
   * What expressions read as settings: what the account sets, and the defaults.
   */
  settings?: JsonObject;
  trigger: PlanTrigger;
  steps: PlanSteps;
  /**
   * Template of what the run gives back.
   */
  output?: Json;
  /**
   * The mappings of output.
   */
  output_mappings?: Mapping[];
  /**
   * The connections that it uses, by name.
   */
  connections: {
    [k: string]: PlanConnection;
  };
  /**
   * The parts of the connectors that it uses, by connector.
   */
  connectors: {
    [k: string]: PlanConnector;
  };
}
/**
 * What expressions read as account.
 */
export interface AccountContext {
  name: string;
  timezone: string;
  locale: string;
  region: string;
  currency: string;
}
export interface WebhookTrigger {
  kind: "webhook";
  /**
   * JSON Schema of the body.
   */
  body: JsonObject;
  /**
   * JSON Schema of the query parameters.
   */
  query?: JsonObject;
  /**
   * JSON Schema of the headers.
   */
  headers?: JsonObject;
  verify: "none";
  respond: "accepted" | "finished";
}
export interface ScheduleTrigger {
  kind: "schedule";
  cron: string;
  /**
   * IANA time zone.
   */
  timezone: string;
  missed: "once" | "skip" | "all";
}
export interface ManualTrigger {
  kind: "manual";
  /**
   * JSON Schema of what a run is given.
   */
  input?: JsonObject;
}
/**
 * Calls an action.
 */
export interface ActionStep {
  kind: "action";
  id: string;
  /**
   * Done only where this is true.
   */
  if?: string;
  on_error?: PlanSteps1;
  connector: string;
  action: string;
  /**
   * The account's connection; absent where the connector needs none.
   */
  connection?: string;
  effect: "read" | "idempotent" | "write";
  /**
   * Of an action that writes: what happens where nobody knows whether it took place.
   */
  if_uncertain?: "ask" | "repeat";
  /**
   * Template of the action's input.
   */
  with: JsonObject;
  mappings: Mapping[];
  timeout_ms: number;
  retry: PlanRetry;
}
/**
 * One value with expressions, and what the compiler proved of it.
 */
export interface Mapping {
  /**
   * JSON Pointer into with (or into output).
   */
  to: string;
  /**
   * The value as written.
   */
  from: string;
  /**
   * The inferred type, in words.
   */
  type: string;
  /**
   * The field's type, in words.
   */
  expects: string;
  /**
   * The strictest mark of the data in it.
   */
  sensitive?: "personal" | "secret";
  /**
   * Why a text is taken for a date, a phone number or an amount as it comes; the author's words.
   */
  accepted?: string;
  /**
   * The type alone does not prove that the value fits: the whole input is checked against the action's schema before the call.
   */
  guarded?: true;
}
export interface PlanRetry {
  attempts: number;
}
/**
 * Computes values.
 */
export interface SetStep {
  kind: "set";
  id: string;
  /**
   * Done only where this is true.
   */
  if?: string;
  on_error?: PlanSteps2;
  /**
   * Template of the step's output.
   */
  set: JsonObject;
  mappings: Mapping[];
}
/**
 * Does one of several things.
 */
export interface SwitchStep {
  kind: "switch";
  id: string;
  /**
   * Done only where this is true.
   */
  if?: string;
  on_error?: PlanSteps3;
  /**
   * In order; the first whose condition is true is done.
   */
  arms: PlanArm[];
}
export interface PlanArm {
  /**
   * When it is done; absent: where no arm before it was.
   */
  if?: string;
  block: PlanBlock;
}
export interface PlanBlock {
  steps: PlanSteps4;
  /**
   * Template of what it gives.
   */
  output?: Json;
  mappings: Mapping[];
}
/**
 * Does the same for each item of a list.
 */
export interface ForEachStep {
  kind: "for_each";
  id: string;
  /**
   * Done only where this is true.
   */
  if?: string;
  on_error?: PlanSteps5;
  /**
   * Template of the list.
   */
  items: string;
  /**
   * Name of the item.
   */
  as: string;
  /**
   * Name of the item's place.
   */
  index?: string;
  /**
   * Items at a time.
   */
  parallel: number;
  block: PlanBlock;
}
/**
 * Does several things at a time.
 */
export interface BranchesStep {
  kind: "branches";
  id: string;
  /**
   * Done only where this is true.
   */
  if?: string;
  on_error?: PlanSteps6;
  branches: {
    [k: string]: PlanBlock;
  };
}
/**
 * Ends the run as succeeded.
 */
export interface StopStep {
  kind: "stop";
  id: string;
  /**
   * Done only where this is true.
   */
  if?: string;
  /**
   * Template of what the run gives back.
   */
  output?: Json;
  mappings: Mapping[];
}
/**
 * Ends the run as failed.
 */
export interface FailStep {
  kind: "fail";
  id: string;
  /**
   * Done only where this is true.
   */
  if?: string;
  /**
   * Template of the message.
   */
  message: string;
}
export interface PlanConnection {
  connector: string;
  /**
   * The fields that are not secret, defaults filled in.
   */
  fields: JsonObject;
  /**
   * The hosts that the credential is sent to.
   */
  hosts: string[];
  /**
   * Requests that a run makes at worst, without those that are tried again; absent where a loop has no bound.
   */
  calls_per_run?: number;
  /**
   * Names of the secret fields that it must have.
   */
  secrets: string[];
}
export interface PlanConnector {
  title: string;
  version: string;
  connection?: ConnectionSpec;
  answers?: Answers;
  limits?: Limits;
  actions: {
    [k: string]: PlanAction;
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
  /**
   * Query parameters of every request, such as an API version.
   */
  query?: {
    [k: string]: string;
  };
  lists?: Lists;
  auth?: Auth;
  test?: ConnectionTest;
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
   * Regular expression (RE2) that the whole text fits, without its prefix and suffix.
   */
  pattern?: string;
  /**
   * What stands before the value at the service, such as https://. It is shown beside the field, and taken off where it was entered too.
   */
  prefix?: string;
  /**
   * What stands after the value at the service, such as .myshopify.com. It is shown beside the field, and taken off where it was entered too.
   */
  suffix?: string;
  when?: FieldCondition;
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
 * The field belongs to the connection only where another one has one of these values.
 */
export interface FieldCondition {
  /**
   * A field that is not secret.
   */
  field: string;
  /**
   * Its values.
   */
  is: (string | number | boolean)[];
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
   * Such as "Token ${{ connection.api_key }}".
   */
  value: string;
}
/**
 * Authorization: Bearer <token> (RFC 6750).
 */
export interface BearerAuth {
  type: "bearer";
  /**
   * Such as "${{ connection.token }}".
   */
  token: string;
}
/**
 * Authorization: Basic (RFC 7617).
 */
export interface BasicAuth {
  type: "basic";
  /**
   * Such as "${{ connection.api_key }}".
   */
  username: string;
  /**
   * Empty where it is left out, as services want it whose key is the user name.
   */
  password?: string;
}
/**
 * Several values, or in other places.
 */
export interface CustomAuth {
  type: "custom";
  /**
   * Headers by name.
   */
  headers?: {
    [k: string]: string;
  };
  /**
   * Query parameters by name.
   */
  query?: {
    [k: string]: string;
  };
  /**
   * Fields of a json or form body by name.
   */
  body?: {
    [k: string]: string;
  };
  /**
   * Stands before the request's path, such as "/bot${{ connection.token }}".
   */
  path?: string;
}
/**
 * The credential is exchanged, by a request in which secret fields may stand, for a token that lasts a while: a session, or OAuth2's client credentials. The token is kept in memory, made once for all calls of a connection, and made anew when it ends or is refused.
 */
export interface TokenExchangeAuth {
  type: "token_exchange";
  request: Request;
  /**
   * The token, from response.
   */
  token: string;
  /**
   * Seconds for which it is good: a number, or an expression over response. Without it, until it is refused.
   */
  expires_in?: number | string;
  /**
   * Statuses by which the service says that it does not take the token any more; the request is made once more with a new one.
   */
  refresh_on?: number[];
  use?: TokenUse;
}
/**
 * The HTTP request: templates with ${{ expressions }} over input and connection, page where the action has pages, and idempotency.key where it has a key. What is absent is left out.
 */
export interface Request {
  /**
   * GET, POST, PUT, PATCH, DELETE or HEAD, or an expression that gives one.
   */
  method: string;
  /**
   * Path below base_url, percent-encoded. As a list, each item is one segment, whatever its value holds.
   */
  path?: string | string[];
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
     * Sent as application/x-www-form-urlencoded; objects within it as a[b]=c.
     */
    form?: JsonObject;
    /**
     * Sent as multipart/form-data (RFC 7578): each a text, a file, or a list of them.
     */
    multipart?: {
      [k: string]: FilePart | string | number | boolean;
    };
    /**
     * Sent as it is; headers should say its content-type.
     */
    text?: string;
    /**
     * Sent as the bytes that the base64 stands for; headers should say their content-type.
     */
    base64?: string;
  };
  lists?: Lists;
}
export interface FilePart {
  filename: string;
  /**
   * Media type, such as image/png.
   */
  type?: string;
  /**
   * What the file holds.
   */
  text?: string;
  /**
   * What the file holds, in base64.
   */
  base64?: string;
}
/**
 * A request that changes nothing and succeeds exactly where the credential is good.
 */
export interface ConnectionTest {
  request: Request;
  success?: Success;
  errors?: ErrorRules;
  /**
   * Whose credential it is, in words that a person knows it by, such as acme.myshopify.com: ${{ expressions }} over response and connection.
   */
  identity?: string;
}
/**
 * Which answers are a success.
 */
export interface Success {
  /**
   * These statuses; without it, 200 to 299.
   */
  status?: number[];
  /**
   * An expression over response that must be true too, for services that answer 200 to everything.
   */
  when?: string;
}
/**
 * Reads one kind of failure. All that it names must fit.
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
   * Texts, one of which the answer holds, in large or small letters.
   */
  contains?: string[];
  /**
   * retryable: goes away by waiting. permanent: does not. credential: the connection was refused, and a person must act: a key, a right, or funds. uncertain: nobody knows whether the service did it; what may be done twice is tried again.
   */
  class: "retryable" | "permanent" | "credential" | "uncertain";
  /**
   * Words for the person who reads it; ${{ expressions }} over response.
   */
  message?: string;
  /**
   * The way out.
   */
  help?: string;
  /**
   * Seconds to wait before the next attempt: an expression over response.
   */
  wait?: string;
}
/**
 * How all answers of the service are to be read; what an action says itself comes first.
 */
export interface Answers {
  success?: Success;
  /**
   * The service's own words in a failure, from response, such as ${{ response.body.error.message }}.
   */
  message?: string;
  errors?: ErrorRules;
  /**
   * Headers of the service's own that say when to come again. Retry-After, RateLimit and their usual relatives are read anyway.
   */
  retry_after?: RetryAfterHeader[];
}
export interface RetryAfterHeader {
  header: string;
  /**
   * date: HTTP or ISO 8601. duration: such as 1m30s or 250ms.
   */
  as: "seconds" | "milliseconds" | "epoch_seconds" | "epoch_milliseconds" | "date" | "duration";
}
/**
 * How much the service takes, or one of its actions besides. Calls wait so that they stay within it, across all runs.
 */
export interface Limits {
  /**
   * Requests in any stretch of time of this length; all of them hold.
   */
  requests?: RequestLimit[];
  /**
   * Calls under way at a time.
   */
  concurrency?: number;
  /**
   * Who shares the limit: a text with ${{ connection.<field> }}, such as the shop. Without it, each connection has its own.
   */
  shared_by?: string;
}
export interface RequestLimit {
  count: number;
  /**
   * Such as 1s, 1m, 24h.
   */
  period: string;
}
export interface PlanAction {
  effect: "read" | "idempotent" | "write";
  input: JsonObject;
  output: JsonObject;
  request?: Request;
  response?: Response;
  pagination?: Pagination;
  idempotency?: Idempotency;
  errors?: ErrorRules;
  limits?: Limits;
  native?: "storage";
}
/**
 * What becomes of the answer.
 */
export interface Response {
  success?: Success;
  /**
   * How the body is read. Without it: JSON and forms where its content-type says so, otherwise a text.
   */
  as?: "json" | "text" | "base64";
  /**
   * Template of the output, over response.status, response.headers, response.body, input, connection, and items and more where the action has pages. Without it, the body, or the items.
   */
  output?: Json;
}
/**
 * Each page names the next by a text: page.cursor in the request, absent for the first.
 */
export interface CursorPagination {
  type: "cursor";
  /**
   * The items of a page: an expression over response that gives a list.
   */
  items: string;
  /**
   * The next page's cursor, from response; absent, null or empty at the end.
   */
  next: string;
  /**
   * Pages at most.
   */
  max_pages?: number;
  /**
   * Items at most: a number, or an expression over input.
   */
  max_items?: number | string;
}
/**
 * Pages are counted: page.number and page.offset (items before it) in the request.
 */
export interface NumberPagination {
  type: "page" | "offset";
  /**
   * The items of a page: an expression over response that gives a list.
   */
  items: string;
  /**
   * The first page's number, 1 where it is left out, or the first offset, 0.
   */
  first?: number;
  /**
   * Items that a full page has: a shorter one is the last. Without it, the first empty page is.
   */
  size?: number;
  /**
   * An expression over response that says whether there is a further page, in place of size.
   */
  more?: string;
  /**
   * Pages at most.
   */
  max_pages?: number;
  /**
   * Items at most: a number, or an expression over input.
   */
  max_items?: number | string;
}
/**
 * Each page has the address of the next, in the header Link with rel=next (RFC 8288) or in the body.
 */
export interface LinkPagination {
  type: "link";
  /**
   * The items of a page: an expression over response that gives a list.
   */
  items: string;
  /**
   * The address, from response; without it, from the header Link.
   */
  next?: string;
  /**
   * Pages at most.
   */
  max_pages?: number;
  /**
   * Items at most: a number, or an expression over input.
   */
  max_items?: number | string;
}
/**
 * The service does a request once however often it comes with the same key. The key is the same in every attempt of a step of a run, so the write may be repeated.
 */
export interface Idempotency {
  /**
   * The header with the key. Without it, the request's templates have ${{ idempotency.key }} where it belongs.
   */
  header?: string;
  /**
   * For how long the service remembers a key, such as 24h. Later, nothing is repeated on a guess.
   */
  lifetime: string;
}
