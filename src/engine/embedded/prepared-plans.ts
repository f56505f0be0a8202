import type { Plan } from '../../generated/plan.ts';
import type { DeploymentStore } from '../../store/store.ts';
import { preparePlan, type PreparedPlan } from '../prepared-plan.ts';

/** The plans of runs, each prepared once. */
export class PreparedPlans {
  private readonly kept: Pick<DeploymentStore, 'plan'>;
  private readonly prepared = new Map<string, PreparedPlan>();

  constructor(kept: Pick<DeploymentStore, 'plan'>) {
    this.kept = kept;
  }

  /** Throws where the store does not hold the plan. */
  of(digest: string): PreparedPlan {
    const known = this.prepared.get(digest);
    if (known !== undefined) return known;
    const text = this.kept.plan(digest);
    if (text === undefined) throw new Error(`the store does not hold the plan ${digest}`);
    const prepared = preparePlan(JSON.parse(text) as Plan);
    this.prepared.set(digest, prepared);
    return prepared;
  }
}
