import { sampleFromSchema } from '../json/sample.ts';
import type { Json } from '../json/value.ts';
import type { LiveWebhook } from './live-deployment.ts';

/** A body that the webhook takes, as far as one can be made up. */
export function sampleDelivery({ webhook }: LiveWebhook): { sample: Json; issues: string[] } {
  const { value, issues } = sampleFromSchema(webhook.body);
  return { sample: value, issues: issues.map(({ pointer, message }) => `${pointer || 'the body'} ${message}`) };
}
