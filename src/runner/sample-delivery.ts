import { sampleFromSchema } from '../json/sample.ts';
import type { Json, JsonObject } from '../json/value.ts';
import type { LiveTrigger, LiveWebhook } from './live-deployment.ts';

/** A body that the webhook takes, as far as one can be made up. */
export function sampleDelivery({ webhook }: LiveWebhook): { sample: Json; issues: string[] } {
  const { value, issues } = sampleFromSchema(webhook.body);
  return { sample: value, issues: issues.map(({ pointer, message }) => `${pointer || 'the body'} ${message}`) };
}

/** What a run could be given, made from the schemas of the trigger; `undefined` where it has none. */
export function sampleTrigger(live: LiveTrigger, now: Date): { trigger: JsonObject; issues: string[] } | undefined {
  switch (live.kind) {
    case 'webhook': {
      const { body, query, headers } = live.webhook;
      return sampleOf({ body, query, headers });
    }
    case 'manual':
      return sampleOf({ input: live.schema });
    case 'schedule':
      return { trigger: { at: now.toISOString() }, issues: [] };
    case 'poll':
    case 'event':
      return sampleOf({ event: live.trigger.output });
  }
}

function sampleOf(schemas: { [part: string]: JsonObject | undefined }): { trigger: JsonObject; issues: string[] } {
  const trigger: JsonObject = {};
  const issues: string[] = [];
  for (const [part, schema] of Object.entries(schemas)) {
    if (schema === undefined) continue;
    const { value, issues: own } = sampleFromSchema(schema);
    trigger[part] = value;
    issues.push(...own.map(({ pointer, message }) => `${part}${pointer} ${message}`));
  }
  return { trigger, issues };
}
