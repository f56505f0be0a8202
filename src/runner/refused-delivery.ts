import { readBody } from '../connectors/webhooks/body.ts';
import type { WebhookTrigger } from '../generated/plan.ts';
import type { SchemaIssue } from '../json/schema-issue.ts';
import type { Json } from '../json/value.ts';
import type { RefusalRecord } from '../store/records.ts';
import { takeDelivery } from './delivery.ts';
import { connectionOf } from './hook-address.ts';
import type { LiveDeployment } from './live-deployment.ts';

/** A refused delivery as it is looked at now. */
export interface RefusedNow {
  /** `undefined` where the body cannot be read. */
  body: Json | undefined;
  /** What the webhook that is deployed now, or the address of the connection, makes of it; `undefined` where there is none. */
  now:
    | { webhook: Pick<WebhookTrigger, 'body' | 'verify'>; issues: SchemaIssue[]; owed: string | undefined }
    | undefined;
}

/** Reads a refused delivery again, with what is deployed now. */
export function readRefused(
  refusal: RefusalRecord,
  live: LiveDeployment,
  stalled: (name: string) => string | undefined,
): RefusedNow {
  if (connectionOf(refusal.automation) !== undefined) return readRefusedEvent(refusal, live, stalled);
  const read = readBody([refusal.headers['content-type']].flat()[0], refusal.body);
  const body = 'value' in read ? read.value : undefined;
  const name = `${refusal.account}/${refusal.automation}`;
  const trigger = live.get(name)?.trigger;
  if (trigger?.kind !== 'webhook') return { body, now: undefined };
  const taken = takeDelivery(trigger, refusal, read);
  const issues = 'issues' in taken ? taken.issues : [];
  return { body, now: { webhook: trigger.webhook, issues, owed: stalled(name) } };
}

/** Each automation reads an event in its own way, so there is no schema of the body that it could lack something of. */
function readRefusedEvent(
  { account, automation }: RefusalRecord,
  live: LiveDeployment,
  stalled: (name: string) => string | undefined,
): RefusedNow {
  const listeners = live.listeners(account, automation);
  const [first] = listeners;
  if (first === undefined) return { body: undefined, now: undefined };
  const { verify } = first.trigger.trigger;
  const owed = listeners.flatMap(({ plan }) => stalled(`${account}/${plan.automation}`) ?? [])[0];
  return { body: undefined, now: { webhook: { body: {}, verify }, issues: [], owed } };
}
