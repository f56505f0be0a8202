import { randomBytes } from 'node:crypto';
import type { SubscriptionChange } from '../../generated/connector.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { milliseconds } from '../../plan/duration.ts';
import type { Failure } from '../../run/failure.ts';
import type { Instant } from '../../run/records.ts';
import type { Credential } from '../../secrets/credential.ts';
import type { IdentitySource } from '../../secrets/identity-source.ts';
import type { Redactor } from '../../secrets/redaction.ts';
import type { SealingKey, Vault } from '../../secrets/vault.ts';
import type { Store } from '../../store/store.ts';
import type { SubscriptionRecord } from '../../store/subscriptions.ts';
import { subscriptionPlace } from '../events/signing-keys.ts';
import { openCredential } from '../open-credential.ts';
import { change, create, end, find, type RequestTools, type SubscriptionCall } from './requests.ts';
import type { MadeWith, Wanted } from './wanted.ts';

export interface SettleTools extends RequestTools {
  store: Store;
  vault: Vault;
  identities: IdentitySource;
  redactor: Redactor;
  now: () => Instant;
  /** Aborted when the runner stops. */
  stopping: AbortSignal;
}

/** A service, or a key, said no. */
export class NotSettled extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Statuses that say that the service has it no more. */
const GONE: ReadonlySet<number | undefined> = new Set([404, 410]);
/** Bytes of a secret that the runner makes. */
const SECRET_BYTES = 32;

/**
 * Brings one subscription from what the store says to what is wanted. Each change is written before it is asked for, so
 * that after a crash it is known what may have happened; its methods throw `NotSettled` and `SecretError`, and can be
 * called again.
 */
export class Settlement {
  /** As it is in the store. */
  record: SubscriptionRecord;
  private readonly tools: SettleTools;
  private keys: SealingKey | undefined;
  private opened: Promise<Credential> | undefined;
  private removing = false;

  constructor(record: SubscriptionRecord, tools: SettleTools) {
    this.record = record;
    this.tools = tools;
  }

  /** Makes it as it is wanted, to be sent to this address. `fresh`: nothing was asked of the service before. */
  async bring({ events }: Wanted, url: string, fresh: boolean): Promise<void> {
    if (this.record.status === 'deleting') await this.endAll();
    if (this.record.status !== 'active') await this.begin(events, url, fresh);
    const { update, renew } = this.spec();
    if (this.record.url !== url || !sameTexts(this.record.events, events)) {
      if (update === undefined) await this.replace(events, url);
      else await this.change(update, events, url);
    } else if (this.mustRenew()) {
      if (renew === undefined) await this.replace(events, url);
      else await this.change(renew, events, url);
    }
    await this.endReplaced();
  }

  /** Ends it at the service and forgets it. */
  async remove(): Promise<void> {
    this.removing = true;
    const { status } = this.record;
    if (status !== 'deleting') {
      // Nobody knows whether the service has it.
      const [found] = status === 'creating' ? await this.find() : [];
      await this.put({ status: 'deleting', ...(found === undefined ? {} : { remoteId: found }) });
    }
    await this.endAll();
    await this.tools.store.subscriptions.drop(this.record.id);
  }

  /** When it must be looked at again though nothing changes; `undefined` where it has no end. */
  renewalDue(): Instant | undefined {
    const { expiresAt, changedAt } = this.record;
    return expiresAt === undefined ? undefined : expiresAt - (expiresAt - changedAt) / 3;
  }

  /** The service gives the key of the subscription that is being made. */
  async keep(key: string): Promise<void> {
    await this.put({ keys: [await this.seal(key), ...this.record.keys] });
  }

  private async begin(events: string[], url: string, fresh: boolean): Promise<void> {
    const { secret, update } = this.spec();
    const [found] = fresh ? [] : await this.find();
    await this.put({ events, url });
    if (found === undefined) return this.create();
    // Its key is known for sure only where it is set again; a key that the service made is told once.
    const known = secret === undefined || (secret === 'minted' && update !== undefined);
    if (!known) {
      await this.end(found);
      return this.create();
    }
    await this.put({ status: 'active', remoteId: found, changedAt: this.tools.now() });
    if (update !== undefined) await this.change(update, events, url);
  }

  /** A new one takes its place before it is ended, so that nothing is missed in between. */
  private async replace(events: string[], url: string): Promise<void> {
    const { remoteId, ...rest } = this.record;
    this.record = { ...rest, ...(remoteId === undefined ? {} : { replaced: remoteId }) };
    await this.put({ status: 'creating', events, url });
    await this.create();
  }

  private async create(): Promise<void> {
    const { secret } = this.spec();
    if (secret === 'minted' && this.record.keys.length === 0)
      await this.keep(randomBytes(SECRET_BYTES).toString('base64url'));
    const said = valueOf(await create(this.tools, await this.call()));
    const keys = said.secret === undefined ? [] : [await this.seal(said.secret)];
    const { id, expires } = said;
    const made = { ...(id === undefined ? {} : { remoteId: id }), keys: [...keys, ...this.record.keys] };
    await this.settled(made, expires, this.until());
  }

  private async change(spec: SubscriptionChange, events: string[], url: string): Promise<void> {
    const said = await change(this.tools, await this.call({ events, url }), spec);
    if ('failure' in said && GONE.has(said.failure.status)) {
      // Somebody ended it at the service.
      const { remoteId: _remoteId, ...rest } = this.record;
      this.record = rest;
      await this.put({ status: 'creating', events, url });
      return this.create();
    }
    const { expires } = valueOf(said);
    await this.settled({ events, url }, expires, spec === this.spec().renew ? this.until() : undefined);
  }

  /** The service has it so; `expires` as it says, otherwise until the instant. */
  private async settled(
    more: Partial<SubscriptionRecord>,
    expires: Json | undefined,
    until: Instant | undefined,
  ): Promise<void> {
    const expiresAt = instantOf(expires) ?? until ?? this.record.expiresAt;
    const changedAt = this.tools.now();
    await this.put({ ...more, ...(expiresAt === undefined ? {} : { expiresAt }), status: 'active', changedAt });
  }

  /** The end of a lifetime that begins now. */
  private until(): Instant | undefined {
    const { lifetime } = this.spec();
    return lifetime === undefined ? undefined : this.tools.now() + milliseconds(lifetime);
  }

  private async endReplaced(): Promise<void> {
    const { replaced, ...rest } = this.record;
    if (replaced === undefined) return;
    await this.end(replaced);
    this.record = rest;
    await this.put({ keys: rest.keys.slice(0, 1) });
  }

  private async endAll(): Promise<void> {
    const { remoteId, replaced, ...rest } = this.record;
    for (const id of [remoteId, replaced]) if (id !== undefined) await this.end(id);
    this.record = rest;
    await this.put({ status: 'creating', keys: [] });
  }

  private async end(remoteId: string): Promise<void> {
    valueOf(await end(this.tools, await this.call({}, remoteId)));
  }

  /** Those at the service that send to its address and are known by nobody. */
  private async find(): Promise<string[]> {
    const { list } = this.spec();
    if (list === undefined) return [];
    return valueOf(await find(this.tools, await this.call(), list, this.record.replaced));
  }

  private async call(
    { events, url }: { events?: string[]; url?: string } = {},
    remoteId = this.record.remoteId,
  ): Promise<SubscriptionCall> {
    const { account, connection, service, key, keys } = this.record;
    const { secret } = this.spec();
    const until = this.until();
    const [newest] = keys;
    const minted = secret === 'minted' && newest !== undefined ? await this.open(newest) : undefined;
    const address = url ?? this.record.url;
    const subscription: JsonObject = {
      url: address,
      events: events ?? this.record.events,
      key,
      ...(remoteId === undefined ? {} : { id: remoteId }),
      ...(minted === undefined ? {} : { secret: minted }),
      ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
    };
    // Whoever knows the address can send to it.
    this.tools.redactor.add(address.split('/').at(-1) ?? '');
    // The same object for all requests: a token that is got for it goes with it.
    const credential = await (this.opened ??= this.credential());
    const { stopping } = this.tools;
    return { account, connection, service, madeWith: this.madeWith(), credential, subscription, stopping };
  }

  private credential(): Promise<Credential> {
    const { credential: own, sharedCredential: text } = this.record;
    const { shared: name } = this.madeWith().connection;
    const shared = name === undefined || text === undefined ? undefined : { name, text };
    return openCredential({ own, shared }, this.record, this.tools.identities);
  }

  private async seal(key: string): Promise<string> {
    this.tools.redactor.add(key);
    this.keys ??= await this.tools.vault.of(this.record.account);
    return this.keys.seal(subscriptionPlace(this.record.id), key);
  }

  /** What ends a subscription needs no key of it, and where the account is gone, none opens. */
  private async open(sealed: string): Promise<string | undefined> {
    if (this.removing) return undefined;
    this.keys ??= await this.tools.vault.of(this.record.account);
    const key = this.keys.open(subscriptionPlace(this.record.id), sealed);
    this.tools.redactor.add(key);
    return key;
  }

  private mustRenew(): boolean {
    const due = this.renewalDue();
    return due !== undefined && due <= this.tools.now();
  }

  private spec(): MadeWith['subscription'] {
    return this.madeWith().subscription;
  }

  private madeWith(): MadeWith {
    // Written by this version or an earlier one, from a plan.
    return this.record.madeWith as unknown as MadeWith;
  }

  private async put(changed: Partial<SubscriptionRecord>): Promise<void> {
    this.record = { ...this.record, ...changed };
    await this.tools.store.subscriptions.put(this.record);
  }
}

function valueOf<Value>(answer: { value: Value } | { failure: Failure }): Value {
  if ('failure' in answer) throw new NotSettled(answer.failure);
  return answer.value;
}

/** A date-time, or milliseconds since 1970. */
function instantOf(value: Json | undefined): Instant | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return undefined;
  const instant = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
}

function sameTexts(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((text, index) => text === right[index]);
}
