import type { SchemaCheck } from '../json/schema.ts';
import type { JsonObject } from '../json/value.ts';
import type { LiveTrigger } from './live-deployment.ts';

/** Why what a run is to be given is not what its trigger takes, if so. */
export function misfitOf(trigger: LiveTrigger, given: JsonObject): string | undefined {
  const checks: { [part: string]: SchemaCheck | undefined } =
    trigger.kind === 'webhook'
      ? { body: trigger.body, query: trigger.query, headers: trigger.headers }
      : trigger.kind === 'manual'
        ? { input: trigger.input }
        : {};
  const words = Object.entries(checks).flatMap(([part, check]) =>
    (check?.(given[part] ?? null) ?? []).map(
      ({ pointer, message }) => `the ${part}${pointer.replaceAll('/', '.')} ${message}`,
    ),
  );
  return words.length === 0 ? undefined : words.join('; ');
}
