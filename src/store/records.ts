import type { AttemptKey, Effect } from '../engine/durable.ts';
import type { Failure, Outcome } from '../engine/failure.ts';
import type { Json, JsonObject } from '../json/value.ts';

/** All instants are milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

export type RunStatus = 'queued' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'uncertain';

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
  createdAt: Instant;
  startedAt?: Instant;
  finishedAt?: Instant;
}

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

export interface RunFilter {
  account?: string;
  automation?: string;
  status?: RunStatus;
  /** Only runs older than this run's id; for the next page. */
  before?: string;
  limit: number;
}

/** Which plan serves which automation. */
export interface DeploymentEntry {
  account: string;
  automation: string;
  /** Digest. */
  plan: string;
}

export interface DeploymentRecord {
  id: number;
  createdAt: Instant;
  /** Where it came from, such as a folder. */
  source: string;
  entries: DeploymentEntry[];
}

/** A request to a webhook that was not accepted. */
export interface RefusalRecord {
  id: string;
  account: string;
  automation: string;
  receivedAt: Instant;
  status: number;
  reason: string;
  /** The body as it came, cut at the size that the store keeps. */
  body: string;
}

export interface StorageEntry {
  key: string;
  value: Json;
  updatedAt: Instant;
}
