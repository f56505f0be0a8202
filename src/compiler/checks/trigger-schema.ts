import { validateJsonSchema } from '../../generated/validators.js';
import { describeSchemaErrors } from '../../json/schema-issue.ts';
import type { AutomationContext } from '../context.ts';

/** The trigger's schemas are valid JSON Schemas; the runner compiles them. */
export function checkTriggerSchemas({ automation, report }: AutomationContext): void {
  const { webhook } = automation.value.trigger;
  for (const part of ['body', 'query', 'headers'] as const) {
    const schema = webhook[part];
    if (schema === undefined || validateJsonSchema(schema)) continue;
    const [issue] = describeSchemaErrors(validateJsonSchema.errors ?? []);
    const path = ['trigger', 'webhook', part, ...(issue?.pointer.split('/').slice(1) ?? [])];
    report(
      automation.document.diagnostic(
        'WB1007',
        path,
        `this is not a JSON Schema: it ${issue?.message ?? 'is not valid'}`,
        { help: 'see https://json-schema.org/understanding-json-schema' },
      ),
    );
  }
}
