import type { JsonObject } from '../json/value.ts';
import { typeFromSchema } from '../language/schema-type.ts';
import type { TypeScope } from '../language/scope.ts';
import { STRING, type Type } from '../language/types.ts';
import type { AutomationContext } from './context.ts';
import type { Settings } from './settings.ts';
import { triggerSchemas } from './trigger-schemas.ts';

/** What the first step's expressions can see. */
export function firstScope(
  { automation, allSteps, catalog }: AutomationContext,
  settings: Settings | undefined,
): TypeScope {
  const parts = triggerSchemas(automation.value.trigger, catalog);
  const known = parts.map(({ name, schema }) => [name, typeFromSchema(schema)] as const);
  // An event of a trigger that is unknown could be anything; that the trigger is unknown is said where it stands.
  const unknownEvent = automation.value.trigger.on !== undefined && parts.length === 0;
  const trigger = closed(unknownEvent ? [['event', { kind: 'never' }]] : known);
  return {
    roots: new Map([
      ['trigger', trigger],
      ['account', ACCOUNT],
      ...(settings === undefined ? [] : [['settings', typeFromSchema(settings.schema)] as const]),
      ['run', RUN],
    ]),
    steps: { before: new Map(), later: allSteps.map(({ step }) => step.id), hidden: new Map() },
  };
}

const ACCOUNT = closed(['name', 'timezone', 'locale', 'region', 'currency'].map((name) => [name, STRING] as const));
const RUN = closed([['id', STRING]]);

/** What expressions can see that come before the steps: these names alone. */
export function onlyNames({ roots }: TypeScope, names: readonly string[]): TypeScope {
  const seen = names.flatMap((name) => {
    const type = roots.get(name);
    return type === undefined ? [] : [[name, type] as const];
  });
  return { roots: new Map(seen) };
}

/** The defaults of account.schema.json. */
export const ACCOUNT_DEFAULTS = {
  timezone: 'UTC',
  locale: 'en-US',
  region: 'US',
  currency: 'USD',
} as const satisfies JsonObject;

function closed(fields: readonly (readonly [string, Type])[]): Type {
  return {
    kind: 'object',
    properties: new Map(fields.map(([name, type]) => [name, { type, required: true }])),
    additional: false,
  };
}
