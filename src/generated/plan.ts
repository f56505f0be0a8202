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
 * How the credential goes into a request. This is the only place where secret fields go.
 */
export type Auth = ApiKeyAuth | BearerAuth | BasicAuth;

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
   * Names of the secret fields that it must have.
   */
  secrets: string[];
}
export interface PlanConnector {
  title: string;
  version: string;
  connection?: ConnectionSpec;
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
export interface PlanAction {
  effect: "read" | "idempotent" | "write";
  input: JsonObject;
  output: JsonObject;
  request?: Request;
  response?: Response;
  errors?: ErrorRule[];
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
