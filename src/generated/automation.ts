// Made from schemas/ by scripts/generate.ts; run `npm run generate` after a change there.

import type { Json, JsonObject } from '../json/value.ts'

/**
 * @maxItems 500
 */
export type Steps1 = Step[];
/**
 * With for_each: what is done for each item.
 *
 * @maxItems 500
 */
export type Steps2 = Step[];
/**
 * What is done, in this order.
 *
 * @maxItems 500
 */
export type Steps = Step[];

/**
 * automations/<account>/<automation>.json: a trigger and the steps that it starts. In automations/shared: for all accounts that install it.
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
  /**
   * Only of an automation in automations/shared: JSON Schema of an object, what each account that installs it sets; read it as settings. Without additionalProperties, nothing but its properties may be set. Settings are in the open: credentials belong into connections.
   */
  settings?: JsonObject;
  trigger: Trigger;
  steps: Steps;
  concurrency?: Concurrency;
  /**
   * What the run gives back: constants and ${{ expressions }}. The answer of a webhook with "respond": "finished".
   */
  output?: Json;
}
/**
 * What starts a run: exactly one of webhook, schedule, manual and on.
 */
export interface Trigger {
  webhook?: Webhook;
  schedule?: Schedule;
  manual?: Manual;
  /**
   * Something that happens at a service: <connector>.<trigger>, such as github.issue_opened. Expressions read trigger.event, one thing that happened.
   */
  on?: string;
  /**
   * With on: the account's connection to the service. Without it, the account's only connection of that connector.
   */
  connection?: string;
  /**
   * With on: the trigger's input, constants and ${{ expressions }} over account.
   */
  with?: JsonObject;
  /**
   * With on, where the service is asked: how often. Without it, as often as the connector says.
   */
  every?: string;
  /**
   * With on, where the service is asked: what becomes of all that is there when it is asked for the first time. from_now: it is noted, and only what comes later starts runs. all: a run for each.
   */
  first?: "from_now" | "all";
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
  verify: "none" | Verify;
  /**
   * One ${{ expression }} over trigger that gives a text or a number: a delivery for which it gives the same as an earlier one of the last 7 days starts no run and is answered with the first. Without it, the delivery id of the scheme is taken, where there is one.
   */
  dedupe?: string;
  /**
   * accepted: 202 with the run's id as soon as the request is on disk. finished: 200 with the automation's output after the run; a failed run gives 502 with its id.
   */
  respond?: "accepted" | "finished";
  /**
   * With respond: finished, how long the sender waits for the end of the run. After that it gets 202 with the run's id, and the run goes on.
   */
  deadline?: string;
}
/**
 * A signature that is checked with a field of a connection. A request without the right one is refused with 401.
 */
export interface Verify {
  /**
   * A webhook scheme of the connection's connector, such as standard-webhooks.
   */
  scheme: string;
  /**
   * The account's connection that holds the key.
   */
  connection: string;
}
/**
 * Points in time. Expressions read trigger.at, the time at which the run was due.
 */
export interface Schedule {
  /**
   * Minute, hour, day of the month, month, day of the week, as cron has them: "0 9 * * MON-FRI". Also L (last), W (nearest weekday), # (MON#1: the first Monday). A time that a zone skips in spring comes when the clock has been set, 02:30 at 03:00; of a time that it has twice in autumn, the first counts. Where minutes or hours have * or a step, times that are skipped are left out, and times that are there twice come twice.
   */
  cron: string;
  /**
   * IANA time zone, such as Europe/Madrid. Without it, the account's.
   */
  timezone?: string;
  /**
   * What becomes of times that passed while no runner was up. once: one run, for the last of them. skip: none. all: a run for each, at most the last 100.
   */
  missed?: "once" | "skip" | "all";
}
/**
 * A person or a program with access to the runner: waybill run, or the API.
 */
export interface Manual {
  /**
   * JSON Schema of what the run is given; read it as trigger.input. Without it, a run is given nothing.
   */
  input?: JsonObject;
}
/**
 * One thing that is done: exactly one of uses, call, wait, set, switch, for_each, branches, stop and fail says what.
 */
export interface Step {
  /**
   * The step's name, once in the automation: small letters, digits and underscores, beginning with a letter. Later steps read its output as steps.<id>.
   */
  id: string;
  /**
   * The step is done only where this is true; otherwise its output is absent.
   */
  if?: string;
  /**
   * What a failure of the step leads to. fail: the run fails. continue: the run goes on and the output is absent. Steps: these are done, with error.code, error.message and error.step, and the run goes on.
   */
  on_error?: ("fail" | "continue") | Steps1;
  /**
   * Calls an action: <connector>.<action>, such as anthropic.message_to_ai.
   */
  uses?: string;
  /**
   * Runs another automation of the account, one with a manual trigger, as a run of its own. with is its input, and the step's output is what it gives.
   */
  call?: string;
  /**
   * The input of the action or of the called automation: constants and ${{ expressions }}.
   */
  with?: JsonObject;
  /**
   * With call: whether the step waits until the called run has ended. false: the step's output is the run's id, as run, and how that run ends is its own affair.
   */
  wait_for_end?: boolean;
  /**
   * The account's connection to call through. Without it, the account's only connection of that connector.
   */
  connection?: string;
  /**
   * Of an action, the longest that one attempt may take, 2m where nothing is said. Of call, wait, switch, for_each and branches, the longest that the step, or one try of it, may take from its begin, through any restart: then all that is under way in it ends, and it fails with the code step_timeout.
   */
  timeout?: string;
  retry?: Retry;
  /**
   * Of an action that writes: what happens where nobody knows whether it took place, because the runner or the service stopped in its middle. ask: the run stops as uncertain and a person decides. repeat: it is tried again, and may be done twice.
   */
  if_uncertain?: "ask" | "repeat";
  /**
   * Fields of with that take a text as it comes although they are dates, phone numbers or amounts, each with the reason why that is right: { "due": "the form sends ISO dates" }.
   */
  accept?: {
    [k: string]: string;
  };
  wait?: Wait;
  /**
   * Computes values: the step's output.
   */
  set?: JsonObject;
  /**
   * Does the first arm whose condition is true, or else where none is.
   *
   * @maxItems 100
   */
  switch?: Arm[];
  else?: Block;
  /**
   * An expression that gives a list: the steps are done for each item, in order. The step's output is the list of what output gives for each.
   */
  for_each?: string;
  /**
   * With for_each: the name by which the steps read the item.
   */
  as?: string;
  /**
   * With for_each: the name by which the steps read the item's place, from 0.
   */
  index?: string;
  /**
   * With for_each: how many items at a time.
   */
  parallel?: number;
  /**
   * With for_each: what the failure of an item leads to. fail: the step fails. collect: the others go on, and the step's output has outputs, with null for such an item, and failures, each with index, code, message and step.
   */
  on_item_error?: "fail" | "collect";
  steps?: Steps2;
  /**
   * With for_each and stop: what the item, or the run, gives.
   */
  output?: Json;
  /**
   * Does several things at a time, each by its name. The step's output has what each gives under its name.
   */
  branches?: {
    [k: string]: Block1;
  };
  /**
   * Ends the run as succeeded; output is then the run's.
   */
  stop?: true;
  /**
   * Ends the run as failed with this message, in which ${{ expressions }} may stand.
   */
  fail?: string;
}
/**
 * How often it is tried. Of uses: how often a call that failed for a passing reason is made again, six attempts where nothing is said. Of call, switch, for_each and branches: how often the step as a whole is done anew after it failed, not at all where nothing is said. The wait is what the service asks for, otherwise exponential with jitter.
 */
export interface Retry {
  /**
   * Attempts in all, the first one counted.
   */
  attempts?: number;
}
/**
 * Waits: exactly one of these says for what. A run that waits holds no memory and nobody up, and goes on after any restart.
 */
export interface Wait {
  /**
   * So long.
   */
  for?: string;
  /**
   * Until an instant: an expression that gives a date-time. One that is past is not waited for.
   */
  until?: string;
  window?: Window;
  approval?: Approval;
  event?: Event;
}
/**
 * Until the next time between from and to on one of the days, such as business hours; not at all where it is such a time now.
 */
export interface Window {
  /**
   * On which days it begins.
   */
  days?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
  /**
   * When it begins.
   */
  from: string;
  /**
   * When it ends; on the next day where that is not later than from.
   */
  to: string;
  /**
   * IANA name, such as Europe/Madrid. Without it, the account's.
   */
  timezone?: string;
}
/**
 * Until a person says yes or no, by the link, the API or waybill runs approve. The step's output has approved, by, at and perhaps note.
 */
export interface Approval {
  /**
   * What the person is asked, in which ${{ expressions }} may stand.
   */
  message: string;
  /**
   * After that the step fails with the code wait_expired. Without it, it waits as long as it takes.
   */
  expires?: string;
}
/**
 * Until a program tells of an event, by the API or waybill runs event. The step's output is the payload.
 */
export interface Event {
  /**
   * JSON Schema of the payload; one that does not fit is refused.
   */
  payload: JsonObject;
  /**
   * After that the step fails with the code wait_expired. Without it, it waits as long as it takes.
   */
  expires?: string;
}
export interface Arm {
  /**
   * When the arm is done.
   */
  if: string;
  steps: Steps1;
  /**
   * What it gives: constants and ${{ expressions }}.
   */
  output?: Json;
}
/**
 * With switch: what is done where no arm's condition is true.
 */
export interface Block {
  steps: Steps1;
  /**
   * What it gives: constants and ${{ expressions }}.
   */
  output?: Json;
}
export interface Block1 {
  steps: Steps1;
  /**
   * What it gives: constants and ${{ expressions }}.
   */
  output?: Json;
}
/**
 * How many runs of the automation go on at a time. A run counts from its first step to its end, also while it waits.
 */
export interface Concurrency {
  /**
   * One ${{ expression }} over trigger, account and settings that gives a text or a number: runs for which it gives the same are counted together. Without it, all runs of the automation.
   */
  key?: string;
  /**
   * So many at a time.
   */
  limit?: number;
  /**
   * What becomes of a run that comes when so many go on. queue: it begins when one of them has ended, in the order in which they came. skip: it ends as canceled with the code run_skipped. cancel_running: it begins, and the oldest of the others, and all that wait, end as canceled with the code run_replaced.
   */
  policy?: "queue" | "skip" | "cancel_running";
}
