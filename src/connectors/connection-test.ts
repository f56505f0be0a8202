import type { ConnectionTest } from '../generated/connector.ts';
import type { PlanAction } from '../generated/plan.ts';

/** The test request of a connector as an action, whose output is the identity, where the connector knows one. */
export function testAction({ request, success, errors, identity }: ConnectionTest): PlanAction {
  return {
    effect: 'read',
    input: {},
    output: {},
    request,
    response: { output: { identity: identity ?? null }, ...(success === undefined ? {} : { success }) },
    ...(errors === undefined ? {} : { errors }),
  };
}
