import { randomUUID } from 'node:crypto';
import { HttpCaller } from '../connectors/http-caller.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { EmbeddedEngine } from '../engine/embedded/embedded-engine.ts';
import { mayPass } from '../engine/embedded/store-trouble.ts';
import type { Engine } from '../engine/engine.ts';
import type { Services } from '../engine/perform-action.ts';
import { startTimeout } from '../engine/timeout.ts';
import type { Instant } from '../run/records.ts';
import type { IdentitySource } from '../secrets/identity-source.ts';
import { Redactor } from '../secrets/redaction.ts';
import { AccountVault } from '../secrets/vault.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { StoreError } from '../store/store-error.ts';
import type { Store } from '../store/store.ts';
import { AccountSealing } from './account-sealing.ts';
import { AuditPruner, type AuditLimits } from './audit-pruner.ts';
import { Connecting } from './connecting/connecting.ts';
import { BACKLOG_LIMITS, type BacklogLimits } from './backlog.ts';
import { WorkspaceCredentials } from './credentials.ts';
import type { DeploySource } from './deploy/deploy-source.ts';
import { Reconciler } from './deploy/reconciler.ts';
import type { Outcome } from './deploy/work.ts';
import { HistoryPruner } from './history-pruner.ts';
import { Keeping } from './keeping.ts';
import { KeyWatch } from './key-watch.ts';
import { ConnectionHooks } from './events/connection-hooks.ts';
import { SigningKeys } from './events/signing-keys.ts';
import { connectionOf } from './hook-address.ts';
import { Hooks } from './hooks.ts';
import { startByHand, type ManualStart, type StartRequest } from './manual-starts.ts';
import { LiveDeployment } from './live-deployment.ts';
import { Polls } from './polls/polls.ts';
import { OAuth } from './oauth/oauth.ts';
import { programFingerprint } from './program-fingerprint.ts';
import { RunControl } from './run-control.ts';
import { Schedules } from './schedules.ts';
import { Subscriptions } from './subscriptions/subscriptions.ts';
import { Verifier } from './verifier.ts';
import { WaitAnswers } from './wait-answers.ts';

export interface RunnerOptions {
  /** What is deployed: a folder's working tree, or a branch of a repository. */
  source: DeploySource;
  /** Whether an account is stalled where a credential does not open with the keys. */
  secretsMustOpen?: boolean;
  /** Whether one account that is stalled holds all others back. */
  atomic?: boolean;
  /** Tells others what became of a revision. Gives what it told. */
  report?: (outcome: Outcome) => Promise<string>;
  /** The folder of the runner's own data. */
  data: string;
  /** Gives the age private keys that open an account's secrets. */
  identities: IdentitySource;
  /** Service to the address that stands in for it. */
  reroutes: ReadonlyMap<string, string>;
  /** Hosts, names or addresses, that calls may go to though they are private. */
  allowPrivate?: ReadonlySet<string>;
  /** Where senders of webhooks reach the runner, without a slash at the end; needed where a proxy changes the address. */
  publicUrl?: string | undefined;
  /** How many runs may wait for their turn; `BACKLOG_LIMITS` where nothing is said. */
  backlog?: BacklogLimits;
  /** How much of the audit log is kept (default: all of it). */
  auditLimits?: AuditLimits;
  onError: (error: unknown) => void;
  /** Told once that the disk failed in a way after which nothing more is kept before the next start. */
  onBroken?: (error: StoreError) => void;
}

const MAX_CONCURRENT_RUNS = 200;

/** Deploys a workspace's plans and runs them. */
export class Runner {
  readonly store: Store;
  readonly engine: Engine;
  readonly hooks: Hooks;
  readonly waits: WaitAnswers;
  readonly control: RunControl;
  readonly reconciler: Reconciler;
  readonly oauth: OAuth;
  /** Takes credentials from pages. */
  readonly connecting: Connecting;
  readonly subscriptions: Subscriptions;
  readonly signingKeys: SigningKeys;
  readonly redactor = new Redactor();
  /** The folder of the runner's own data. */
  readonly data: string;
  /** Where browsers and senders of webhooks reach the runner, without a slash at the end, if the operator says so. */
  readonly publicUrl: string | undefined;
  readonly backlog: BacklogLimits;
  readonly keeping: Keeping;
  /** Seals what is kept of accounts. */
  readonly vault: AccountVault;
  private readonly caller: HttpCaller;
  private readonly credentials: WorkspaceCredentials;
  private readonly schedules: Schedules;
  private readonly polls: Polls;
  private readonly historyPruner: HistoryPruner;
  private readonly sealing = new AccountSealing();
  private readonly auditPruner: AuditPruner;
  private readonly keyWatch: KeyWatch;
  private recipients: ReadonlyMap<string, readonly string[]> = new Map();
  private live: LiveDeployment;

  /** Opens the data folder. Throws `StoreError` where another runner holds it. */
  constructor(options: RunnerOptions) {
    this.data = options.data;
    this.publicUrl = options.publicUrl;
    this.backlog = options.backlog ?? BACKLOG_LIMITS;
    const { onBroken } = options;
    this.keeping = new Keeping({ probe: () => this.store.probe(), onTrouble: options.onError });
    // Of what the store cannot keep it tells by itself, once and not for each run.
    const onError = (error: unknown): void => {
      if (!mayPass(error)) options.onError(error);
    };
    this.store = openSqliteStore(options.data, {
      sealing: this.sealing,
      onCommit: () => this.keeping.committed(),
      onFailure: (error) => this.keeping.failed(error),
      ...(onBroken && { onBroken }),
    });
    const { reroutes, allowPrivate = new Set() } = options;
    this.connecting = new Connecting({ writer: options.source.writer, reroutes, allowPrivate, now: Date.now });
    this.credentials = new WorkspaceCredentials(options.identities);
    this.vault = new AccountVault({
      keys: this.store.accountKeys,
      identities: options.identities,
      recipients: (account) => this.recipients.get(account) ?? [],
      now: Date.now,
    });
    this.oauth = new OAuth({
      store: this.store,
      vault: this.vault,
      credentials: this.credentials,
      live: () => this.live,
      caller: () => this.caller,
      publicUrl: options.publicUrl,
      now: Date.now,
      granted: (account, connection) => {
        this.polls.start();
        this.subscriptions.retry(account, connection);
      },
      onError,
    });
    const { grants } = this.oauth;
    this.caller = new HttpCaller({ reroutes, allowPrivate, redactor: this.redactor, grants });
    const { caller, credentials } = this;
    const stalled = (name: string): string | undefined => this.oauth.stalled(name);
    const services: Services = {
      caller,
      credentials,
      random: Math.random,
      timeout: startTimeout,
    };
    this.engine = new EmbeddedEngine({
      store: this.store,
      services,
      now: Date.now,
      maxConcurrentRuns: MAX_CONCURRENT_RUNS,
      onError,
    });
    this.schedules = new Schedules({
      store: this.store,
      engine: this.engine,
      stalled,
      now: Date.now,
      onError,
    });
    this.waits = new WaitAnswers(this.store, this.engine);
    this.control = new RunControl(this.store, this.engine, () => this.live, stalled);
    this.polls = new Polls({
      store: this.store,
      engine: this.engine,
      services,
      stalled,
      now: Date.now,
      onError,
    });
    this.historyPruner = new HistoryPruner({ store: this.store, now: Date.now, onError });
    this.auditPruner = new AuditPruner({
      ...(options.auditLimits ?? { keepMs: undefined, maxEntries: undefined }),
      audit: this.store.audit,
      now: Date.now,
      onError,
    });
    this.keyWatch = new KeyWatch({
      incomplete: () => this.sealing.incomplete(),
      look: (accounts) => this.prepareKeys(accounts),
      onError,
    });
    this.live = this.load();
    this.subscriptions = new Subscriptions({
      store: this.store,
      caller,
      limiter: this.engine.limiter,
      vault: this.vault,
      identities: options.identities,
      redactor: this.redactor,
      publicUrl: options.publicUrl,
      now: Date.now,
      onError,
    });
    this.signingKeys = new SigningKeys({ store: this.store, vault: this.vault, redactor: this.redactor });
    const verifier = new Verifier(this.credentials, this.redactor);
    this.hooks = new Hooks({
      store: this.store,
      engine: this.engine,
      verifier,
      connections: new ConnectionHooks({
        store: this.store,
        engine: this.engine,
        verifier,
        keys: this.signingKeys,
        keyOfSubscription: (account, connection, key) => this.subscriptions.keep(account, connection, key),
        stalled,
        publicUrl: options.publicUrl,
        backlog: this.backlog,
      }),
      live: () => this.live,
      stalled,
      publicUrl: options.publicUrl,
      backlog: this.backlog,
    });
    this.reconciler = new Reconciler({
      store: this.store,
      source: options.source,
      secretsMustOpen: options.secretsMustOpen ?? false,
      atomic: options.atomic ?? false,
      report: options.report,
      program: programFingerprint() ?? randomUUID(),
      identities: options.identities,
      switchTo: async () => {
        const live = this.load();
        await this.prepareKeys();
        this.live = live;
        this.polls.use(this.live);
        this.useSubscriptions();
        await this.schedules.use(this.live);
        this.historyPruner.look();
      },
      now: Date.now,
    });
  }

  /** Goes on with what was deployed last, and takes up the runs that had not ended. Gives their number. */
  async begin(): Promise<number> {
    await this.reconciler.recover();
    await this.prepareKeys();
    await this.schedules.use(this.live);
    this.polls.use(this.live);
    this.useSubscriptions();
    // A service that does not answer keeps nothing else waiting.
    void this.oauth.recover();
    const resumed = this.engine.resume();
    this.schedules.start();
    this.polls.start();
    this.historyPruner.start();
    this.auditPruner.start();
    this.keyWatch.start();
    this.subscriptions.start();
    return resumed;
  }

  /** Brings what serves to what the source has now. Gives all findings; an account with an error goes on as it was. */
  async deploy(): Promise<Diagnostic[]> {
    return (await this.reconciler.reconcile('save')).diagnostics;
  }

  /** Starts a run of an automation with a manual trigger, or as a trial of any; it is on disk when this resolves. */
  startByHand(request: StartRequest): Promise<ManualStart> {
    const stalled = this.oauth.stalled(`${request.account}/${request.automation}`);
    if (stalled !== undefined) return Promise.resolve({ kind: 'stalled', reason: stalled });
    return startByHand(this.engine, this.live, request);
  }

  /**
   * Gives an automation's webhook, or a connection, a new address; the old one goes on for so many milliseconds. Gives the
   * instant when it ends, or `undefined` where nothing is sent there.
   */
  async rotateHook(account: string, hook: string, overlapMs: number): Promise<Instant | undefined> {
    if (this.live.addressSecret(account, hook) === undefined) return undefined;
    const now = Date.now();
    const secret = await this.store.hookRotation.rotate(account, hook, now, now + overlapMs);
    if (secret === undefined) return undefined;
    this.live.readdress(`${account}/${hook}`, secret);
    if (connectionOf(hook) !== undefined) this.useSubscriptions();
    return now + overlapMs;
  }

  deployed(): LiveDeployment {
    return this.live;
  }

  /** Takes nothing more, and lets attempts under way end, up to so many milliseconds; the rest goes on at the next start. */
  async stop(drainMs: number): Promise<void> {
    this.hooks.stop();
    this.keeping.stop();
    this.schedules.stop();
    const others = [this.historyPruner.stop(), this.auditPruner.stop(), this.keyWatch.stop()];
    await Promise.all([this.reconciler.stop(), this.polls.stop(), this.subscriptions.stop(), ...others]);
    await this.engine.stop(drainMs);
  }

  /** After `stop`. */
  async close(): Promise<void> {
    await this.caller.close();
    await this.store.close();
  }

  /** Of accounts whose values are sealed, or were. */
  private async prepareKeys(accounts = this.store.accountKeys.needed()): Promise<void> {
    for (const account of await this.sealing.prepare(this.vault, accounts)) this.engine.unsealed(account);
  }

  private useSubscriptions(): void {
    this.subscriptions.use(this.live, this.store.inventory.secrets());
  }

  private load(): LiveDeployment {
    this.credentials.use(this.store.inventory.secrets());
    this.recipients = this.store.inventory.recipients();
    return new LiveDeployment(this.store);
  }
}
