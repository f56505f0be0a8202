import type { Json } from '../json/value.ts';
import type { Failure } from '../run/failure.ts';
import type { Instant, RunStatus } from '../run/records.ts';

export interface RunFilter {
  account?: string;
  automation?: string;
  status?: RunStatus;
  /** Only runs that were accepted at this instant or later. */
  since?: Instant;
  /** Only runs that were accepted before this instant. */
  until?: Instant;
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
  /** The address's query with its `?`, or an empty text. */
  query: string;
  /** Names in small letters. */
  headers: { [name: string]: string | string[] };
  /** As it came, up to the size that the store keeps. */
  body: Uint8Array;
  /** The body was longer. */
  cut: boolean;
  /** The run that a replay started. */
  run?: string;
}

/** How far a schedule has come. */
export interface ScheduleRecord {
  account: string;
  automation: string;
  cron: string;
  timezone: string;
  /** The times up to here are done with. */
  passedUntil: Instant;
}

/** What is asked again and again for an automation. */
export interface PollName {
  account: string;
  automation: string;
  /** Names the question: another one begins anew. */
  source: string;
}

/** How far a poll came. */
export interface PollState {
  /** Absent where no poll has succeeded. */
  polledAt?: Instant;
  cursor?: Json;
  /** Why the last one failed. */
  failure?: Failure;
}

export interface StorageEntry {
  key: string;
  value: Json;
  updatedAt: Instant;
}
