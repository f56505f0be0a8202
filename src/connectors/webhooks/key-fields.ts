import type { WebhookKey } from '../../generated/connector.ts';

/** The connection's fields that may hold a key, as they are asked for; none where the runner keeps all keys. */
export function keyFields({ field = [] }: WebhookKey): string[] {
  return [field].flat();
}
