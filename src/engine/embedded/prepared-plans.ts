import type { Plan } from '../../generated/plan.ts';
import type { DeploymentStore } from '../../store/store.ts';
import { preparePlan, type PreparedPlan } from '../prepared-plan.ts';

/** Plans that are kept ready: of what serves and goes on at a time, most; of all that ever served, few. */
const READY = 1000;

/** The plans of the store, each prepared when it is needed; those that were used last stay so. */
export class PreparedPlans {
  private readonly deployments: Pick<DeploymentStore, 'plan'>;
  private recent = new Map<string, PreparedPlan>();
  private former = new Map<string, PreparedPlan>();

  constructor(deployments: Pick<DeploymentStore, 'plan'>) {
    this.deployments = deployments;
  }

  get(digest: string): PreparedPlan {
    let prepared = this.recent.get(digest);
    if (prepared !== undefined) return prepared;
    prepared = this.former.get(digest) ?? this.prepare(digest);
    this.recent.set(digest, prepared);
    // Two generations, of which the older goes: so what is used often stays, and nothing need be put in order.
    if (this.recent.size >= READY) [this.former, this.recent] = [this.recent, new Map()];
    return prepared;
  }

  private prepare(digest: string): PreparedPlan {
    const text = this.deployments.plan(digest);
    if (text === undefined) throw new Error(`the store does not hold the plan ${digest}`);
    return preparePlan(JSON.parse(text) as Plan);
  }
}
