import { withName, type Names } from './names.ts';
import type { Type } from './types.ts';

/** What an expression can see, as types. */
export interface TypeScope {
  /** `trigger`, `account`, … and the parameters of functions. */
  roots: Names;
  /** Names of `roots` that are parameters of functions around the expression. */
  locals?: ReadonlySet<string>;
  /** Absent where there are no steps, as in connectors' templates. */
  steps?: StepScope;
}

export interface StepScope {
  /** The outputs of the steps before. */
  before: Names;
  /** Steps that there are, but not before. */
  later: readonly string[];
  /** Steps before that cannot be read here, and why. */
  hidden: ReadonlyMap<string, string>;
}

/** The scope with further names, such as a function's parameters. */
export function extendScope(scope: TypeScope, names: Iterable<readonly [string, Type]>): TypeScope {
  let { roots } = scope;
  for (const [name, type] of names) roots = withName(roots, name, type);
  return { ...scope, roots };
}
