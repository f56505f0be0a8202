// Made from schemas/ by scripts/generate.ts; run `npm run generate` after a change there.

import type { Json, JsonObject } from '../json/value.ts'

/**
 * <automation>.test.json beside an automation: what comes in, what the services answer, what must come of it. waybill check proves that its bodies fit and its steps exist.
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
 * One run and what must come of it.
 */
export interface TestCase {
  /**
   * What the case shows.
   */
  name: string;
  trigger: TestTrigger;
  /**
   * What the services answer, by step: one answer an attempt, the last one for all that follow.
   */
  answers?: {
    [k: string]: TestAnswer[];
  };
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
   * What the run is given; it must fit the trigger's schema.
   */
  input?: Json;
  /**
   * The body; it must fit the trigger's schema.
   */
  body?: Json;
  /**
   * Query parameters.
   */
  query?: {
    [k: string]: string;
  };
  /**
   * Headers, names in small letters.
   */
  headers?: {
    [k: string]: string;
  };
}
/**
 * One HTTP answer.
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
}
/**
 * What must come of it.
 */
export interface TestExpectation {
  /**
   * How the run ends.
   */
  status?: "succeeded" | "failed";
  /**
   * The run's output.
   */
  output?: Json;
  /**
   * Values in the account's storage after the run.
   */
  storage?: JsonObject;
  /**
   * The steps that ran, in order.
   */
  steps?: string[];
}
