import { isJsonObject } from '../../json/value.ts';
import type { AutomationContext } from '../context.ts';

/** A webhook that reads a header which comes with a known signature should look at the signature too. */
export function checkUnverifiedWebhook({ automation, catalog, report }: AutomationContext): void {
  const { webhook } = automation.value.trigger;
  const declared = webhook?.headers?.['properties'];
  if (webhook?.verify !== 'none' || !isJsonObject(declared)) return;
  for (const service of catalog.names()) {
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
