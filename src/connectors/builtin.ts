import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Connector } from '../generated/connector.ts';
import type { Catalog } from './catalog.ts';
import { withSharedSchemas } from './shared-schemas.ts';

/** Those that were read: they come with the program and do not change. */
const known = new Map<string, Connector | undefined>();

/** The catalog of the connectors that come with Waybill. Each is read when it is first asked for. */
export function builtinCatalog(): Catalog {
  return {
    isBroken: () => false,
    names: () => readdirSync(builtinFolder()).toSorted(),
    get(name) {
      if (!known.has(name)) known.set(name, readConnector(name));
      return known.get(name);
    },
  };
}

/** The text of a built-in connector's file, or `undefined` where there is no such built-in. */
export function builtinText(name: string): string | undefined {
  // A name comes from a user's file; it must not lead out of the folder.
  if (!/^[a-z][a-z0-9_-]*$/.test(name)) return undefined;
  const file = builtinFile(name);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** Where a built-in connector's file is, or would be. */
function builtinFile(name: string): string {
  return join(builtinFolder(), name, 'connector.json');
}

function readConnector(name: string): Connector | undefined {
  const text = builtinText(name);
  if (text === undefined) return undefined;
  // A test proves that each fits its schema.
  return withSharedSchemas(JSON.parse(text) as Connector);
}

let found: string | undefined;

/** The folder of this package, with `connectors/` and `schemas/`, from the sources as well as from the bundle. */
export function packageFolder(): string {
  found ??= findAbove(import.meta.dirname);
  return found;
}

function builtinFolder(): string {
  return join(packageFolder(), 'connectors');
}

function findAbove(folder: string): string {
  if (existsSync(join(folder, 'connectors/storage/connector.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('the folder connectors/ of the package is missing');
  return findAbove(parent);
}
