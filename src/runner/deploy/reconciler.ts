import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type {
  DeployControl,
  InventoryEntry,
  ReconciliationRecord,
  ReconciliationStep,
  StallReason,
} from '../../store/records.ts';
import { entriesAfterStall, withStatus } from './inventory.ts';
import { reasonOf, type StallCode } from './stall.ts';
import { STEPS, type Step } from './steps.ts';
import type { Cause, Changes, DeploySettings, Work } from './work.ts';

/** What one reconciliation came to. */
export interface Reconciled {
  /** Absent where there was nothing new, or the whole is suspended. */
  record: ReconciliationRecord | undefined;
  whole: InventoryEntry | undefined;
  /** Why the whole is stalled. */
  reason: StallReason | undefined;
  /** Whether the revision serves, for those accounts that are good. */
  switched: boolean;
  stalled: { account: string; reason: StallReason }[];
  changes: Changes;
  /** Commits that a forced push took away. */
  lost: number;
  /** All findings, also those of accounts that are deployed. */
  diagnostics: Diagnostic[];
  /** Text by path, for code frames. */
  files: ReadonlyMap<string, string>;
}

/** An operator asked for something that is not possible as things are. */
export class DeployRefusal extends Error {}

/** Brings the runner to what its source has: takes the steps in order, one reconciliation at a time. */
export class Reconciler {
  private readonly settings: DeploySettings;
  private readonly listeners = new Set<(reconciled: Reconciled) => void>();
  private last: Promise<unknown> = Promise.resolve();
  private waiting: { cause: Cause; result: Promise<Reconciled> } | undefined;
  /** The revision that was gone through to its end, so that asking again would change nothing. */
  private settled: string | undefined;
  private stopped = false;

  constructor(settings: DeploySettings) {
    this.settings = settings;
  }

  /** Closes the records of reconciliations that a crash cut off. */
  async recover(): Promise<void> {
    const { inventory } = this.settings.store;
    for (const record of inventory.reconciliations(RECENT)) {
      if (record.finishedAt !== undefined) continue;
      const steps = record.steps.map((step) => ({ ...step, status: leftAs(step.status) }));
      await inventory.saveReconciliation({ ...record, steps, finishedAt: this.settings.now() });
    }
  }

  /**
   * Takes all steps. What is asked for while one is under way shares the next. On an interval or a push, a revision that
   * was gone through already is left alone. Does not reject for what is wrong with a revision: `reason` says it.
   */
  reconcile(cause: Cause): Promise<Reconciled> {
    if (this.waiting !== undefined) {
      if (!ONLY_IF_NEW.has(cause)) this.waiting.cause = cause;
      return this.waiting.result;
    }
    const result = this.next(() => this.begin());
    this.waiting = { cause, result };
    return result;
  }

  /** Stays at a revision, also where the source has a newer one. Throws `Stall` where there is no such revision. */
  async pin(name: string): Promise<void> {
    const pinned = await this.settings.source.resolve(name);
    await this.next(() => this.settings.store.inventory.saveControl({ ...this.control(), pinned }));
  }

  async unpin(): Promise<void> {
    const { pinned: _, ...control } = this.control();
    await this.next(() => this.settings.store.inventory.saveControl(control));
  }

  /** The revision that serves; `undefined` before the first. */
  applied(): string | undefined {
    return this.entry('')?.applied;
  }

  /** The revision that served before the one that does; `undefined` where none is known. */
  previous(): string | undefined {
    const whole = this.entry('');
    return whole?.recent.find(({ status, revision }) => status === 'ready' && revision !== whole.applied)?.revision;
  }

  /** Keeps an account, or where the name is empty the whole, as it is. Throws `DeployRefusal` for an unknown account. */
  async suspend(account: string): Promise<void> {
    await this.next(async () => {
      const known = this.known(account);
      const { reason: _, ...entry } = known;
      await this.settings.store.inventory.save([withStatus(entry, 'suspended', this.settings.now())]);
    });
  }

  /** Ends a suspension; what it came to is seen at the next reconciliation. Throws `DeployRefusal` for an unknown account. */
  async resume(account: string): Promise<void> {
    await this.next(async () => {
      const { madeOf: _, ...entry } = this.known(account);
      if (entry.status !== 'suspended') return;
      this.settled = undefined;
      await this.settings.store.inventory.save([withStatus(entry, 'ready', this.settings.now())]);
    });
  }

  watch(listener: (reconciled: Reconciled) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  control(): DeployControl {
    const { source, store } = this.settings;
    const kept = store.inventory.control();
    // What is known of another source says nothing of this one.
    return kept?.source === source.name ? kept : { source: source.name };
  }

  /** Ends what is under way after its step; it is taken up at the next start. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.settings.source.stop();
    await this.last;
  }

  private next<T>(task: () => Promise<T>): Promise<T> {
    const result = this.last.then(task);
    this.last = result.catch(() => undefined);
    return result;
  }

  private async begin(): Promise<Reconciled> {
    const work = this.newWork(this.waiting?.cause ?? 'command');
    this.waiting = undefined;
    const whole = work.before.get('');
    if (whole?.status === 'suspended' && work.cause === 'command')
      throw new DeployRefusal('deploying is suspended: resume it first');
    if (this.stopped || whole?.status === 'suspended') return reconciledOf(work, undefined, whole);
    const reconciled = await this.takeSteps(work);
    if (reconciled.record !== undefined) for (const listener of this.listeners) listener(reconciled);
    return reconciled;
  }

  private async takeSteps(work: Work): Promise<Reconciled> {
    const { store, now } = this.settings;
    const steps: ReconciliationStep[] = STEPS.map(({ name }) => ({ name, status: 'pending' }));
    const begun = { cause: work.cause, startedAt: now(), steps };
    let record = await store.inventory.beginReconciliation(begun);
    for (const [index, step] of STEPS.entries()) {
      if (this.stopped) return reconciledOf(work, undefined, work.before.get(''));
      if (work.reason !== undefined && !work.switched && step.always !== true) {
        steps[index] = { name: step.name, status: 'skipped', message: 'a step before it failed' };
        continue;
      }
      steps[index] = { name: step.name, status: 'running', startedAt: now() };
      await store.inventory.saveReconciliation(record);
      steps[index] = await takeStep(step, steps[index], work);
      record = { ...record, ...(work.revision === undefined ? {} : { revision: work.revision }) };
      if (step.name === 'fetch' && this.nothingNew(work)) {
        await store.inventory.forgetReconciliation(record.id);
        return reconciledOf(work, undefined, work.before.get(''));
      }
      if (work.reason !== undefined && !work.switched && steps[index].status === 'failed') {
        await store.inventory.save(entriesAfterStall(work));
      }
    }
    record = { ...record, finishedAt: now() };
    await store.inventory.saveReconciliation(record);
    await this.forgetRepetition();
    this.settled = PASSING.has(work.reason?.code) ? undefined : work.revision;
    return reconciledOf(work, record, this.entry(''));
  }

  /** A repository that stays out of reach fills the history with one record, not with one a minute. */
  private async forgetRepetition(): Promise<void> {
    const { inventory } = this.settings.store;
    const [last, earlier] = inventory.reconciliations(2);
    const failed = last?.steps[0];
    const same = failed?.status === 'failed' && failed.message === earlier?.steps[0]?.message;
    if (earlier !== undefined && same) await inventory.forgetReconciliation(earlier.id);
  }

  private nothingNew({ cause, revision, reason }: Work): boolean {
    return reason === undefined && ONLY_IF_NEW.has(cause) && revision === this.settled;
  }

  private newWork(cause: Cause): Work {
    const { store } = this.settings;
    return {
      settings: this.settings,
      cause,
      before: new Map(store.inventory.list().map((entry) => [entry.account, entry])),
      control: this.control(),
      revision: undefined,
      lost: 0,
      tree: { files: new Map(), diagnostics: [] },
      accounts: new Map(),
      diagnostics: [],
      serving: store.deployments.current()?.entries ?? [],
      wanted: [],
      changes: { added: [], changed: [], removed: [] },
      reason: undefined,
      switched: false,
    };
  }

  private entry(account: string): InventoryEntry | undefined {
    return this.settings.store.inventory.list().find((entry) => entry.account === account);
  }

  private known(account: string): InventoryEntry {
    const entry = this.entry(account);
    if (entry !== undefined) return entry;
    throw new DeployRefusal(account === '' ? 'nothing was deployed yet' : `there is no account ${account}`);
  }
}

/** How many reconciliations are looked through for ones that were cut off. */
const RECENT = 20;

/** What only asks whether there is something new. */
const ONLY_IF_NEW: ReadonlySet<Cause> = new Set(['interval', 'push']);

/** What may be gone at the next interval, though the revision is the same. */
const PASSING: ReadonlySet<string | undefined> = new Set<StallCode>(['source_unreachable', 'internal']);

async function takeStep(step: Step, begun: ReconciliationStep, work: Work): Promise<ReconciliationStep> {
  const { now } = work.settings;
  try {
    const end = await step.run(work);
    return { ...begun, ...end, finishedAt: now() };
  } catch (error) {
    const reason = reasonOf(error);
    // After the switch the revision serves, whatever becomes of the telling.
    if (!work.switched && step.always !== true) work.reason = reason;
    return { ...begun, status: 'failed', message: reason.message, finishedAt: now() };
  }
}

function leftAs(status: ReconciliationStep['status']): ReconciliationStep['status'] {
  if (status === 'running') return 'interrupted';
  return status === 'pending' ? 'skipped' : status;
}

function reconciledOf(
  { reason, switched, accounts, changes, lost, diagnostics, tree }: Work,
  record: ReconciliationRecord | undefined,
  whole: InventoryEntry | undefined,
): Reconciled {
  const stalled = [...accounts].flatMap(([account, result]) =>
    result.kind === 'stalled' ? [{ account, reason: result.reason }] : [],
  );
  return { record, whole, reason, switched, stalled, changes, lost, diagnostics, files: tree.files };
}
