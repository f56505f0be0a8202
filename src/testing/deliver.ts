import type { TestTrigger } from '../generated/test.ts';
import type { JsonObject } from '../json/value.ts';
import type { Instant } from '../run/records.ts';
import { takeDelivery } from '../runner/hooks.ts';
import type { LiveTrigger } from '../runner/live-deployment.ts';
import { refusalOf } from '../runner/manual-starts.ts';
import { dueTrigger } from '../runner/schedules.ts';

/** Gives a trigger what a case sends: what expressions read as `trigger`, or the reason why it is refused. */
export function deliver(
  live: LiveTrigger,
  sent: TestTrigger,
  now: Instant,
): { trigger: JsonObject } | { reason: string } {
  switch (live.kind) {
    case 'webhook': {
      const { body, query = {}, headers = {} } = sent;
      const text = body === undefined ? '' : JSON.stringify(body);
      return takeDelivery(live, { contentType: 'application/json', body: text, query, headers });
    }
    case 'schedule':
      return { trigger: dueTrigger(live, sent.at === undefined ? now : Date.parse(sent.at)) };
    case 'manual': {
      const { input } = sent;
      return refusalOf(live, input) ?? { trigger: input === undefined ? {} : { input } };
    }
  }
}
