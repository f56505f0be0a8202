import { readBody } from '../connectors/webhooks/body.ts';
import type { WebhookTrigger } from '../generated/plan.ts';
import type { SchemaIssue } from '../json/schema-issue.ts';
import type { Json } from '../json/value.ts';
import type { RefusalRecord } from '../store/records.ts';
import { takeDelivery } from './delivery.ts';
import type { LiveDeployment } from './live-deployment.ts';

/** A refused delivery as it is looked at now. */
export interface RefusedNow {
  /** `undefined` where the body cannot be read. */
  body: Json | undefined;
  /** What the webhook that is deployed now makes of it; `undefined` where there is none. */
  now: { webhook: WebhookTrigger; issues: SchemaIssue[]; owed: string | undefined } | undefined;
}

/** Reads a refused delivery again, with the webhook that is deployed now. */
export function readRefused(
  refusal: RefusalRecord,
  live: LiveDeployment,
  stalled: (name: string) => string | undefined,
): RefusedNow {
  const read = readBody([refusal.headers['content-type']].flat()[0], refusal.body);
  const body = 'value' in read ? read.value : undefined;
  const name = `${refusal.account}/${refusal.automation}`;
  const trigger = live.get(name)?.trigger;
  if (trigger?.kind !== 'webhook') return { body, now: undefined };
  const taken = takeDelivery(trigger, refusal, read);
  const issues = 'issues' in taken ? taken.issues : [];
  return { body, now: { webhook: trigger.webhook, issues, owed: stalled(name) } };
}
