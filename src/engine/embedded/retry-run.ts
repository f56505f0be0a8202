import { calledRunId } from '../../run/run-id.ts';
import type { RunSummary } from '../../run/records.ts';
import type { FailedRun, RunStore } from '../../store/store.ts';
import { whatFailed } from '../what-failed.ts';
import type { Places } from './places.ts';
import type { PreparedPlans } from './prepared-plans.ts';

export interface RetryHost {
  runs: Pick<RunStore, 'attempts' | 'reopenFailed' | 'summary'>;
  plans: PreparedPlans;
  places: Places;
  /** The run goes on, as soon as it has its place. */
  admit(run: RunSummary): void;
}

/** Lets a failed run go on from what failed in it; gives the reason where it cannot. */
export async function retryRun(run: RunSummary, host: RetryHost): Promise<string | undefined> {
  const { id, failure, plan, group } = run;
  const failed = failedRuns(run, host);
  if (failed.length === 0)
    return `no call of the run ${id} failed, but step ${failure?.step ?? 'output'}, which would come out the same: mend the automation, then replay the run`;
  if (group !== undefined && host.places.wouldSkip(plan, group))
    return `others of its \`concurrency\` go on, which skips what comes then; retry the run ${id} when they have ended`;
  if (!(await host.runs.reopenFailed(failed))) return `the run ${id} goes on already`;
  for (const one of failed) host.admit(one.run);
  return undefined;
}

/** The run, and those that it called and for which it failed; none where it would come out the same. */
function failedRuns(run: RunSummary, host: RetryHost): FailedRun[] {
  const { runs, plans } = host;
  const { forgotten, calls } = whatFailed(plans.get(run.plan), (page) => runs.attempts(run.id, page));
  const open = [];
  const called: FailedRun[] = [];
  for (const key of calls) {
    const child = runs.summary(calledRunId(run.id, key.step));
    // What a replay took over from its origin was called by that.
    if (child === undefined) forgotten.push(key);
    const below = child?.status === 'failed' || child?.status === 'canceled' ? failedRuns(child, host) : [];
    if (below.length > 0) open.push(key);
    called.push(...below);
  }
  // A run that was canceled goes on from where it was.
  if (run.status === 'failed' && forgotten.length + open.length === 0) return [];
  return [{ run, forgotten, open }, ...called];
}
