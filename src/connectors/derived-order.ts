import type { ConnectionSpec } from '../generated/plan.ts';
import type { Derived } from '../generated/plan.ts';

/** The derived values of a connection, by name. */
export type DerivedValues = NonNullable<ConnectionSpec['derived']>;

/** The values that something names, and those that they need, each after those that it needs. Throws `DerivedCircle`. */
export function derivedInOrder(values: DerivedValues, users: unknown): [string, Derived][] {
  const inOrder = new Map<string, Derived>();
  const add = (name: string, way: readonly string[]): void => {
    const derived = Object.hasOwn(values, name) ? values[name] : undefined;
    if (derived === undefined || inOrder.has(name)) return;
    if (way.includes(name)) throw new DerivedCircle([...way.slice(way.indexOf(name)), name]);
    for (const needed of namesIn(derived)) add(needed, [...way, name]);
    inOrder.set(name, derived);
  };
  for (const name of namesIn(users)) add(name, []);
  return [...inOrder];
}

/** Values that need one another can never be made. */
export class DerivedCircle extends TypeError {
  readonly names: readonly string[];

  constructor(names: readonly string[]) {
    super(`derived values need one another: ${names.join(', ')}`);
    this.names = names;
  }
}

/** What a part of a connector reads of `derived`. */
function namesIn(part: unknown): Set<string> {
  const text = JSON.stringify(part ?? null);
  return new Set([...text.matchAll(/\bderived\??\.([A-Za-z_]\w*)/g)].map(([, name = '']) => name));
}
