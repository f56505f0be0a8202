import type { TestTrigger } from '../generated/test.ts';
import type { JsonObject } from '../json/value.ts';
import type { Instant } from '../run/records.ts';
import { takeDelivery } from '../runner/delivery.ts';
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
      return takeDelivery(live, {
        body: Buffer.from(text),
        query: queryOf(query),
        headers: { ...JSON_TYPE, ...headers },
      });
    }
    case 'schedule':
      return { trigger: dueTrigger(live, sent.at === undefined ? now : Date.parse(sent.at)) };
    case 'poll':
    case 'event':
      return sent.event === undefined ? { reason: 'the trigger needs an event' } : { trigger: { event: sent.event } };
    case 'manual': {
      const { input } = sent;
      return refusalOf(live, input) ?? { trigger: input === undefined ? {} : { input } };
    }
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** As it stands in an address. */
function queryOf(query: NonNullable<TestTrigger['query']>): string {
  const parameters = new URLSearchParams();
  for (const [name, values] of Object.entries(query))
    for (const value of [values].flat()) parameters.append(name, value);
  return `?${parameters.toString()}`;
}
