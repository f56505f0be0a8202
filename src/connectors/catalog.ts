import type { Connector } from '../generated/connector.ts';

/** The connectors that a workspace can use. */
export interface Catalog {
  /** In order. */
  names(): string[];
  get(name: string): Connector | undefined;
}

/** The catalog with a workspace's own connectors added. */
export function extendCatalog(base: Catalog, own: ReadonlyMap<string, Connector>): Catalog {
  return {
    names: () => [...new Set([...base.names(), ...own.keys()])].toSorted(),
    get: (name) => own.get(name) ?? base.get(name),
  };
}
