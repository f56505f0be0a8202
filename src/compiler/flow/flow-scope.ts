import { changedSince, someType, withName, withoutName, type Names } from '../../language/names.ts';
import type { StepScope, TypeScope } from '../../language/scope.ts';
import { ABSENT, unionOf, type Type } from '../../language/types.ts';

/** Where a run is after some steps: what it can see there, if it can come there at all. */
export interface FlowEnd {
  scope: TypeScope;
  reachable: boolean;
}

/** The scope after a step with this output. */
export function withOutput(scope: TypeScope, id: string, output: Type): TypeScope {
  return withSteps(scope, ({ before }) => ({ before: withName(before, id, output) }));
}

/** The scope where those steps were not done. */
export function withAbsent(scope: TypeScope, ids: readonly string[]): TypeScope {
  return withSteps(scope, ({ before }) => ({ before: ids.reduce((all, id) => withName(all, id, ABSENT), before) }));
}

/** The scope where those steps cannot be read, and why. */
export function withHidden(scope: TypeScope, ids: readonly string[], why: string): TypeScope {
  return withSteps(scope, ({ before, hidden }) => ({
    before: ids.reduce(withoutName, before),
    hidden: new Map([...hidden, ...ids.map((id): [string, string] => [id, why])]),
  }));
}

/** The scope of a block seen from outside: without the names that only the block has. */
export function outside(inner: TypeScope, outer: TypeScope): TypeScope {
  const names = [...changedSince(outer.roots, inner.roots)].filter((name) => outer.roots.get(name) === undefined);
  return { ...inner, roots: names.reduce(withoutName, inner.roots) };
}

/** Where several ways come together. A step that only some of them did may be absent. */
export function join(before: TypeScope, ends: readonly FlowEnd[]): FlowEnd {
  const open = ends.filter(({ reachable }) => reachable).map(({ scope }) => scope);
  const [first, ...others] = open;
  if (first === undefined) return { scope: ends[0]?.scope ?? before, reachable: false };
  if (others.length === 0) return { scope: first, reachable: true };
  const steps = joinSteps(
    before.steps,
    open.flatMap((scope) => scope.steps ?? []),
  );
  const roots = joinRoots(
    before.roots,
    open.map((scope) => scope.roots),
  );
  return { scope: { roots, ...(steps === undefined ? {} : { steps }) }, reachable: true };
}

/** What the ways know of a root differs: only what was known before is true on all. */
function joinRoots(before: Names, all: readonly Names[]): Names {
  let joined = before;
  for (const name of changedOn(before, all)) {
    const known = all[0]?.get(name);
    const same = known !== undefined && all.every((one) => one.get(name) === known);
    if (same && before.get(name) !== undefined) joined = withName(joined, name, known);
  }
  return joined;
}

function joinSteps(before: StepScope | undefined, all: readonly StepScope[]): StepScope | undefined {
  const [first] = all;
  if (first === undefined || before === undefined) return undefined;
  let joined = before.before;
  const ways = all.map((one) => one.before);
  for (const id of changedOn(before.before, ways)) {
    const outputs = ways.map((way) => way.get(id));
    // What no way can read stays so.
    if (outputs.every((output) => output === undefined)) joined = withoutName(joined, id);
    else joined = withName(joined, id, unionOf(outputs.map((output) => output ?? ABSENT)));
  }
  return { ...first, before: joined, hidden: new Map(all.flatMap(({ hidden }) => [...hidden])) };
}

/** The names that on some way may be different from before. */
function changedOn(before: Names, ways: readonly Names[]): Set<string> {
  return new Set(ways.flatMap((way) => [...changedSince(before, way)]));
}

/** True where narrowing has shown that no run comes here: something that it must hold can be nothing. */
export function isImpossible({ roots, steps }: TypeScope): boolean {
  return someType(roots, isNever) || (steps !== undefined && someType(steps.before, isNever));
}

function isNever({ kind }: Type): boolean {
  return kind === 'never';
}

function withSteps(scope: TypeScope, change: (steps: StepScope) => Partial<StepScope>): TypeScope {
  return scope.steps === undefined ? scope : { ...scope, steps: { ...scope.steps, ...change(scope.steps) } };
}
