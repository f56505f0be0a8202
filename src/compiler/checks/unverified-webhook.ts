import type { Catalog } from '../../connectors/catalog.ts';
import { isJsonObject } from '../../json/value.ts';
import type { AutomationContext } from '../context.ts';

/** A webhook that reads a header which comes with a known signature should look at the signature too. */
export function checkUnverifiedWebhook({ automation, catalog, report }: AutomationContext): void {
  const { webhook } = automation.value.trigger;
  const declared = webhook?.headers?.['properties'];
  if (webhook?.verify !== 'none' || !isJsonObject(declared)) return;
  // A scheme that many services follow is named before a service that follows it.
  const services = catalog.names().toSorted((left, right) => rank(catalog, left) - rank(catalog, right));
  for (const service of services) {
    for (const [scheme, { title, ...parts }] of Object.entries(catalog.get(service)?.webhook_schemes ?? {})) {
      const headers = [parts.signature, parts.delivery_id, parts.event].map((part) => part?.header?.toLowerCase());
      const header = Object.keys(declared).find((name) => headers.includes(name));
      if (header === undefined) continue;
      const message = `\`${header}\` comes with a signature (${title}), and nobody looks at it`;
      const help = `"verify": { "scheme": "${scheme}", "connection": … }, a connection to ${service}`;
      report(automation.document.diagnostic('WB6010', ['trigger', 'webhook', 'verify'], message, { help }));
      return;
    }
  }
}

/** Connectors that only hold schemes come first. */
function rank(catalog: Catalog, service: string): number {
  return Object.keys(catalog.get(service)?.actions ?? {}).length === 0 ? 0 : 1;
}
