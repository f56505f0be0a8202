import { callInTurn } from '../../engine/call-in-turn.ts';
import { callThrough } from '../../engine/call-through.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Services } from '../../engine/perform-action.ts';
import type { Json } from '../../json/value.ts';
import type { Failure, Outcome } from '../../run/failure.ts';
import type { Instant } from '../../run/records.ts';
import type { PollName } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { eventWarnings } from '../events/event-warnings.ts';
import type { LiveAutomation, LiveDeployment } from '../live-deployment.ts';
import type { LivePoll } from './live-poll.ts';
import { readPoll, type PollReading } from './read-poll.ts';

export interface PollsOptions {
  store: Store;
  engine: Engine;
  services: Pick<Services, 'caller' | 'credentials'>;
  /** Why an automation starts no runs for now, if so. */
  stalled: (name: string) => string | undefined;
  now: () => Instant;
  /** Told of what cannot be laid to a service, such as a full disk: it is tried again. */
  onError: (error: unknown) => void;
}

interface Polled {
  automation: LiveAutomation;
  poll: LivePoll;
  name: PollName;
}

/** Milliseconds after a failure until a service is asked again, if it asks for no more. */
const AFTER_FAILURE_MS = 30_000;
/** The longest that one page may take. */
const PAGE_TIMEOUT_MS = 120_000;
/** However far the next poll is, the clock is looked at so often, in milliseconds: it may be set, or the machine may sleep. */
const LOOK_MS = 30_000;

/**
 * Asks services for what happened and starts a run for each. How far a poll came is kept in the transaction that keeps its
 * runs, so nothing is lost or doubled, wherever it is cut.
 */
export class Polls {
  private readonly options: PollsOptions;
  private polled = new Map<string, Polled>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly running = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();
  private started = false;

  constructor(options: PollsOptions) {
    this.options = options;
  }

  /** Takes the polls of a deployment. */
  use(live: LiveDeployment): void {
    this.polled = new Map(
      [...live.startedBy('poll')].map((automation): [string, Polled] => {
        const { trigger: poll, plan } = automation;
        const name = { account: plan.account, automation: plan.automation, source: poll.source };
        return [`${plan.account}/${plan.automation}`, { automation, poll, name }];
      }),
    );
    if (this.started) this.start();
  }

  /** From now on services are asked. */
  start(): void {
    this.started = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    for (const [key, polled] of this.polled) {
      const { polledAt } = this.options.store.polls.state(polled.name) ?? {};
      const due = polledAt === undefined ? 0 : polledAt + polled.poll.trigger.every_ms;
      this.wait(key, due - this.options.now());
    }
  }

  /** Asks no more, and resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.started = false;
    this.stopping.abort();
    for (const timer of this.timers.values()) clearTimeout(timer);
    await Promise.all(this.running.values());
  }

  /** Asks once, now. Gives why it failed, if it did. */
  async poll({ automation, poll, name }: Polled): Promise<Failure | undefined> {
    const { store, now } = this.options;
    const at = now();
    const { cursor, polledAt } = store.polls.state(name) ?? {};
    const reading = await readPoll({
      poll,
      cursor,
      onlyNote: polledAt === undefined && poll.trigger.first === 'from_now',
      seen: (keys) => store.polls.seen(name, keys),
      ask: (input) => this.ask(automation, poll, input),
    });
    // What was cut by the runner's stop says nothing of the service.
    if (this.stopping.signal.aborted) return undefined;
    if ('failure' in reading) await store.polls.fail(name, reading.failure);
    else await this.accept({ automation, poll, name }, at, reading);
    return 'failure' in reading ? reading.failure : undefined;
  }

  private async accept(
    { automation, poll, name }: Polled,
    at: Instant,
    { fresh, keys, cursor }: PollReading,
  ): Promise<void> {
    const { store, engine } = this.options;
    const { plan, digest } = automation;
    const runs = fresh.map((event) => ({
      account: plan.account,
      automation: plan.automation,
      plan: digest,
      trigger: { event },
      ...eventWarnings(poll.output, event),
    }));
    await engine.startTogether(runs, async (records) => {
      await store.polls.accept(name, { at, keys, cursor }, records);
      return records;
    });
  }

  /** Each page waits as a call of its own: a poll of many pages lets the calls of runs in between. */
  private ask({ plan }: LiveAutomation, poll: LivePoll, input: Json): Promise<Outcome> {
    const { engine, services } = this.options;
    const { service, connector, page: action, trigger, limits } = poll;
    const call = { account: plan.account, service, connector, action, input };
    return callInTurn(engine.limiter, {
      limits,
      timeoutMs: PAGE_TIMEOUT_MS,
      stopping: this.stopping.signal,
      perform: (signal) => callThrough(services, plan, trigger.connection, { ...call, signal }),
    });
  }

  private wait(key: string, ms: number): void {
    const due = this.options.now() + ms;
    const timer = setTimeout(
      () => {
        if (due > this.options.now()) this.wait(key, due - this.options.now());
        else this.run(key);
      },
      Math.max(0, Math.min(ms, LOOK_MS)),
    );
    this.timers.set(key, timer);
  }

  /** One poll of an automation at a time: another deployment may have come while one is under way. */
  private run(key: string): void {
    const before = this.running.get(key) ?? Promise.resolve();
    const run = before.then(async () => {
      const polled = this.polled.get(key);
      if (polled === undefined || !this.started) return;
      const wait = await this.pollAndWait(polled);
      if (this.started && this.polled.get(key) === polled) this.wait(key, wait);
    });
    this.running.set(key, run);
    void run.then(() => {
      if (this.running.get(key) === run) this.running.delete(key);
    });
  }

  /** Gives the milliseconds until the next poll. */
  private async pollAndWait(polled: Polled): Promise<number> {
    const { every_ms: every } = polled.poll.trigger;
    const { account, automation } = polled.name;
    if (this.options.stalled(`${account}/${automation}`) !== undefined) return LOOK_MS;
    try {
      const failure = await this.poll(polled);
      return failure === undefined ? every : Math.max(every, AFTER_FAILURE_MS, failure.retryAfterMs ?? 0);
    } catch (error) {
      // It was waiting for its turn.
      if (!this.stopping.signal.aborted) this.options.onError(error);
      return Math.max(every, AFTER_FAILURE_MS);
    }
  }
}
