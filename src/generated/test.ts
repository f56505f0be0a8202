// Made from schemas/ by scripts/generate.ts; run `npm run generate` after a change there.

import type { Json, JsonObject } from '../json/value.ts'

/**
 * A whole number with a unit: 500ms, 30s, 5m, 2h, 1d.
 */
export type Duration = string;

/**
 * <automation>.test.json beside an automation: what comes in, what the services answer, what must come of it. waybill test runs it; waybill check proves that its bodies fit and its steps exist.
 */
export interface AutomationTest {
  /**
   * Path or address of this schema, for editors.
   */
  $schema?: string;
  /**
   * The cases, each on its own.
   */
  cases: TestCase[];
}
/**
 * One delivery and what must come of it.
 */
export interface TestCase {
  /**
   * What the case shows; once in the file.
   */
  name: string;
  /**
   * When the delivery comes in. From then on the clock goes only where the run waits.
   */
  now?: string;
  trigger: TestTrigger;
  /**
   * What the account's storage holds before the run.
   */
  storage?: JsonObject;
  /**
   * What the services answer. A request is answered by the first entry that it fits; a request without an answer fails the case.
   */
  answers?: TestAnswers[];
  expect: TestExpectation;
}
/**
 * The webhook request, the time of a schedule, or what a manual run is given.
 */
export interface TestTrigger {
  /**
   * The time at which a scheduled run is due (RFC 3339).
   */
  at?: string;
  /**
   * What the run is given; it must fit the trigger's schema, except where the case expects a refusal.
   */
  input?: Json;
  /**
   * What happened at the service; it must fit the trigger's schema.
   */
  event?: Json;
  /**
   * The body; it must fit the trigger's schema, except where the case expects a refusal.
   */
  body?: Json;
  /**
   * Query parameters; a list where one comes several times.
   */
  query?: {
    [k: string]: string | string[];
  };
  /**
   * Headers, names in small letters.
   */
  headers?: {
    [k: string]: string;
  };
}
/**
 * Answers to the requests that fit `to`, where objects in the body may have more than is named; without it, to all.
 */
export interface TestAnswers {
  to?: TestRequest;
  /**
   * One answer a request, in order; the last one answers all that follow.
   */
  with: TestAnswer[];
}
/**
 * An HTTP request to a service, by the parts that are named.
 */
export interface TestRequest {
  /**
   * The step that sends it: its id, or in a loop one turn of it, such as each[2].send.
   */
  step?: string;
  /**
   * Such as POST.
   */
  method?: string;
  /**
   * Such as api.example.com.
   */
  host?: string;
  /**
   * Such as /v1/messages, without the query.
   */
  path?: string;
  /**
   * All query parameters but those with a credential; a list where one comes several times.
   */
  query?: {
    [k: string]: string | string[];
  };
  /**
   * Headers, names in small letters; there may be others. Those with a credential are never seen.
   */
  headers?: {
    [k: string]: string;
  };
  /**
   * The body: JSON as its value, a form as an object, anything else as a text. A file of a multipart form is an object with filename, type and text, or base64 where it is no text.
   */
  body?: Json;
}
/**
 * One HTTP answer, or what happens in its place. At most one of body, text, fault and output says which.
 */
export interface TestAnswer {
  /**
   * The HTTP status.
   */
  status?: number;
  /**
   * Headers of the answer.
   */
  headers?: {
    [k: string]: string;
  };
  /**
   * The JSON body.
   */
  body?: Json;
  /**
   * A body as it is, such as a page of HTML or broken JSON. Its content-type is text/plain, if headers says nothing else.
   */
  text?: string;
  /**
   * no_answer: the step's timeout passes. cut: the connection ends before an answer. cut_in_answer: it ends in the middle of one. refused: nothing listens there. host_not_found: the host has no address. connect_timeout: it cannot be reached in time. bad_certificate: its certificate has expired.
   */
  fault?: "no_answer" | "cut" | "cut_in_answer" | "refused" | "host_not_found" | "connect_timeout" | "bad_certificate";
  /**
   * What the action gives, in place of what it would make of an answer. The request is made as always.
   */
  output?: Json;
  /**
   * How long the service takes.
   */
  after?: string;
}
/**
 * What must come of it. What is not named is not compared.
 */
export interface TestExpectation {
  /**
   * The trigger refuses the delivery, and the reason has this text.
   */
  refused?: string;
  /**
   * How the run ends.
   */
  status?: "succeeded" | "failed" | "uncertain";
  /**
   * The run's output.
   */
  output?: Json;
  error?: TestError;
  /**
   * All that the account's storage holds after the run.
   */
  storage?: JsonObject;
  /**
   * The steps that ran, in the order in which they began; in loops such as each[2].send.
   */
  steps?: string[];
  /**
   * All requests that are sent, in order; of each, the parts that are named.
   */
  requests?: TestRequest[];
  /**
   * How often a step is tried, by step.
   */
  attempts?: {
    [k: string]: number;
  };
  /**
   * The waits between a step's attempts, by step. Where the service asks for none, they are as long as they may be: 1s, 2s, 4s and so on.
   */
  waits?: {
    [k: string]: Duration[];
  };
  /**
   * A whole number with a unit: 500ms, 30s, 5m, 2h, 1d.
   */
  took?: string;
}
/**
 * Why the run fails.
 */
export interface TestError {
  /**
   * The code, see docs/errors.md.
   */
  code?: string;
  /**
   * A part of the message.
   */
  message?: string;
  /**
   * The step that failed, such as each[2].send.
   */
  step?: string;
}
