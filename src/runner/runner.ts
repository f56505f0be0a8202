import { HttpCaller } from '../connectors/http-caller.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { EmbeddedEngine } from '../engine/embedded/embedded-engine.ts';
import type { Engine } from '../engine/engine.ts';
import type { Services } from '../engine/perform-action.ts';
import type { Json } from '../json/value.ts';
import { namePlan } from '../plan/digest.ts';
import type { IdentitySource } from '../secrets/identity-source.ts';
import { Redactor } from '../secrets/redaction.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { checkWorkspace } from './check-workspace.ts';
import { Polls } from './polls/polls.ts';
import { Schedules } from './schedules.ts';
import { WorkspaceCredentials } from './credentials.ts';
import { Hooks } from './hooks.ts';
import { startByHand, type ManualStart } from './manual-starts.ts';
import { Verifier } from './verifier.ts';
import { loadCurrentDeployment, type LiveDeployment } from './live-deployment.ts';

export interface RunnerOptions {
  /** The workspace's folder. */
  workspace: string;
  /** The folder of the runner's own data. */
  data: string;
  /** Gives the age private keys that open an account's secrets. */
  identities: IdentitySource;
  /** Service to the address that stands in for it. */
  reroutes: ReadonlyMap<string, string>;
  /** Where senders of webhooks reach the runner, without a slash at the end; needed where a proxy changes the address. */
  publicUrl?: string;
  onError: (error: unknown) => void;
}

const MAX_CONCURRENT_RUNS = 200;

/** Deploys a workspace's plans and runs them. */
export class Runner {
  readonly store: Store;
  readonly engine: Engine;
  readonly hooks: Hooks;
  readonly redactor = new Redactor();
  /** The folder of the runner's own data. */
  readonly data: string;
  private readonly caller: HttpCaller;
  private readonly credentials: WorkspaceCredentials;
  private readonly schedules: Schedules;
  private readonly polls: Polls;
  private readonly options: RunnerOptions;
  private live: LiveDeployment = new Map();

  /** Opens the data folder. Throws `StoreError` where another runner holds it. */
  constructor(options: RunnerOptions) {
    this.options = options;
    this.data = options.data;
    this.store = openSqliteStore(options.data);
    this.caller = new HttpCaller({ reroutes: options.reroutes, redactor: this.redactor });
    this.credentials = new WorkspaceCredentials(options.identities);
    const { caller, credentials } = this;
    const services: Services = {
      caller,
      credentials,
      random: Math.random,
      timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
    };
    this.engine = new EmbeddedEngine({
      store: this.store,
      services,
      now: Date.now,
      maxConcurrentRuns: MAX_CONCURRENT_RUNS,
      onError: options.onError,
    });
    this.schedules = new Schedules({
      store: this.store,
      engine: this.engine,
      now: Date.now,
      onError: options.onError,
    });
    this.polls = new Polls({
      store: this.store,
      engine: this.engine,
      services,
      now: Date.now,
      onError: options.onError,
    });
    this.hooks = new Hooks({
      store: this.store,
      engine: this.engine,
      verifier: new Verifier(this.credentials, this.redactor),
      live: () => this.live,
      publicUrl: options.publicUrl,
    });
  }

  /** Deploys the workspace, or goes on with what was deployed last, and takes up the runs that had not ended. */
  async begin(): Promise<{ diagnostics: Diagnostic[]; resumed: number }> {
    this.live = await loadCurrentDeployment(this.store);
    const diagnostics = await this.deploy();
    // Without a deployment that compiles, the schedules and polls of the last one go on.
    await this.schedules.use(this.live);
    this.polls.use(this.live);
    const resumed = this.engine.resume();
    this.schedules.start();
    this.polls.start();
    return { diagnostics, resumed };
  }

  /** Compiles the workspace and switches to it; where it has an error, the last good deployment goes on. */
  async deploy(): Promise<Diagnostic[]> {
    const { workspace, diagnostics, plans } = checkWorkspace(this.options.workspace);
    this.credentials.use(workspace.secrets);
    if (diagnostics.some(({ severity }) => severity === 'error')) return diagnostics;
    const named = plans.map((plan) => namePlan(plan));
    const entries = named.map(({ plan: { account, automation }, digest }) => ({ account, automation, plan: digest }));
    await this.store.deployments.activate(
      this.options.workspace,
      Date.now(),
      entries,
      new Map(named.map(({ digest, text }) => [digest, text])),
    );
    this.live = await loadCurrentDeployment(this.store);
    await this.schedules.use(this.live);
    this.polls.use(this.live);
    return diagnostics;
  }

  /** Starts a run of an automation with a manual trigger; it is on disk when this resolves. */
  startByHand(request: { account: string; automation: string; input: Json | undefined }): Promise<ManualStart> {
    return startByHand(this.engine, this.live, request);
  }

  deployed(): LiveDeployment {
    return this.live;
  }

  /** Takes nothing more, and lets attempts under way end, up to so many milliseconds; the rest goes on at the next start. */
  async stop(drainMs: number): Promise<void> {
    this.hooks.stop();
    this.schedules.stop();
    await this.polls.stop();
    await this.engine.stop(drainMs);
  }

  /** After `stop`. */
  async close(): Promise<void> {
    await this.caller.close();
    await this.store.close();
  }
}
