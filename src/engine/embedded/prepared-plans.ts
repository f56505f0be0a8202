import type { Plan } from '../../generated/plan.ts';
import type { DeploymentStore } from '../../store/store.ts';
import { preparePlan, type PreparedPlan } from '../prepared-plan.ts';

/** The plans of the store, each prepared once. */
export class PreparedPlans {
  private readonly prepared = new Map<string, PreparedPlan>();
  private readonly deployments: Pick<DeploymentStore, 'plan'>;

  constructor(deployments: Pick<DeploymentStore, 'plan'>) {
    this.deployments = deployments;
  }

  get(digest: string): PreparedPlan {
    let prepared = this.prepared.get(digest);
    if (prepared === undefined) {
      const text = this.deployments.plan(digest);
      if (text === undefined) throw new Error(`the store does not hold the plan ${digest}`);
      prepared = preparePlan(JSON.parse(text) as Plan);
      this.prepared.set(digest, prepared);
    }
    return prepared;
  }
}
