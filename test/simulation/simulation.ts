import { EmbeddedEngine } from '../../src/engine/embedded/embedded-engine.ts';
import { startTimeout } from '../../src/engine/timeout.ts';
import type { Plan } from '../../src/generated/plan.ts';
import type { NamedPlan } from '../../src/plan/digest.ts';
import type { RunRecord, RunStatus, RunSummary } from '../../src/run/records.ts';
import { namedRunId } from '../../src/run/run-id.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { Disk } from './disk.ts';
import { faultFree } from './fault-free.ts';
import { Ledger } from './ledger.ts';
import { Machine } from './machine.ts';
import { Operator } from './operator.ts';
import { Random } from './random.ts';
import { randomPlans } from './random-plan.ts';
import { Service } from './service.ts';

/** 2026-01-01, to the runner; the clock may say other things on the way. */
const BEGIN = 1_767_225_600_000;
/** Milliseconds in which faults happen; what was accepted must come to its end afterwards. */
const FAULTY_MS = 15 * 60_000;
/** Milliseconds in which all must have come to its end. */
const PATIENCE_MS = 24 * 3_600_000;
/** Far more tasks than any simulation needs. */
const MOST_TASKS = 200_000;
/** Far more runs than there are. */
const MOST_RUNS = 1000;

/** A process: the engine on its store. */
interface Process {
  engine: EmbeddedEngine;
  store: Store;
}

interface Delivery {
  name: string;
  account: string;
  plan: NamedPlan;
  /** Milliseconds from the begin. */
  at: number;
  tries: number;
  /** Once a runner said so. */
  run?: string;
}

export interface SimulationResult {
  runs: number;
  crashes: number;
  tasks: number;
  /** How often a run stopped because nobody knew. */
  doubts: number;
  /** How often one that failed went on from what failed. */
  retries: number;
  statuses: RunStatus[];
}

/** Lives through one seed. Rejects where a promise was broken. `template`: a folder with an empty store, which saves time. */
export async function simulate(seed: number, template?: string): Promise<SimulationResult> {
  const random = new Random(seed);
  const disk = new Disk(random, template);
  const machine = new Machine(random, disk);
  const restore = [disk.install(), machine.install()];
  const world = new World(seed, random, machine, disk);
  try {
    return await world.live();
  } finally {
    for (const one of restore.toReversed()) one();
    disk.remove();
  }
}

class World {
  private readonly seed: number;
  private readonly random: Random;
  private readonly machine: Machine;
  private readonly disk: Disk;
  private readonly ledger = new Ledger();
  private readonly service: Service;
  private readonly operator: Operator;
  private readonly plans: NamedPlan[];
  private readonly deliveries: Delivery[];
  private process: Process | undefined;
  private failed: Error | undefined;
  private skew = 0;
  private crashes = 0;
  /** All has come to its end. */
  private over = false;
  private deployed = false;

  constructor(seed: number, random: Random, machine: Machine, disk: Disk) {
    this.seed = seed;
    this.random = random;
    this.machine = machine;
    this.disk = disk;
    this.service = new Service(machine, random, this.ledger, () => this.now());
    this.operator = new Operator(random, this.ledger, machine, (error) => this.told(error));
    const accounts = ['acme', 'globex', 'initech'].slice(0, random.between(1, 3));
    // What goes on for long costs as much as many that are short.
    const longLoops = random.chance(0.08) ? 0.4 : 0;
    const byAccount = accounts.map((account) => randomPlans(random, account, longLoops));
    this.plans = byAccount.flat();
    // Who stands for the places of one automation meets others there.
    const crowd = random.chance(0.3);
    const length = crowd ? random.between(3, 6) : random.between(1, random.chance(0.25) ? 8 : 4);
    this.deliveries = Array.from({ length }, (_, index): Delivery => {
      const plans = byAccount[crowd ? 0 : index % byAccount.length] ?? [];
      const [first, ...others] = crowd ? plans.slice(-1) : plans;
      if (first === undefined) throw new Error('every account has a plan');
      const plan = random.pick([first, ...others]);
      const at = random.between(0, crowd ? 20_000 : 120_000);
      return { name: `delivery-${index}`, account: plan.plan.account, plan, at, tries: 0 };
    });
  }

  async live(): Promise<SimulationResult> {
    this.start();
    for (const delivery of this.deliveries) this.machine.after(delivery.at, () => void this.send(delivery));
    this.drawFaults();
    this.lookAfter();
    let tasks = 0;
    for (; !this.over; tasks++) {
      if (tasks > MOST_TASKS || this.machine.time > PATIENCE_MS) throw this.violation('what was accepted does not end');
      if (!(await this.machine.step())) throw this.violation('nothing happens any more');
      if (this.failed !== undefined) throw this.violation(this.failed.message, this.failed);
    }
    const statuses = await this.judge();
    const { doubts, retries } = this.operator;
    return { runs: statuses.length, crashes: this.crashes, tasks, doubts, retries, statuses };
  }

  private start(): void {
    const { faults } = this.disk;
    const [statement, sync] = [faults.statement, faults.sync];
    this.disk.faults = { statement: 0, sync: 0 };
    const store = openSqliteStore(this.disk.folder, {
      onBroken: () => this.machine.after(1000, () => this.crash(false)),
    });
    this.disk.faults = { statement, sync };
    const engine = new EmbeddedEngine({
      store,
      services: {
        caller: this.service,
        credentials: { credential: () => Promise.reject(new Error('no credentials here')) },
        random: () => this.random.next(),
        timeout: startTimeout,
      },
      now: () => this.now(),
      maxConcurrentRuns: this.random.between(1, 5),
      onError: (error) => this.told(error),
    });
    this.process = { engine, store };
    this.service.journal = (run, step) => store.runs.attemptsOf(run, step);
    this.checkBuiltOn(store);
    engine.resume();
  }

  /** What a service was given must not have been made of what is lost. */
  private checkBuiltOn(store: Store): void {
    const { builtOn } = this.service;
    for (const place of builtOn) {
      const [run = '', step = ''] = place.split(' ');
      if (store.runs.attemptsOf(run, step).at(-1)?.outcome === undefined)
        this.failed ??= new Error(`the outcome of ${place} is lost, and a request was built on it`);
    }
    builtOn.clear();
  }

  /** The sender sends again until it is told that the delivery was taken, and sometimes once more. */
  private async send(delivery: Delivery): Promise<void> {
    const { name, account, plan } = delivery;
    const again = (): void =>
      void this.machine.after(this.random.between(1000, 60_000), () => void this.send(delivery));
    delivery.tries += 1;
    const { process, machine } = this;
    if (process === undefined) return again();
    // Where the process dies no answer comes; the sender does not wait for ever.
    let answered = false;
    machine.after(30_000, () => {
      if (!answered) again();
    });
    const { automation } = plan.plan;
    const trigger = { input: { n: Number(name.slice(-1)) } };
    const id = namedRunId(BEGIN + Math.floor(machine.time), `${this.seed} ${name} ${delivery.tries}`);
    const request = { id, account, automation, plan: plan.digest, trigger, delivery: name };
    try {
      await this.deploy(process.store);
      const run = await process.engine.start(request);
      answered = true;
      if (delivery.run !== undefined && delivery.run !== run.id)
        throw this.violation(`${name} was taken as ${delivery.run} and as ${run.id}`);
      delivery.run = run.id;
      if (this.random.chance(0.2)) again();
    } catch (error) {
      answered = true;
      this.told(error);
      again();
    }
  }

  /** What serves was deployed before: its plans are kept, once and for all. */
  private async deploy(store: Store): Promise<void> {
    if (this.deployed) return;
    await store.deployments.keepPlans(new Map(this.plans.map(({ digest, text }) => [digest, text])));
    this.deployed = true;
  }

  private drawFaults(): void {
    const { random, machine, disk, service } = this;
    service.faults = random.pick([0, 0.1, 0.4]);
    disk.faults = { statement: random.pick([0, 0, 0.02, 0.2]), sync: random.pick([0, 0, 0, 0.02]) };
    const within = random.pick([5000, 60_000, FAULTY_MS]);
    for (let count = random.between(0, 4); count > 0; count--)
      machine.after(random.next() * within, () => this.crash(random.chance(0.5)));
    this.crashAtMoments();
    if (random.chance(0.3)) machine.after(random.next() * within, () => void this.restart());
    for (let count = random.pick([0, 0, 1, 3]); count > 0; count--)
      machine.after(random.next() * within, () => {
        this.skew += random.pick([-7_200_000, -60_000, -500, 500, 60_000, 7_200_000]);
      });
    machine.after(FAULTY_MS, () => {
      service.faults = 0;
      disk.faults = { statement: 0, sync: 0 };
      this.operator.calm = true;
    });
  }

  /** Most of the time nothing is under way: these come just when something is. */
  private crashAtMoments(): void {
    const { random, machine } = this;
    const chosen = new Set(Array.from({ length: random.between(0, 4) }, () => random.between(1, 200)));
    let moments = 0;
    machine.moment = () => {
      moments += 1;
      if (!chosen.has(moments)) return;
      machine.after(random.pick([0, 0.5, 2, 50]), () => this.crash(random.chance(0.6)));
      // One crash after the other: what the first one left may not be on the disk yet.
      if (random.chance(0.4)) chosen.add(moments + random.between(1, 4));
    };
  }

  private crash(power: boolean): void {
    if (this.process === undefined) return;
    this.crashes += 1;
    this.process = undefined;
    this.machine.kill();
    this.disk.crash(power);
    this.machine.after(this.random.between(0, 5000), () => this.start());
  }

  /** As a new version is put in place: what is under way may end, for a while. */
  private async restart(): Promise<void> {
    const { process } = this;
    if (process === undefined) return;
    await process.engine.stop(this.random.pick([0, 100, 10_000]));
    this.machine.after(0, () => {
      if (process === this.process) this.crash(false);
    });
  }

  private lookAfter(): void {
    this.machine.after(30_000, () => {
      if (this.process !== undefined) {
        const runs = this.process.store.runs.list({ limit: MOST_RUNS });
        this.over = this.ended(runs);
        this.checkPlaces(runs);
        this.operator.look(this.process, runs, this.now()).catch((error: unknown) => this.told(error));
      }
      this.lookAfter();
    });
  }

  /** No more runs of a group go on than its plan says. One that a person let go on has its place again, whatever the others do. */
  private checkPlaces(runs: readonly RunSummary[]): void {
    if (this.operator.doubts > 0) return;
    for (const { digest, plan } of this.plans) {
      const holds = (run: RunSummary): boolean =>
        run.plan === digest && run.startedAt !== undefined && run.finishedAt === undefined;
      const count = runs.filter(holds).length;
      if (count > (plan.concurrency?.limit ?? Infinity))
        this.failed ??= new Error(`${count} runs of ${plan.automation} of ${plan.account} go on at a time`);
    }
  }

  /** Failures of the disk are what is simulated; whatever else is thrown is a fault. */
  private told(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (DISK_FAILURES.has(code)) return;
    this.failed ??= error instanceof Error ? error : new Error(JSON.stringify(error));
  }

  private now(): number {
    return Math.floor(BEGIN + this.machine.time + this.skew);
  }

  private ended(runs: readonly RunSummary[]): boolean {
    if (this.machine.time < FAULTY_MS || this.deliveries.some(({ run }) => run === undefined)) return false;
    return runs.every(({ finishedAt, status }) => finishedAt !== undefined && status !== 'uncertain');
  }

  /** Compares what is kept with what was sent, and with what the service did. */
  private async judge(): Promise<RunStatus[]> {
    const kept = this.process?.store.runs;
    const runs = kept?.list({ limit: MOST_RUNS }).flatMap(({ id }) => kept.get(id) ?? []) ?? [];
    const plans = new Map(this.plans.map(({ digest, text }) => [digest, JSON.parse(text) as Plan]));
    for (const said of this.ledger.broken) throw this.violation(said);
    const begun = runs.filter(({ parent }) => parent === undefined);
    if (begun.length !== this.deliveries.length)
      throw this.violation(`${this.deliveries.length} deliveries gave ${begun.length} runs`);
    for (const { name, run } of this.deliveries)
      if (!begun.some(({ id }) => id === run)) throw this.violation(`${name} was taken, and its run is gone`);
    for (const run of runs.filter((one) => !wasEnded(one))) {
      const expected = await faultFree(run, plans, (id, step) => kept?.attemptsOf(id, step).at(-1)?.outcome);
      const [was, should] = [summaryOf(run), summaryOf(expected)];
      if (was !== should)
        throw this.violation(`the run ${run.id} of ${run.automation} came to ${was}, not to ${should}`);
    }
    return runs.map(({ status }) => status);
  }

  private violation(what: string, cause?: unknown): Error {
    return new Error(`${what} (seed ${this.seed}; again: SIMULATION_SEED=${this.seed})`, { cause });
  }
}

const DISK_FAILURES: ReadonlySet<unknown> = new Set(['store_full', 'store_busy', 'store_unavailable', 'store_broken']);

/** By the concurrency of its automation, or because the time of a step around it was over: when that is, chance decides. */
function wasEnded({ status, failure }: RunRecord): boolean {
  return status === 'canceled' && ENDED.has(failure?.code);
}

const ENDED: ReadonlySet<string | undefined> = new Set(['run_skipped', 'run_replaced', 'step_timeout', 'canceled']);

/** Of a failure only what is the same in another process at another time. */
function summaryOf({ status, output, failure }: Pick<RunRecord, 'status' | 'output' | 'failure'>): string {
  return JSON.stringify({ status, output, code: failure?.code, step: failure?.step });
}
