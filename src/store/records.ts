import type { Json } from '../json/value.ts';
import type { Failure } from '../run/failure.ts';
import type { HistoryLimits } from './history.ts';
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
  /** The kind of what starts its runs; absent in what was kept before this was. */
  trigger?: string;
  /** Without these it cannot run; absent where it needs none. */
  consents?: ConsentNeed[];
}

/** A connection through which nobody can call before a person consented at the service. */
export interface ConsentNeed {
  connection: string;
  /** The rights that the automation needs there. */
  scopes: string[];
  /** The automation that needs it, where this one only calls that. */
  through?: string;
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

/** Why something is not deployed, by a stable code; `docs/errors.md` says what each means. */
export interface StallReason {
  code: string;
  message: string;
}

export type InventoryStatus = 'ready' | 'stalled' | 'suspended';

/** What became of one revision, or what an operator said. */
export interface InventoryEvent {
  /** Absent where none could be asked for yet. */
  revision?: string;
  at: Instant;
  status: InventoryStatus;
  reason?: StallReason;
}

/** How one account, or the whole, is deployed. Revisions are commits, or digests of a folder's files. */
export interface InventoryEntry {
  /** The account's name; empty for the whole. */
  account: string;
  status: InventoryStatus;
  /** Of what is stalled. */
  reason?: StallReason;
  /** The revision that was tried last. */
  attempted?: string;
  /** The revision that serves. */
  applied?: string;
  /** Names what the plans that serve were made of; equal names make equal plans. */
  madeOf?: string;
  /** When status, reason or plans changed last. */
  changedAt: Instant;
  /** The last five changes, newest first. */
  recent: InventoryEvent[];
}

/** What an operator, and the source, say of the whole. */
export interface DeployControl {
  /** Where revisions come from. */
  source: string;
  /** The newest revision that the source had. */
  head?: string;
  /** When the source was asked last with success. */
  askedAt?: Instant;
  /** The revision that stays, whatever is newer. */
  pinned?: string;
}

export type StepStatus = 'pending' | 'running' | 'done' | 'skipped' | 'failed' | 'interrupted';

export interface ReconciliationStep {
  name: string;
  status: StepStatus;
  /** What it came to. */
  message?: string;
  startedAt?: Instant;
  finishedAt?: Instant;
}

/** One way through the steps that bring the runner to a revision. */
export interface ReconciliationRecord {
  id: number;
  /** What asked for it. */
  cause: string;
  startedAt: Instant;
  /** Absent while it is under way, and after a crash in its middle. */
  finishedAt?: Instant;
  revision?: string;
  steps: ReconciliationStep[];
}

/** What a deployment changes beside its plans; kept in the same transaction. */
export interface InventoryChange {
  entries: readonly InventoryEntry[];
  /** Secrets files of these accounts, text by path, in place of those that they had. */
  secrets: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** The age public keys of these accounts. */
  recipients: ReadonlyMap<string, readonly string[]>;
  /** How long the history of these accounts is kept. */
  history: ReadonlyMap<string, HistoryLimits>;
}

/** A data key of an account, wrapped for those who can open it. */
export interface AccountKeyRecord {
  id: string;
  account: string;
  /** age public keys. */
  recipients: string[];
  /** An armored age file. */
  wrapped: string;
}

/** Names accounts, or all of them, also those that do not exist yet. */
export type AccountScope = 'all' | readonly string[];

/** Role by account. */
export interface AccountRoles {
  readonly [account: string]: string;
}

export interface TokenRecord {
  id: string;
  /** SHA-256 of the token, hex. */
  hash: string;
  /** What people call it. */
  name: string;
  /** In every account but those that `accountRoles` names. */
  role: string;
  accounts: AccountScope;
  /** More than `role`, by account. */
  accountRoles: AccountRoles;
  createdAt: Instant;
  /** Id of the token that it was made with. */
  createdBy: string;
  expiresAt: Instant;
  revokedAt?: Instant;
}

/** A browser that is signed in. */
export interface SessionRecord {
  /** SHA-256 of the cookie's value, hex. */
  hash: string;
  /** Id of the token that it was signed in with. */
  token: string;
  expiresAt: Instant;
}

/** One call that changes something. */
export interface AuditRecord {
  /** Counts up. */
  id: number;
  at: Instant;
  /** Id of the token. */
  actor: string;
  /** The token's name. */
  name: string;
  role: string;
  /** Method and path as the API declares it, such as `POST /runs/:id/cancel`. */
  action: string;
  /** What the path and the body name, such as `demo/summarize-text`. */
  target: string;
  /** Where it concerns exactly one. */
  account?: string;
  /** HTTP status of the answer. */
  status: number;
  /** IP address that it came from. */
  address: string;
}

/** `expired`: the service does not take it any more. `revoked`: it was given back here. */
export type GrantStatus = 'granted' | 'expired' | 'revoked';

/** What a person granted at a service for a connection. */
export interface GrantRecord {
  account: string;
  connection: string;
  status: GrantStatus;
  /** Why it ended. */
  reason: string | undefined;
  /** The tokens and what consent told of the connection. */
  sealed: string;
  /** The rights that were given. */
  scopes: string[];
  /** The hosts that the connection had when consent was given: tokens go to no others. */
  hosts: string[];
  /** Whose account it is, as the service says. */
  identity: string | undefined;
  grantedAt: Instant;
  /** Of the access token, where the service says it. */
  expiresAt: Instant | undefined;
  refreshedAt: Instant | undefined;
  /** A refresh was begun then, and nothing was kept of how it ended. */
  refreshingAt: Instant | undefined;
}

/** A link by which a person consents, and the way to the service that was begun with it last. */
export interface ConsentRecord {
  /** SHA-256 of the link's secret part, hex. */
  link: string;
  account: string;
  connection: string;
  /** Id of the token that the link was made with. */
  createdBy: string;
  expiresAt: Instant;
  begun:
    | {
        /** SHA-256, hex. */
        state: string;
        /** SHA-256 of the cookie of the browser, hex. */
        browser: string;
        /** What the answer is proved with; empty once it was used. */
        sealed: string;
        expiresAt: Instant;
      }
    | undefined;
  usedAt: Instant | undefined;
}
