import { keyFields } from '../../connectors/connection-fields.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import type { Connector, ConnectorTrigger, Subscription, WebhookScheme } from '../../generated/connector.ts';
import type { PointerToken } from '../../json/pointer.ts';
import type { CompileContext } from '../context.ts';

type Tell = (code: 'WB2027' | 'WB2028' | 'WB6020', path: PointerToken[], message: string, help: string) => void;

/** The webhook triggers of a workspace's own connectors can be used: what they name exists, and deliveries can be proved and told apart. */
export function checkConnectorWebhooks({ workspace, report }: CompileContext): void {
  for (const { document, value } of workspace.connectors.values()) {
    const tell: Tell = (code, path, message, help) => report(document.diagnostic(code, path, message, { help }));
    for (const [name, trigger] of Object.entries(value.triggers ?? {}))
      checkTrigger(value, trigger, ['triggers', name, 'webhook'], tell);
  }
}

function checkTrigger(connector: Connector, { webhook }: ConnectorTrigger, path: PointerToken[], tell: Tell): void {
  if (webhook === undefined) return;
  if (connector.connection === undefined) {
    tell('WB2027', path, 'the connector has no connection, and an address belongs to one', 'add "connection"');
    return;
  }
  const { webhook_schemes: schemes = {}, subscriptions = {} } = connector;
  const scheme = Object.hasOwn(schemes, webhook.scheme) ? schemes[webhook.scheme] : undefined;
  if (scheme === undefined) tellUnknown('scheme', webhook.scheme, Object.keys(schemes), path, tell);
  const { subscription: name } = webhook;
  const subscription = name !== undefined && Object.hasOwn(subscriptions, name) ? subscriptions[name] : undefined;
  if (name !== undefined && subscription === undefined)
    tellUnknown('subscription', name, Object.keys(subscriptions), path, tell);
  if (scheme === undefined) return;
  checkKey(scheme, subscription, path, tell);
  if (webhook.id !== undefined || scheme.delivery_id !== undefined || scheme.redelivers === false) return;
  const message = `${scheme.title} sends again what it thinks was lost, and nothing names an event`;
  tell('WB6020', path, message, 'add "id" here, or "delivery_id" to the scheme');
}

function tellUnknown(
  what: 'scheme' | 'subscription',
  name: string,
  known: string[],
  path: PointerToken[],
  tell: Tell,
): void {
  const near = nearestName(name, known);
  const help = near === undefined ? `${what}s: ${known.join(', ') || 'none'}` : `did you mean \`${near}\`?`;
  tell('WB2027', [...path, what], `the connector has no ${what} \`${name}\``, help);
}

function checkKey(
  { key, handshake = [] }: WebhookScheme,
  of: Subscription | undefined,
  path: PointerToken[],
  tell: Tell,
): void {
  if (keyFields(key).length > 0 || of?.secret !== undefined || handshake.some(({ keep }) => keep !== undefined)) return;
  const help = 'name a "field" in the key of the scheme, a "secret" in the subscription, or "keep" in a handshake';
  tell('WB2028', [...path, 'scheme'], 'nothing gives the key with which its deliveries are proved', help);
}
