import type { Json, JsonObject } from '../json/value.ts';
import type { Failure, Outcome } from './failure.ts';

/** All instants are milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** What an action does to its service, as its connector declares. */
export type Effect = 'read' | 'idempotent' | 'write';

/** Names one attempt of one step of a run; stable through every resume. */
export interface AttemptKey {
  step: string;
  /** Counts from 1. 0: the step as a whole, where it has a time; -1: what is waited before a later try of it. */
  attempt: number;
}

/** Names a step of a run, such as `each[2].send`. */
export interface StepOfRun {
  run: string;
  step: string;
}

export type RunStatus = 'queued' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'uncertain' | 'canceled';

export interface RunRecord {
  /** UUID version 7 (RFC 9562): sorts by time. */
  id: string;
  account: string;
  automation: string;
  /** Digest of the plan that the run began with and keeps. */
  plan: string;
  status: RunStatus;
  /** What expressions read as `trigger`. */
  trigger: JsonObject;
  output?: Json;
  failure?: Failure;
  /** The step of another run that called it. */
  parent?: StepOfRun;
  /** The run that it replays. */
  origin?: string;
  /** In which ways `trigger.event` is not as its connector says. */
  warnings?: string[];
  /** Runs of the same group are counted together, where their automation says how many go on at a time. */
  group?: string;
  createdAt: Instant;
  startedAt?: Instant;
  finishedAt?: Instant;
}

/** What is told of a run in lists: all but what it carries. */
export type RunSummary = Omit<RunRecord, 'trigger' | 'output'>;

export interface AttemptRecord {
  run: string;
  key: AttemptKey;
  effect: Effect;
  input: Json;
  startedAt: Instant;
  /** Absent while the attempt is under way, and after a crash in its middle. */
  finishedAt?: Instant;
  outcome?: Outcome;
  /** Until when the run waits after this attempt. */
  sleepUntil?: Instant;
}
