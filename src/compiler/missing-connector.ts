import type { Catalog } from '../connectors/catalog.ts';
import { nearestName } from '../diagnostics/nearest-name.ts';

/** Says that a connector cannot be had, and the way out. */
export function missingConnector(name: string, catalog: Catalog): { message: string; help: string } {
  if (catalog.isBroken(name))
    return { message: `the connector \`${name}\` is broken`, help: `mend connectors/${name}/connector.json first` };
  const near = nearestName(name, catalog.names());
  const help = near === undefined ? `connectors: ${catalog.names().join(', ')}` : `did you mean \`${near}\`?`;
  return { message: `there is no connector \`${name}\``, help };
}
