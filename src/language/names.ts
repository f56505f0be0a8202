import type { Type } from './types.ts';

/** Names with their types. A Map is one. */
export interface Names {
  get(name: string): Type | undefined;
  keys(): Iterable<string>;
}

/** One name over others. Scopes differ from one another by few names, and most are short-lived: so nothing is copied. */
class Layer implements Names {
  readonly below: Names;
  readonly name: string;
  /** `undefined`: the name is gone. */
  readonly type: Type | undefined;

  constructor(below: Names, name: string, type: Type | undefined) {
    this.below = below;
    this.name = name;
    this.type = type;
  }

  get(name: string): Type | undefined {
    if (name === this.name) return this.type;
    // In a loop: a long automation lies in as many layers.
    let at = this.below;
    while (at instanceof Layer) {
      if (at.name === name) return at.type;
      at = at.below;
    }
    return at.get(name);
  }

  keys(): Iterable<string> {
    const layers: Layer[] = [];
    let at = this.below;
    while (at instanceof Layer) {
      layers.push(at);
      at = at.below;
    }
    const names = new Set(at.keys());
    for (const { name, type } of [...layers.toReversed(), this]) {
      if (type === undefined) names.delete(name);
      else names.add(name);
    }
    return names;
  }
}

/** The names with one that is new or has another type now. */
export function withName(names: Names, name: string, type: Type): Names {
  return new Layer(names, name, type);
}

/** The names without one. */
export function withoutName(names: Names, name: string): Names {
  return new Layer(names, name, undefined);
}

/** The names that may be different from those in `base`, out of which `names` was made. */
export function changedSince(base: Names, names: Names): Set<string> {
  const changed = new Set<string>();
  let at = names;
  while (at instanceof Layer && at !== base) {
    changed.add(at.name);
    at = at.below;
  }
  return at === base ? changed : new Set([...base.keys(), ...names.keys()]);
}

/** Whether one of the names has a type that passes the test. */
export function someType(names: Names, test: (type: Type) => boolean): boolean {
  let at = names;
  while (at instanceof Layer) {
    const { name, type } = at;
    // A type that another one lies over is not the name's any more.
    if (type !== undefined && test(type) && names.get(name) === type) return true;
    at = at.below;
  }
  for (const name of at.keys()) {
    const type = names.get(name);
    if (type !== undefined && test(type)) return true;
  }
  return false;
}
