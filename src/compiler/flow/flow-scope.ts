import type { StepScope, TypeScope } from '../../language/scope.ts';
import { ABSENT, unionOf, type Type } from '../../language/types.ts';

/** Where a run is after some steps: what it can see there, if it can come there at all. */
export interface FlowEnd {
  scope: TypeScope;
  reachable: boolean;
}

/** The scope after a step with this output. */
export function withOutput(scope: TypeScope, id: string, output: Type): TypeScope {
  return withSteps(scope, ({ before }) => ({ before: new Map(before).set(id, output) }));
}

/** The scope where those steps were not done. */
export function withAbsent(scope: TypeScope, ids: readonly string[]): TypeScope {
  return withSteps(scope, ({ before }) => {
    const after = new Map(before);
    for (const id of ids) after.set(id, ABSENT);
    return { before: after };
  });
}

/** The scope where those steps cannot be read, and why. */
export function withHidden(scope: TypeScope, ids: readonly string[], why: string): TypeScope {
  return withSteps(scope, ({ before, hidden }) => ({
    before: new Map([...before].filter(([id]) => !ids.includes(id))),
    hidden: new Map([...hidden, ...ids.map((id): [string, string] => [id, why])]),
  }));
}

/** The scope of a block seen from outside: without the names that only the block has. */
export function outside(inner: TypeScope, outer: TypeScope): TypeScope {
  const roots = new Map([...inner.roots].filter(([name]) => outer.roots.has(name)));
  return { ...inner, roots };
}

/** Where several ways come together. A step that only some of them did may be absent. */
export function join(before: TypeScope, ends: readonly FlowEnd[]): FlowEnd {
  const open = ends.filter(({ reachable }) => reachable);
  const [first, ...others] = open;
  if (first === undefined) return { scope: ends[0]?.scope ?? before, reachable: false };
  if (others.length === 0) return first;
  const steps = joinSteps(open.flatMap(({ scope }) => (scope.steps === undefined ? [] : [scope.steps])));
  // What the ways know of a root differs: only what was known before is true on all.
  const roots = new Map(
    [...before.roots].map(([name, type]): [string, Type] => {
      const known = first.scope.roots.get(name);
      const same = known !== undefined && others.every(({ scope }) => scope.roots.get(name) === known);
      return [name, same ? known : type];
    }),
  );
  return { scope: { roots, ...(steps === undefined ? {} : { steps }) }, reachable: true };
}

function joinSteps(all: readonly StepScope[]): StepScope | undefined {
  const [first] = all;
  if (first === undefined) return undefined;
  const ids = new Set(all.flatMap(({ before }) => [...before.keys()]));
  const before = new Map([...ids].map((id) => [id, unionOf(all.map((one) => one.before.get(id) ?? ABSENT))]));
  return { ...first, before, hidden: new Map(all.flatMap(({ hidden }) => [...hidden])) };
}

/** True where narrowing has shown that no run comes here: something that it must hold can be nothing. */
export function isImpossible({ roots, steps }: TypeScope): boolean {
  return [...roots.values(), ...(steps?.before.values() ?? [])].some(({ kind }) => kind === 'never');
}

function withSteps(scope: TypeScope, change: (steps: StepScope) => Partial<StepScope>): TypeScope {
  return scope.steps === undefined ? scope : { ...scope, steps: { ...scope.steps, ...change(scope.steps) } };
}
