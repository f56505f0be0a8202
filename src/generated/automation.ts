// Made from schemas/ by scripts/generate.ts; run `npm run generate` after a change there.

import type { Json, JsonObject } from '../json/value.ts'

/**
 * automations/<account>/<automation>.json: a trigger and the steps that it starts.
 */
export interface Automation {
  /**
   * Path or address of this schema, for editors.
   */
  $schema?: string;
  /**
   * What the automation does, in a few words.
   */
  name: string;
  /**
   * Anything that a reviewer should know.
   */
  description?: string;
  trigger: Trigger;
  /**
   * What is done, in this order.
   *
   * @maxItems 500
   */
  steps: Step[];
  /**
   * What the run gives back: constants and ${{ expressions }}. The answer of a webhook with "respond": "finished".
   */
  output?: Json;
}
/**
 * What starts a run.
 */
export interface Trigger {
  webhook: Webhook;
}
/**
 * An HTTP POST to the automation's own address. The body is JSON or a form.
 */
export interface Webhook {
  /**
   * JSON Schema of the body; read it as trigger.body. A body that does not fit is refused with 400.
   */
  body: JsonObject;
  /**
   * JSON Schema of the query parameters, all texts; read them as trigger.query.
   */
  query?: JsonObject;
  /**
   * JSON Schema of the request's headers, names in small letters; read them as trigger.headers. Only headers named in its properties are kept.
   */
  headers?: JsonObject;
  /**
   * How a request is proved genuine. "none" says out loud that whoever knows the address may send.
   */
  verify: "none";
  /**
   * accepted: 202 with the run's id as soon as the request is on disk. finished: 200 with the automation's output after the run; a failed run gives 502 with its id.
   */
  respond?: "accepted" | "finished";
}
/**
 * Calls one action of a connector.
 */
export interface Step {
  /**
   * The step's name; later steps read its output as steps.<id>.
   */
  id: string;
  /**
   * <connector>.<action>, such as anthropic.message_to_ai.
   */
  uses: string;
  /**
   * The action's input: constants and ${{ expressions }}.
   */
  with?: JsonObject;
  /**
   * The account's connection to call through. Without it, the account's only connection of that connector.
   */
  connection?: string;
  /**
   * The longest that one attempt may take.
   */
  timeout?: string;
  retry?: Retry;
}
/**
 * How often a call that failed for a passing reason is made again. The wait is what the service asks for, otherwise exponential with jitter.
 */
export interface Retry {
  /**
   * Attempts in all, the first one counted.
   */
  attempts?: number;
}
