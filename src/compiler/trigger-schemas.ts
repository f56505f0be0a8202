import type { Catalog } from '../connectors/catalog.ts';
import type { Trigger } from '../generated/automation.ts';
import type { PointerToken } from '../json/pointer.ts';
import type { JsonObject } from '../json/value.ts';

/** What expressions read of a trigger under `name`, and where the file says what that is. */
export interface TriggerPart {
  name: string;
  schema: JsonObject;
  /** Of the schema, within the automation; `undefined` where the file does not hold it. */
  path: PointerToken[] | undefined;
}

const DATE_TIME = { type: 'string', format: 'date-time' };

/** The parts of what starts a run, each with its JSON Schema. */
export function triggerSchemas(trigger: Trigger, catalog: Catalog): TriggerPart[] {
  const { webhook, schedule, manual, on } = trigger;
  if (on !== undefined) return eventOf(on, catalog);
  const parts = {
    webhook: { body: webhook?.body, query: webhook?.query, headers: webhook?.headers },
    schedule: { at: schedule && DATE_TIME },
    manual: { input: manual?.input },
  };
  return Object.entries(parts).flatMap(([kind, schemas]) =>
    Object.entries(schemas).flatMap(([name, schema]) =>
      schema === undefined ? [] : [{ name, schema, path: kind === 'schedule' ? undefined : ['trigger', kind, name] }],
    ),
  );
}

/** What happens at a service, as its connector says; nothing where the trigger is unknown. */
function eventOf(on: string, catalog: Catalog): TriggerPart[] {
  const [service = '', name = ''] = on.split('.');
  const triggers = catalog.get(service)?.triggers ?? {};
  const schema = Object.hasOwn(triggers, name) ? triggers[name]?.output : undefined;
  return schema === undefined ? [] : [{ name: 'event', schema, path: undefined }];
}
