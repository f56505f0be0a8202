import type { Type } from './types.ts';

/** What an expression can see, as types. */
export interface TypeScope {
  /** `trigger`, `account`, … and the parameters of functions. */
  roots: ReadonlyMap<string, Type>;
  /** The outputs of the steps before; absent where there are no steps, as in connectors' templates. */
  steps?: { before: ReadonlyMap<string, Type>; later: readonly string[] };
}

/** The scope with further names, such as a function's parameters. */
export function extendScope(scope: TypeScope, names: Iterable<readonly [string, Type]>): TypeScope {
  return { ...scope, roots: new Map([...scope.roots, ...names]) };
}
