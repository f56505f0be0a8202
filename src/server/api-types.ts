import type { Json } from '../json/value.ts';
import type { Failure } from '../run/failure.ts';
import type { RunStatus } from '../run/records.ts';

/** A run as the API gives it: instants as ISO 8601 texts in UTC, secrets redacted. */
export interface RunView {
  id: string;
  account: string;
  automation: string;
  plan: string;
  status: RunStatus;
  trigger: Json;
  output?: Json;
  failure?: Failure;
  created_at: string;
  started_at?: string;
  finished_at?: string;
  /** Milliseconds from start to end. */
  duration_ms?: number;
}

/** One step of a run; `pending` where it has not begun. */
export interface StepView {
  id: string;
  /** `<connector>.<action>`. */
  uses: string;
  status: 'pending' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'uncertain';
  attempts: AttemptView[];
}

export interface AttemptView {
  attempt: number;
  input: Json;
  output?: Json;
  failure?: Failure;
  started_at: string;
  finished_at?: string;
  duration_ms?: number;
  /** Until when the run waits before the next attempt. */
  retry_at?: string;
}

export interface RunDetailView {
  run: RunView;
  steps: StepView[];
}

export interface DeploymentView {
  id: number;
  created_at: string;
  source: string;
  current: boolean;
  entries: { account: string; automation: string; plan: string }[];
}

export interface HookView {
  account: string;
  automation: string;
  url: string;
  /** A command whose body fits the trigger's schema. */
  curl: string;
}

export interface StorageEntryView {
  key: string;
  value: Json;
  updated_at: string;
}

export interface RefusalView {
  id: string;
  account: string;
  automation: string;
  received_at: string;
  status: number;
  reason: string;
  body: string;
}

/** What `GET /api/v1/events` sends, one a server-sent event. */
export interface RunEventView {
  kind: 'run_accepted' | 'attempt_started' | 'attempt_finished' | 'run_finished';
  run: RunView;
  /** With the attempt events. */
  step?: { id: string; uses: string; attempt: AttemptView };
}

/** Every answer with status 400 or more. */
export interface ErrorView {
  error: { code: string; message: string; help?: string };
}
