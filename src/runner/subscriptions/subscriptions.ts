import { setImmediate as otherWork } from 'node:timers/promises';
import type { Json } from '../../json/value.ts';
import { digestOf } from '../../plan/digest.ts';
import type { Failure } from '../../run/failure.ts';
import type { Instant } from '../../run/records.ts';
import { SecretError } from '../../secrets/secret-error.ts';
import type { SubscriptionRecord } from '../../store/subscriptions.ts';
import { secretPath, sharedSecretOf } from '../../workspace/workspace.ts';
import type { LiveDeployment } from '../live-deployment.ts';
import { NotSettled, Settlement, type SettleTools } from './settle.ts';
import { wantedSubscriptions, type Wanted } from './wanted.ts';

export interface SubscriptionsOptions extends Omit<SettleTools, 'stopping'> {
  /** Where services reach the runner, without a slash at the end; without it, nothing is subscribed to. */
  publicUrl: string | undefined;
  /** Told of what cannot be laid to a service, such as a full disk: it is tried again. */
  onError: (error: unknown) => void;
}

/** A subscription as it is wanted, as it is, or both. */
export interface KnownSubscription {
  wanted: Wanted | undefined;
  record: SubscriptionRecord | undefined;
}

/** What the requests of a subscription are made with. */
type Means = Pick<SubscriptionRecord, 'madeWith' | 'credential' | 'sharedCredential'>;

/** Milliseconds after the first failure; twice as long after each further one, up to an hour. */
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;
/** However far the next renewal is, the clock is looked at so often, in milliseconds: it may be set, or the machine may sleep. */
const LOOK_MS = 60_000;
/** Connections whose services are asked at a time. */
const AT_ONCE = 4;

/**
 * Keeps what services are asked to send as the automations that serve want it: after each switch, at the start, and when
 * one is about to end.
 */
export class Subscriptions {
  private readonly options: SubscriptionsOptions;
  private readonly stopping = new AbortController();
  /** Under way, by id. */
  private readonly settling = new Map<string, Settlement>();
  /** Connections of which the next pass waits for nothing. */
  private retried = new Set<string>();
  private wanted = new Map<string, Wanted>();
  private secrets: ReadonlyMap<string, string> = new Map();
  private timer: NodeJS.Timeout | undefined;
  private pass: Promise<void> = Promise.resolve();
  private asked = false;
  private started = false;

  constructor(options: SubscriptionsOptions) {
    this.options = options;
  }

  /** Takes what a deployment wants, with the secrets files that belong to it, by path. */
  use(live: LiveDeployment, secrets: ReadonlyMap<string, string>): void {
    this.wanted = wantedSubscriptions(live, this.options.publicUrl, this.options.onError);
    this.secrets = secrets;
    if (this.started) this.look();
  }

  /** From now on services are asked. */
  start(): void {
    this.started = true;
    this.look();
  }

  /** Asks no more, and resolves when what is under way has ended. What was cut is found out at the next start. */
  async stop(): Promise<void> {
    this.started = false;
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.pass;
  }

  /** Resolves when nothing is to be done for now. */
  async idle(): Promise<void> {
    while (this.asked) await this.pass;
    await this.pass;
  }

  /** In order of account and connection. */
  list(): KnownSubscription[] {
    const records = new Map(this.options.store.subscriptions.list().map((record) => [record.id, record]));
    const ids = [...new Set([...this.wanted.keys(), ...records.keys()])];
    return ids
      .map((id) => ({ wanted: this.wanted.get(id), record: records.get(id) }))
      .toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
  }

  /** Takes the key that a service gives while one is being made; false where none is. */
  async keep(account: string, connection: string, key: string): Promise<boolean> {
    const made = [...this.settling.values()].find(
      ({ record }) => record.account === account && record.connection === connection && record.status === 'creating',
    );
    await made?.keep(key);
    return made !== undefined;
  }

  /** Tries at once what failed for a connection: a person has consented to it. */
  retry(account: string, connection: string): void {
    this.retried.add(connectionName(account, connection));
    if (this.started) this.look();
  }

  private look(): void {
    clearTimeout(this.timer);
    if (this.asked) return;
    this.asked = true;
    this.pass = this.pass.then(async () => {
      this.asked = false;
      if (!this.started) return;
      try {
        await this.settleAll();
      } catch (error) {
        this.options.onError(error);
      }
      if (this.started && !this.asked) this.wait();
    });
  }

  private wait(): void {
    let first: Instant | undefined;
    for (const known of this.list()) {
      const due = this.nextLook(known);
      if (due !== undefined && (first === undefined || due < first)) first = due;
    }
    if (first !== undefined) this.waitUntil(first);
  }

  private waitUntil(due: Instant): void {
    const ms = Math.max(0, due - this.options.now());
    this.timer = setTimeout(
      () => {
        if (due > this.options.now()) this.waitUntil(due);
        else this.look();
      },
      Math.min(ms, LOOK_MS),
    );
  }

  private nextLook({ wanted, record }: KnownSubscription): Instant | undefined {
    if (record === undefined || (wanted !== undefined && wanted.url === undefined)) return undefined;
    return record.dueAt ?? this.settlement(record).renewalDue();
  }

  /** One after the other for a connection, several connections at a time. */
  private async settleAll(): Promise<void> {
    const retried = this.retried;
    this.retried = new Set();
    const groups = Map.groupBy(this.list(), (known) => connectionNameOf(known)).entries();
    const workers = Array.from({ length: AT_ONCE }, async () => {
      for (const [connection, group] of groups) {
        for (const known of group) if (this.started) await this.settle(known, retried.has(connection));
        // Thousands that are as they are wanted must not keep webhooks waiting.
        await otherWork();
      }
    });
    await Promise.all(workers);
  }

  private async settle(known: KnownSubscription, atOnce: boolean): Promise<void> {
    const { wanted } = known;
    const url = wanted?.url;
    const record = await this.refreshed(known);
    const now = this.options.now();
    if (record === undefined || (wanted !== undefined && url === undefined)) return;
    if (!atOnce && record.dueAt !== undefined && record.dueAt > now) return;
    const settlement = this.settlement(record);
    this.settling.set(record.id, settlement);
    try {
      if (wanted === undefined || url === undefined) await settlement.remove();
      else {
        await settlement.bring(wanted, url, known.record === undefined);
        if (settlement.record.failures > 0) await this.succeeded(settlement.record);
      }
    } catch (error) {
      await this.failed(settlement.record, error);
    } finally {
      this.settling.delete(record.id);
    }
  }

  /** The record with the credential and the requests of today; a new one where there is none. It is tried at once where they are others. */
  private async refreshed({ wanted, record }: KnownSubscription): Promise<SubscriptionRecord | undefined> {
    if (wanted === undefined || wanted.url === undefined) return record;
    const now = this.means(wanted);
    if (record === undefined) return this.insert(wanted, wanted.url, now);
    if (digestOfMeans(record) === digestOfMeans(now)) return record;
    const { dueAt: _due, credential: _own, sharedCredential: _shared, ...rest } = record;
    const refreshed = { ...rest, ...now };
    await this.options.store.subscriptions.put(refreshed);
    return refreshed;
  }

  /** What its requests take today. */
  private means({ account, connection, madeWith }: Wanted): Means {
    const { shared: name } = madeWith.connection;
    const credential = this.secrets.get(secretPath(account, connection));
    const sharedCredential = name === undefined ? undefined : this.secrets.get(sharedSecretOf(account, name));
    return {
      madeWith: JSON.parse(JSON.stringify(madeWith)) as Json,
      ...(credential === undefined ? {} : { credential }),
      ...(sharedCredential === undefined ? {} : { sharedCredential }),
    };
  }

  private async insert(
    { id, account, connection, service, name, key, events }: Wanted,
    url: string,
    more: Means,
  ): Promise<SubscriptionRecord> {
    const names = { id, account, connection, service, name, key };
    const changedAt = this.options.now();
    const record = { ...names, status: 'creating' as const, events, url, changedAt, keys: [], failures: 0, ...more };
    await this.options.store.subscriptions.put(record);
    return record;
  }

  private async succeeded({ failure: _failure, dueAt: _due, ...record }: SubscriptionRecord): Promise<void> {
    await this.options.store.subscriptions.put({ ...record, failures: 0 });
  }

  private async failed(record: SubscriptionRecord, error: unknown): Promise<void> {
    // What was cut by the runner's stop says nothing of the service.
    if (this.stopping.signal.aborted) return;
    const failure = failureOf(error);
    if (failure === undefined) this.options.onError(error);
    const failures = record.failures + 1;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
    const dueAt = this.options.now() + Math.max(wait, failure?.retryAfterMs ?? 0);
    await this.options.store.subscriptions.put({ ...record, failures, dueAt, ...(failure && { failure }) });
  }

  private settlement(record: SubscriptionRecord): Settlement {
    return new Settlement(record, { ...this.options, stopping: this.stopping.signal });
  }
}

function digestOfMeans({ madeWith, credential, sharedCredential }: Means): string {
  return digestOf({ madeWith, credential: credential ?? null, sharedCredential: sharedCredential ?? null });
}

function failureOf(error: unknown): Failure | undefined {
  if (error instanceof NotSettled) return error.failure;
  if (!(error instanceof SecretError)) return undefined;
  const help = error.help === undefined ? {} : { help: error.help };
  return { class: 'credential', code: 'credential_not_opened', message: error.message, ...help };
}

function connectionNameOf({ wanted, record }: KnownSubscription): string {
  const { account, connection } = wanted ?? record ?? { account: '', connection: '' };
  return connectionName(account, connection);
}

function connectionName(account: string, connection: string): string {
  return `${account} ${connection}`;
}

function nameOf(known: KnownSubscription): string {
  const { name, key } = known.wanted ?? known.record ?? { name: '', key: '' };
  return `${connectionNameOf(known)} ${name} ${key}`;
}
