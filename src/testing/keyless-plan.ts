import type { Derived, Plan, PlanConnector } from '../generated/plan.ts';

/**
 * The plan without what needs a private key or chance: no case has a key, and each run of a case is the same. Texts stand for
 * what would be signed or random.
 */
export function keylessPlan(plan: Plan): Plan {
  return { ...plan, connectors: mapValues(plan.connectors, keylessConnector) };
}

function keylessConnector(connector: PlanConnector): PlanConnector {
  const { connection } = connector;
  if (connection?.derived === undefined) return connector;
  return { ...connector, connection: { ...connection, derived: mapValues(connection.derived, keyless) } };
}

function keyless(derived: Derived, name: string): Derived {
  if (derived.jwt !== undefined || derived.signature !== undefined) return { text: `signed-${name}` };
  if (derived.random === undefined) return derived;
  return { text: derived.random === 'uuid' ? '00000000-0000-4000-8000-000000000000' : '0'.repeat(32) };
}

function mapValues<Value>(
  values: { [name: string]: Value },
  change: (value: Value, name: string) => Value,
): { [name: string]: Value } {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]));
}
