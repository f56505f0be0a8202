import type { Json } from '../json/value.ts';
import type { Failure, Outcome } from '../run/failure.ts';
import type { AttemptKey, AttemptRecord, Instant, RunRecord, RunSummary } from '../run/records.ts';
import type { StorageOperation } from '../run/storage-operation.ts';
import type { HistoryStore } from './history.ts';
import type {
  AccountKeyRecord,
  AuditRecord,
  ConsentRecord,
  DeployControl,
  DeploymentEntry,
  DeploymentRecord,
  GrantRecord,
  PollName,
  PollState,
  InventoryChange,
  InventoryEntry,
  ReconciliationRecord,
  RefusalRecord,
  RunFilter,
  ScheduleRecord,
  SessionRecord,
  StorageEntry,
  TokenRecord,
} from './records.ts';
import type { SigningKeyStore, SubscriptionStore } from './subscriptions.ts';

/**
 * What Waybill keeps. Reads of what is sealed throw `StoreError` `store_sealed` where nothing opens it.
 *
 * A promise that a writing method gives resolves when the change is durable: on disk, so that it survives a loss of power.
 * What cannot be kept rejects with `StoreError`. Writes take effect in the order in which they were asked for, and their
 * promises settle in that order; many may share one commit.
 *
 * Reads may see what is written and not yet on disk: who builds on it outside of the store waits for a write of its own.
 */
export interface Store {
  deployments: DeploymentStore;
  inventory: InventoryStore;
  runs: RunStore;
  deliveries: DeliveryStore;
  polls: PollStore;
  storage: KeyValueStore;
  refusals: RefusalStore;
  pauses: PauseStore;
  schedules: ScheduleStore;
  hookRotation: HookRotationStore;
  subscriptions: SubscriptionStore;
  signingKeys: SigningKeyStore;
  grants: GrantStore;
  consents: ConsentStore;
  tokens: TokenStore;
  sessions: SessionStore;
  audit: AuditStore;
  accountKeys: AccountKeyStore;
  history: HistoryStore;
  /** Writes something that changes nothing, to know whether anything can be kept. */
  probe(): Promise<void>;
  /** Writes what is pending and closes; a second time does nothing. */
  close(): Promise<void>;
}

/** `soon`: nobody waits for it, so it may wait for the commit of another write, at most 50 milliseconds. */
export type Urgency = 'now' | 'soon';

/** A write whose result is known before it is durable. */
export interface PendingWrite<T> {
  /**
   * What the write comes to, unless its commit fails. What is asked for as soon as this resolves can share the commit.
   * Nothing outside of the store may build on it before `durable`.
   */
  result: Promise<T>;
  durable: Promise<T>;
}

export interface DeploymentStore {
  /** Keeps plans (canonical JSON by digest) before a deployment needs them. */
  keepPlans(plans: ReadonlyMap<string, string>): Promise<void>;
  /**
   * Keeps the plans (canonical JSON by digest), makes this the current deployment and changes the inventory with it, in
   * one transaction.
   */
  activate(
    source: string,
    at: Instant,
    entries: DeploymentEntry[],
    plans: Map<string, string>,
    change?: InventoryChange,
  ): Promise<DeploymentRecord>;
  /** Forgets all deployments but the newest; their plans stay until `forgetPlans`. Gives how many went. */
  forgetOlder(kept: number): Promise<number>;
  /**
   * Forgets plans that no deployment and no run has, and that no run can come to call; so many at most that others hardly
   * wait. Gives how many went; where that is none, all are gone. No plan may be kept for a deployment meanwhile.
   */
  forgetPlans(): Promise<number>;
  current(): DeploymentRecord | undefined;
  list(limit: number): DeploymentRecord[];
  /** The plan's canonical JSON. */
  plan(digest: string): string | undefined;
  /** The secret part of the automation's webhook address: made once (32 random bytes, base64url), kept until it is rotated. */
  hookSecret(account: string, automation: string): Promise<string>;
  /** Those that were made, by `<account>/<automation>`. */
  hookSecrets(): Map<string, string>;
}

export interface InventoryStore {
  /** In order of account; the whole, whose name is empty, comes first. */
  list(): InventoryEntry[];
  /** Writes these entries; the others stay. */
  save(entries: readonly InventoryEntry[]): Promise<void>;
  /** Forgets accounts, with their secrets files. */
  drop(accounts: readonly string[]): Promise<void>;
  /** The secrets files of what serves, text by path. */
  secrets(): Map<string, string>;
  /** The age public keys of each account, as it had them when it served last: what is kept of it outlives it. */
  recipients(): Map<string, readonly string[]>;
  control(): DeployControl | undefined;
  saveControl(control: DeployControl): Promise<void>;
  /** Newest first. */
  reconciliations(limit: number): ReconciliationRecord[];
  /** Keeps it with a new id; the oldest beyond the cap go. */
  beginReconciliation(record: Omit<ReconciliationRecord, 'id'>): Promise<ReconciliationRecord>;
  saveReconciliation(record: ReconciliationRecord): Promise<void>;
  forgetReconciliation(id: number): Promise<void>;
}

/** A run in the queue. */
export type QueuedRun = Pick<RunRecord, 'id' | 'account'>;

export interface GroupedRun extends QueuedRun {
  /** Digest. */
  plan: string;
  group: string;
  /** It has its place already. */
  begun: boolean;
}

export type RunEnd = Pick<RunRecord, 'status' | 'output' | 'failure' | 'startedAt'>;

/** A run that goes on from what failed in it. */
export interface FailedRun {
  run: RunSummary;
  /** Attempts that are taken out of the journal, so that they are made again. */
  forgotten: readonly AttemptKey[];
  /** Attempts that lose their outcome: what gives it goes on as well. */
  open: readonly AttemptKey[];
}

/** The outcome of an attempt that came from elsewhere. */
export interface Answer {
  run: string;
  key: AttemptKey;
  outcome: Outcome;
}

export type BegunAttempt = Pick<AttemptRecord, 'run' | 'key' | 'effect' | 'input' | 'startedAt' | 'sleepUntil'>;

export interface RunStore {
  /** False where a run has this id already: that one stays as it is. */
  insert(run: RunRecord, journal?: readonly AttemptRecord[]): Promise<boolean>;
  /** The run goes on: status `running`. Written soon. Not needed of a run that has ended before anybody could look. */
  begin(run: string, at: Instant): Promise<void>;
  /**
   * The run has ended. The attempt of another run that waits for that gets its outcome in the same transaction; `woken`: that
   * run was at rest, and is queued now. Not `ended`: it had come to a doubt of a run that it called, and that one goes on
   * meanwhile; so it is queued, and goes on too.
   */
  finish(run: string, at: Instant, result: RunEnd, answer?: Answer): Promise<{ ended: boolean; woken: boolean }>;
  /** Begins the attempt and inserts the run that it calls, in one transaction; with an outcome, it has ended as well. */
  beginCall(attempt: BegunAttempt, called: RunRecord, outcome?: Outcome): Promise<void>;
  /** Gives an attempt that waits its outcome, unless it has one. Gives whether, and whether its run was at rest and is queued now. */
  answer(answer: Answer, at: Instant): Promise<{ given: boolean; woken: boolean }>;
  /** The attempt's wait is over with this outcome, unless it was given one before. Gives the outcome that it has. */
  endWait(answer: Answer, at: Instant): Promise<Outcome>;
  /**
   * The run does nothing until one of these attempts has an outcome, or until the instant: status `waiting`. Where one has
   * got its outcome meanwhile, the run is queued instead. Gives which of both.
   */
  rest(run: string, until: Instant | undefined, awaited: readonly AttemptKey[]): Promise<'waiting' | 'queued'>;
  /** Queues the runs at rest whose instant has come, the earliest first, so many at most. */
  wakeDue(now: Instant, limit: number): Promise<QueuedRun[]>;
  /** The first instant at which a run at rest goes on. */
  nextDue(): Instant | undefined;
  beginAttempt(attempt: BegunAttempt, urgency: Urgency): Promise<void>;
  /** An attempt that was begun has ended. */
  finishAttempt(run: string, key: AttemptKey, at: Instant, outcome: Outcome): Promise<void>;
  /** An attempt has ended whose begin was not kept. */
  recordAttempt(attempt: AttemptRecord): Promise<void>;
  /** The instant until which the run waits after the attempt. */
  sleep(run: string, key: AttemptKey, until: Instant): Promise<void>;
  /** Performs the operation and records the attempt with its outcome, in one transaction. */
  storageAttempt(
    run: { id: string; account: string },
    key: AttemptKey,
    input: Json,
    operation: StorageOperation,
    at: Instant,
  ): PendingWrite<Outcome>;
  /** The run was under way and may not go on for now: status `queued`. */
  requeue(run: string): Promise<void>;
  /**
   * An uncertain run goes on: its attempt gets this outcome, or all attempts of its step are forgotten, so that it is made
   * again. Steps that called the run and came to the same doubt wait for it again, and so do their runs.
   */
  reopen(run: string, key: AttemptKey, outcome: Outcome | undefined, at: Instant): Promise<void>;
  /**
   * Runs that failed, or were canceled, are queued again, all or none: `false` where one of them has not ended so. When they
   * began is forgotten, so that they have no place in their group before they begin again.
   */
  reopenFailed(runs: readonly FailedRun[]): Promise<boolean>;
  /** Whether another run replays it. */
  isReplayed(run: string): boolean;
  get(id: string): RunRecord | undefined;
  summary(id: string): RunSummary | undefined;
  /** The journal of the run, or of one of its pages (`run/page.ts`), in the order in which attempts came into it. */
  attempts(run: string, page?: string): AttemptRecord[];
  /** The attempts of one step, in order. */
  attemptsOf(run: string, step: string): AttemptRecord[];
  /** Attempts that retries took out of the journal, in the order in which they were made, so many at most. */
  retried(run: string, limit: number): AttemptRecord[];
  /** Newest first. */
  list(filter: RunFilter): RunSummary[];
  /** The runs that the steps of this one called, so many at most. */
  called(run: string, limit: number): RunSummary[];
  /** Those of them that have not ended and that a step waits for. */
  awaited(run: string): RunSummary[];
  /** Every run of a group that has not ended, oldest first. */
  inGroups(): GroupedRun[];
  /** Every run that has not ended and is not at rest, oldest first. */
  ready(): Iterable<QueuedRun>;
}

/** What is paused; without an automation, all of the account. */
export interface PauseRecord {
  account: string;
  automation?: string;
  since: Instant;
}

export interface PauseStore {
  pause(account: string, automation: string | undefined, at: Instant): Promise<void>;
  /** `false` where it was not paused. */
  unpause(account: string, automation: string | undefined): Promise<boolean>;
  list(): PauseRecord[];
}

export interface NamedDelivery {
  run: RunRecord;
  name?: string;
}

export interface DeliveryStore {
  /**
   * Keeps the run, unless the automation has accepted a delivery of that name within the last 7 days: both in one
   * transaction. Gives the id of the run that is kept, which is then the first one.
   */
  accept(run: RunRecord, name: string): Promise<string>;
  /** The same for several, in one transaction, in their order; one without a name is always kept. */
  acceptAll(deliveries: readonly NamedDelivery[]): Promise<string[]>;
  /** The id of the run that a delivery of that name started within the 7 days before `now`. */
  first(account: string, automation: string, name: string, now: Instant): string | undefined;
}

/** What a poll found. */
export interface PollResult {
  at: Instant;
  /** Of all that is there, seen before or not. */
  keys: string[];
  /** `undefined` where there is none yet. */
  cursor: Json | undefined;
}

export interface PollStore {
  state(poll: PollName): PollState | undefined;
  /** Those of the keys that an earlier poll has seen within 90 days. */
  seen(poll: PollName, keys: readonly string[]): Set<string>;
  /** Keeps the runs and how far the poll came, in one transaction. */
  accept(poll: PollName, result: PollResult, runs: readonly RunRecord[]): Promise<void>;
  /** What came of the poll before stays. */
  fail(poll: PollName, failure: Failure): Promise<void>;
}

export interface KeyValueStore {
  get(account: string, key: string): StorageEntry | undefined;
  /** By key. */
  list(account: string, prefix: string, limit: number): StorageEntry[];
}

export interface ScheduleStore {
  list(): ScheduleRecord[];
  /** Keeps these and no others. */
  replace(schedules: readonly ScheduleRecord[]): Promise<void>;
  /** The times up to `at` are done with. */
  passed(account: string, automation: string, at: Instant): Promise<void>;
}

export interface RefusalStore {
  /** Keeps it; the oldest beyond the cap of the automation go. `cut`: the body was longer than what is given of it. */
  insert(refusal: Omit<RefusalRecord, 'cut' | 'run'> & { cut?: boolean }): Promise<void>;
  markReplayed(id: string, run: string): Promise<void>;
  get(id: string): RefusalRecord | undefined;
  list(filter: { account?: string; automation?: string; limit: number }): RefusalRecord[];
}

export interface TokenStore {
  insert(token: TokenRecord): Promise<void>;
  byHash(hash: string): TokenRecord | undefined;
  get(id: string): TokenRecord | undefined;
  /** Newest first, also those that are revoked or have expired. */
  list(): TokenRecord[];
  /** False where there is no such token, or it is revoked already. */
  revoke(id: string, at: Instant): Promise<boolean>;
}

export interface SessionStore {
  /** Keeps it, and forgets those that expired before `at`. */
  insert(session: SessionRecord, at: Instant): Promise<void>;
  get(hash: string): SessionRecord | undefined;
  end(hash: string): Promise<void>;
  /** Ends all that were signed in with this token. */
  endOf(token: string): Promise<void>;
}

export interface AuditStore {
  insert(entry: Omit<AuditRecord, 'id'>): Promise<void>;
  /** Newest first; only those before an entry's id, for the next page. */
  list(filter: { account?: string; before?: number; limit: number }): AuditRecord[];
  /**
   * Takes away the oldest entries, up to `limit`: those of before an instant, and those beyond the newest so many. Gives how
   * many it took.
   */
  prune(bounds: { before: Instant | undefined; keep: number | undefined; limit: number }): Promise<number>;
}

/** Keys for what is kept encrypted. */
export interface AccountKeyStore {
  /** Oldest first. */
  list(account: string): AccountKeyRecord[];
  /** Accounts that have keys, or a plan in a deployment whose values are sealed. */
  needed(): string[];
  /** Keeps it in place of the one with its id, if there is one. */
  put(key: AccountKeyRecord): Promise<void>;
}

export interface HookRotationStore {
  /**
   * Gives the webhook a new secret part and resolves with it; what it had is taken until `until`, and what it had
   * before that no longer either. Resolves with `undefined` where the webhook has no address yet.
   */
  rotate(account: string, automation: string, at: Instant, until: Instant): Promise<string | undefined>;
  /** Secret parts that were replaced and are still taken. */
  former(account: string, automation: string, at: Instant): string[];
}

export interface GrantStore {
  get(account: string, connection: string): GrantRecord | undefined;
  /** In order of account and connection. */
  list(): GrantRecord[];
  /** Keeps it in place of what was granted before. */
  put(grant: GrantRecord): Promise<void>;
  /** A refresh begins: until the next `put` nobody knows how it ended. */
  beginRefresh(account: string, connection: string, at: Instant): Promise<void>;
}

export interface ConsentStore {
  /** By the hash of the link's secret part. */
  byLink(hash: string): ConsentRecord | undefined;
  /** By the hash of the state. */
  byState(hash: string): ConsentRecord | undefined;
  /** Keeps it in place of what there was of its link, and forgets those that expired before `at`. */
  put(consent: ConsentRecord, at: Instant): Promise<void>;
  /** A way to the service begins, in place of one that was begun before. False where the link was used meanwhile. */
  begin(link: string, begun: NonNullable<ConsentRecord['begun']>): Promise<boolean>;
  /** The state is used up. False where it was already. */
  use(link: string, at: Instant): Promise<boolean>;
}
