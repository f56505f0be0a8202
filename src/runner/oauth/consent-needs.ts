import { consentOf } from '../../connectors/auth-way.ts';
import type { AuthorizationCodeAuth, Plan, PlanConnection, PlanConnector } from '../../generated/plan.ts';
import { calledAutomations } from '../../plan/list-steps.ts';
import type { ConsentNeed } from '../../store/records.ts';

/** The consents without which each automation of an account cannot run: its own, and those of what it calls. */
export function consentNeeds(plans: readonly Plan[]): Map<string, ConsentNeed[]> {
  const own = new Map(plans.map((plan) => [plan.automation, ownNeeds(plan)]));
  const calls = new Map(plans.map(({ automation, steps }) => [automation, calledAutomations(steps)]));
  return new Map(
    plans.map(({ automation }) => {
      const called = [...calledFrom(automation, calls)].flatMap((through) =>
        (own.get(through) ?? []).map((need) => ({ ...need, through })),
      );
      return [automation, [...(own.get(automation) ?? []), ...called]];
    }),
  );
}

/** What an automation calls, and what that calls. */
function calledFrom(
  automation: string,
  calls: ReadonlyMap<string, readonly string[]>,
  found = new Set<string>(),
): ReadonlySet<string> {
  for (const called of calls.get(automation) ?? []) {
    if (found.has(called)) continue;
    found.add(called);
    calledFrom(called, calls, found);
  }
  return found;
}

function ownNeeds({ connections, connectors }: Plan): ConsentNeed[] {
  return Object.entries(connections).flatMap(([name, connection]) => {
    const connector = connectors[connection.connector];
    const auth = connector && consentAuth(connector, connection);
    return auth === undefined ? [] : [{ connection: name, scopes: connection.scopes ?? [] }];
  });
}

/** How a person consents to a connection; `undefined` where nobody has to. */
export function consentAuth(
  { connection }: PlanConnector,
  { fields }: PlanConnection,
): AuthorizationCodeAuth | undefined {
  return consentOf(connection ?? {}, fields);
}
