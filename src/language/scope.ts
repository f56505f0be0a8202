import type { Type } from './types.ts';

/** What an expression can see, as types. */
export interface TypeScope {
  /** `trigger`, `account`, … and the parameters of functions. */
  roots: ReadonlyMap<string, Type>;
  /** Names of `roots` that are parameters of functions around the expression. */
  locals?: ReadonlySet<string>;
  /** Absent where there are no steps, as in connectors' templates. */
  steps?: StepScope;
}

export interface StepScope {
  /** The outputs of the steps before. */
  before: ReadonlyMap<string, Type>;
  /** Steps that there are, but not before. */
  later: readonly string[];
  /** Steps before that cannot be read here, and why. */
  hidden: ReadonlyMap<string, string>;
}

/** The scope with further names, such as a function's parameters. */
export function extendScope(scope: TypeScope, names: Iterable<readonly [string, Type]>): TypeScope {
  const roots = new Map(scope.roots);
  for (const [name, type] of names) roots.set(name, type);
  return { ...scope, roots };
}
