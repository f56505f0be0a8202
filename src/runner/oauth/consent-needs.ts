import { consentOf } from '../../connectors/auth-way.ts';
import type { AuthorizationCodeAuth, Plan, PlanConnection, PlanConnector } from '../../generated/plan.ts';
import type { ConsentNeed } from '../../store/records.ts';

/** The consents without which an automation cannot run, by connection. */
export function consentNeeds({ connections, connectors }: Plan): ConsentNeed[] {
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
