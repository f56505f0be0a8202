import type { JsonObject } from '../json/value.ts';
import { typeFromSchema } from '../language/schema-type.ts';
import type { TypeScope } from '../language/scope.ts';
import { STRING, type Type } from '../language/types.ts';
import type { AutomationContext, ResolvedStep } from './context.ts';

/** What the expressions of the step at an index can see; an index after the last step is for the output. */
export function scopeFor({ automation }: AutomationContext, steps: readonly ResolvedStep[], index: number): TypeScope {
  const resolved = new Map(steps.map((step) => [step.index, step]));
  const before = new Map<string, Type>();
  for (const [position, { id }] of automation.value.steps.slice(0, index).entries()) {
    const step = resolved.get(position);
    // The output of a step whose action is unknown could be anything; that the action is unknown is already said.
    before.set(id, step === undefined ? { kind: 'never' } : typeFromSchema(step.action.output));
  }
  const { webhook } = automation.value.trigger;
  const trigger = closed(
    Object.entries({ body: webhook.body, query: webhook.query, headers: webhook.headers }).flatMap(([name, schema]) =>
      schema === undefined ? [] : [[name, typeFromSchema(schema)] as const],
    ),
  );
  const account = closed(['name', 'timezone', 'locale', 'region', 'currency'].map((name) => [name, STRING] as const));
  const run = closed([['id', STRING]]);
  return {
    roots: new Map([
      ['trigger', trigger],
      ['account', account],
      ['run', run],
    ]),
    steps: { before, later: automation.value.steps.slice(index).map(({ id }) => id) },
  };
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
