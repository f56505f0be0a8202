import { Temporal } from 'temporal-polyfill';
import type { Engine } from '../engine/engine.ts';
import type { JsonObject } from '../json/value.ts';
import type { Instant } from '../run/records.ts';
import { namedRunId } from '../run/run-id.ts';
import type { ScheduleRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { dueTimes } from './due-times.ts';
import type { LiveAutomation, LiveDeployment, LiveSchedule } from './live-deployment.ts';

export interface SchedulesOptions {
  store: Store;
  engine: Engine;
  /** Why an automation starts no runs for now, if so: what is due then is due until it may. */
  stalled: (name: string) => string | undefined;
  now: () => Instant;
  /** Told of what kept a run from being started, such as a full disk: it is tried again. */
  onError: (error: unknown) => void;
}

interface Scheduled {
  automation: LiveAutomation;
  trigger: LiveSchedule;
  /** The times up to here are done with. */
  passedUntil: Instant;
  next: Instant | undefined;
}

/** However far the next time is, the clock is looked at so often, in milliseconds: it may be set, or the machine may sleep. */
const LOOK_MS = 30_000;

/** Starts the runs of schedules. A time gives one run, whatever happens: the run's id is made from it. */
export class Schedules {
  private readonly options: SchedulesOptions;
  private scheduled: Scheduled[] = [];
  private timer: NodeJS.Timeout | undefined;
  private started = false;

  constructor(options: SchedulesOptions) {
    this.options = options;
  }

  /** Takes the schedules of a deployment. One that is new, or has other times, begins now. */
  async use(live: LiveDeployment): Promise<void> {
    const { store, now } = this.options;
    const known = new Map(store.schedules.list().map((record) => [`${record.account}/${record.automation}`, record]));
    const scheduled: Scheduled[] = [];
    for (const automation of live.startedBy('schedule')) {
      const { plan, trigger } = automation;
      const record = known.get(`${plan.account}/${plan.automation}`);
      const passedUntil = record !== undefined && hasTimesOf(record, trigger) ? record.passedUntil : now();
      scheduled.push({ automation, trigger, passedUntil, next: trigger.times.next(passedUntil) });
    }
    await store.schedules.replace(scheduled.map(recordOf));
    this.scheduled = scheduled;
    if (this.started) this.wait();
  }

  /** From now on runs are started, first those of the times that were missed. */
  start(): void {
    this.started = true;
    this.wait();
  }

  stop(): void {
    this.started = false;
    clearTimeout(this.timer);
  }

  /** Starts the runs that are due. False where one could not be started, or not yet. */
  async fire(): Promise<boolean> {
    const now = this.options.now();
    const due = this.scheduled.filter(({ next }) => next !== undefined && next <= now);
    const free = due.filter(({ automation: { plan } }) => !this.isStalled(`${plan.account}/${plan.automation}`));
    const results = await Promise.allSettled(free.map((one) => this.fireOne(one, now)));
    const failed = results.filter((result) => result.status === 'rejected');
    for (const { reason } of failed) this.options.onError(reason);
    return failed.length === 0 && free.length === due.length;
  }

  private isStalled(name: string): boolean {
    return this.options.stalled(name) !== undefined;
  }

  private async fireOne(scheduled: Scheduled, now: Instant): Promise<void> {
    const { store, engine } = this.options;
    const { automation, trigger, passedUntil } = scheduled;
    const { account, automation: name } = automation.plan;
    for (const time of dueTimes(trigger.times, trigger.schedule.missed, passedUntil, now)) {
      const id = namedRunId(time, `${account}/${name}`);
      await engine.start({
        id,
        account,
        automation: name,
        plan: automation.digest,
        trigger: dueTrigger(trigger, time),
      });
    }
    await store.schedules.passed(account, name, now);
    scheduled.passedUntil = now;
    scheduled.next = trigger.times.next(now);
  }

  /** What could not be started is due already: it is tried again after a while, not at once. */
  private wait(leastMs = 0): void {
    clearTimeout(this.timer);
    const next = this.scheduled.reduce((first, one) => Math.min(first, one.next ?? Infinity), Infinity);
    if (next === Infinity) return;
    const ms = Math.min(LOOK_MS, Math.max(leastMs, next - this.options.now()));
    this.timer = setTimeout(() => {
      void this.fire().then((allStarted) => {
        if (this.started) this.wait(allStarted ? 0 : LOOK_MS);
      });
    }, ms);
  }
}

/** What expressions read as `trigger` in a run that is due at a time. */
export function dueTrigger({ schedule }: LiveSchedule, time: Instant): JsonObject {
  const at = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(schedule.timezone);
  return { at: at.toString({ timeZoneName: 'never' }) };
}

function hasTimesOf({ cron, timezone }: ScheduleRecord, { schedule }: LiveSchedule): boolean {
  return cron === schedule.cron && timezone === schedule.timezone;
}

function recordOf({ automation, trigger, passedUntil }: Scheduled): ScheduleRecord {
  const { account, automation: name } = automation.plan;
  const { cron, timezone } = trigger.schedule;
  return { account, automation: name, cron, timezone, passedUntil };
}
