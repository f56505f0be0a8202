import { loopOfPage } from '../run/page.ts';
import type { AttemptKey, AttemptRecord, Instant } from '../run/records.ts';
import { stepIdOf, tryOf, tryPath } from '../run/try-path.ts';
import type { PreparedBody, PreparedPlan, PreparedStep } from './prepared-plan.ts';

/** What of a journal must go so that the run, interpreted again, does again what failed, and nothing else. */
export interface WhatFailed {
  /** Attempts that are forgotten. */
  forgotten: AttemptKey[];
  /** Calls of other automations that came to the failure of their run. */
  calls: AttemptKey[];
}

/** What a plan says of one of its steps. */
interface StepFacts {
  kind: PreparedBody['kind'];
  timeoutMs: number | undefined;
  /** Its failure is handled: by an `on_error`, or by a loop that collects. */
  isHandled: boolean;
  /** All steps for which its time counts. */
  within: ReadonlySet<string>;
}

/**
 * What failed in a run that has failed, or that was canceled. Stay: all that ended well, with the attempts before it, what is
 * under way, and failures that the automation handled. `journal` gives that of the run (an empty text) or of one of its pages.
 */
export function whatFailed({ steps }: PreparedPlan, journal: (page: string) => readonly AttemptRecord[]): WhatFailed {
  const facts = new Map<string, StepFacts>();
  learn(steps, false, facts);
  const found: WhatFailed = { forgotten: [], calls: [] };
  new Search(facts, journal, found).look('', Infinity);
  return found;
}

class Search {
  private readonly facts: ReadonlyMap<string, StepFacts>;
  private readonly journal: (page: string) => readonly AttemptRecord[];
  private readonly found: WhatFailed;

  constructor(
    facts: ReadonlyMap<string, StepFacts>,
    journal: (page: string) => readonly AttemptRecord[],
    found: WhatFailed,
  ) {
    this.facts = facts;
    this.journal = journal;
    this.found = found;
  }

  /** `cutAt`: when the time of a step around the page was over. */
  look(page: string, cutAt: Instant): void {
    const journal = this.journal(page);
    const pauses = journal.filter(({ key }) => key.attempt < 0).map(({ key }) => tryOf(key.step));
    // What failed in a try before the last one of its step was decided by the next one.
    const attempts = journal.filter(({ key }) => !pauses.some((later) => this.isBefore(key.step, later)));
    const timed = attempts.filter(({ key }) => key.attempt === 0);
    const made = attempts.filter(({ key }) => key.attempt > 0);
    const over = timed.filter(({ key, outcome }) => outcome?.ok === false && !this.of(key.step).isHandled);
    const cut = (step: string): Instant => Math.min(cutAt, ...over.map((one) => this.endOfTime(one, step)));
    const again: string[] = [];
    for (const [step, ofStep] of Map.groupBy(made, ({ key }) => key.step))
      if (this.lookAt(step, ofStep, cut(step))) again.push(step);
    for (const one of timed) if (this.isTimedAnew(one, again, cut(one.key.step))) this.found.forgotten.push(one.key);
    // What is waited before a try fails only where the time of a step around was over.
    for (const one of attempts)
      if (one.key.attempt < 0 && one.outcome?.ok === false && !this.isDecided(one, cut(one.key.step)))
        this.found.forgotten.push(one.key);
  }

  /** Whether something of the step, or of the page, is done again. */
  private lookAt(step: string, attempts: readonly AttemptRecord[], cutAt: Instant): boolean {
    const last = attempts.at(-1);
    if (last === undefined || last.outcome?.ok === true) return false;
    const isPage = loopOfPage(step) !== undefined;
    if (last.outcome === undefined) {
      if (isPage) this.look(step, cutAt);
      return isPage;
    }
    if (this.isDecided(last, cutAt)) return false;
    if (this.of(step).kind === 'call') {
      this.found.calls.push(last.key);
      return true;
    }
    // What the service may have done once counts as long as it knows the key: the next attempt goes on from there.
    const sure = attempts.slice(attempts.findLastIndex(isUncertain) + 1);
    this.found.forgotten.push(...sure.map(({ key }) => key));
    if (isPage) this.look(step, cutAt);
    return sure.length > 0;
  }

  /** Whether a step gets its time anew: what it was is over, or was counted for something that is done again. */
  private isTimedAnew(record: AttemptRecord, again: readonly string[], cutAt: Instant): boolean {
    if (record.outcome?.ok === true) return again.some((step) => this.isWithin(step, record.key.step));
    return record.outcome === undefined || !this.isDecided(record, cutAt);
  }

  /** Whether the automation handled the failure, and it is not just what the end of a time around it left. */
  private isDecided({ key, finishedAt = 0 }: AttemptRecord, cutAt: Instant): boolean {
    return this.of(key.step).isHandled && finishedAt < cutAt;
  }

  private endOfTime({ key, startedAt }: AttemptRecord, step: string): Instant {
    return this.isWithin(step, key.step) ? startedAt + (this.of(key.step).timeoutMs ?? 0) : Infinity;
  }

  /** Whether a step stands in a try of another one that came before the try `later`. */
  private isBefore(step: string, later: { step: string; number: number }): boolean {
    for (let number = 1; number < later.number; number++)
      if (this.isWithin(step, tryPath(later.step, number))) return true;
    return false;
  }

  /** Whether a step stands in a try of another one, for which its time counts. Both are paths, or names of pages. */
  private isWithin(step: string, outer: string): boolean {
    if (tryOf(outer).number > 1) return step === outer || step.startsWith(`${outer}.`) || step.startsWith(`${outer}[`);
    const around = outer.slice(0, outer.lastIndexOf('.') + 1);
    if (!step.startsWith(around)) return false;
    const inner = tryOf(step.slice(around.length).split(/[[.]/, 1)[0] ?? '');
    const isLaterTry = inner.number > 1 && inner.step === stepIdOf(outer);
    return !isLaterTry && this.of(outer).within.has(inner.step);
  }

  private of(path: string): StepFacts {
    const step = loopOfPage(path) ?? path;
    const facts = this.facts.get(stepIdOf(step));
    if (facts === undefined) throw new TypeError(`the plan has no step ${step}`);
    return facts;
  }
}

/** Learns about the steps and all within them, by their ids. Gives the ids. */
function learn(steps: readonly PreparedStep[], isHandled: boolean, facts: Map<string, StepFacts>): string[] {
  return steps.flatMap(({ id, body, timeoutMs, onError }) => {
    const handled = isHandled || onError !== undefined;
    const collects = body.kind === 'for_each' && body.collects;
    const within = [id, ...learn(stepsOf(body), handled || collects, facts)];
    facts.set(id, { kind: body.kind, timeoutMs, isHandled: handled, within: new Set(within) });
    return [...within, ...learn(onError ?? [], isHandled, facts)];
  });
}

function stepsOf(body: PreparedBody): PreparedStep[] {
  switch (body.kind) {
    case 'switch':
      return body.arms.flatMap(({ block }) => block.steps);
    case 'branches':
      return body.branches.flatMap(([, block]) => block.steps);
    case 'for_each':
      return body.block.steps;
    default:
      return [];
  }
}

function isUncertain({ outcome }: AttemptRecord): boolean {
  return outcome?.ok === false && outcome.failure.class === 'uncertain';
}
