import type { AutomationContext } from '../context.ts';
import { schemaProblems } from '../schema-problems.ts';

/** The trigger's schemas can be used; the runner compiles them. */
export function checkTriggerSchemas({ automation, report }: AutomationContext): void {
  const { webhook } = automation.value.trigger;
  for (const part of ['body', 'query', 'headers'] as const) {
    const schema = webhook[part];
    for (const { path, message } of schema === undefined ? [] : schemaProblems(schema)) {
      const place = ['trigger', 'webhook', part, ...path];
      const help = 'see https://json-schema.org/understanding-json-schema';
      report(automation.document.diagnostic('WB1007', place, message, { help }));
    }
  }
}
