import type { Trigger } from '../generated/automation.ts';
import type { PointerToken } from '../json/pointer.ts';
import type { JsonObject } from '../json/value.ts';

/** What expressions read of a trigger under `name`, and where the file says what that is. */
export interface TriggerPart {
  name: string;
  schema: JsonObject;
  /** Of the schema, within the automation. */
  path: PointerToken[];
}

const DATE_TIME = { type: 'string', format: 'date-time' };

/** The parts of what starts a run, each with its JSON Schema. */
export function triggerSchemas({ webhook, schedule, manual }: Trigger): TriggerPart[] {
  const parts = {
    webhook: { body: webhook?.body, query: webhook?.query, headers: webhook?.headers },
    schedule: { at: schedule && DATE_TIME },
    manual: { input: manual?.input },
  };
  return Object.entries(parts).flatMap(([kind, schemas]) =>
    Object.entries(schemas).flatMap(([name, schema]) =>
      schema === undefined ? [] : [{ name, schema, path: ['trigger', kind, name] }],
    ),
  );
}
