import type { Connector } from '../generated/connector.ts';

/** The connectors that a workspace can use. */
export interface Catalog {
  /** In order. */
  names(): string[];
  get(name: string): Connector | undefined;
  /** There is such a connector, but its file is broken, which is told of the file. */
  isBroken(name: string): boolean;
}

/** The catalog with a workspace's own connectors added, and the names of those that are broken. */
export function extendCatalog(
  base: Catalog,
  own: ReadonlyMap<string, Connector>,
  broken: ReadonlySet<string> = new Set(),
): Catalog {
  return {
    names: () => [...new Set([...base.names(), ...own.keys()])].toSorted(),
    get: (name) => own.get(name) ?? base.get(name),
    isBroken: (name) => broken.has(name),
  };
}
