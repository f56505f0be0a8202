import { sampleFromSchema } from '../json/sample.ts';
import type { Json } from '../json/value.ts';
import type { LiveAutomation } from './live-deployment.ts';

/** A body that the webhook of the automation takes, as far as one can be made up. */
export function sampleDelivery({ plan }: LiveAutomation): { sample: Json; issues: string[] } {
  const { value, issues } = sampleFromSchema(plan.trigger.webhook.body);
  return { sample: value, issues: issues.map(({ pointer, message }) => `${pointer || 'the body'} ${message}`) };
}
