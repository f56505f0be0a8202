import { locate } from '../../json/pointer.ts';
import { typeFromSchema } from '../../language/schema-type.ts';
import { sensitivityOf } from '../../language/sensitivity.ts';
import type { AutomationContext } from '../context.ts';
import { schemaProblems } from '../schema-problems.ts';
import { readSettings, type Settings } from '../settings.ts';

/** The settings of a shared automation can be used: an object in the open, whose defaults fit. Gives them where they can. */
export function checkSettingsSchema(context: AutomationContext): Settings | undefined {
  const { document, value, shared } = context.automation;
  const schema = value.settings;
  if (schema === undefined) return undefined;
  if (!shared) {
    const help = 'write the values where they are used, or move the automation to automations/shared';
    const range = document.rangeOf(['settings'], 'key');
    context.report(
      document.diagnostic('WB5010', ['settings'], 'only a shared automation has settings', { help, range }),
    );
    return undefined;
  }
  const problems = schemaProblems(schema);
  for (const { path, message } of problems)
    context.report(document.diagnostic('WB1007', ['settings', ...path], message));
  if (problems.length > 0) return undefined;
  if (schema['type'] !== 'object') {
    const help = 'say "type": "object"';
    const range = document.rangeOf(['settings'], 'key');
    context.report(document.diagnostic('WB5008', ['settings'], 'settings are an object', { help, range }));
    return undefined;
  }
  const settings = readSettings(schema);
  checkDefaults(context, settings);
  checkOpen(context, settings);
  return settings;
}

/** The defaults alone may lack what has none: only what is wrong within one of them is of interest. */
function checkDefaults({ automation, report }: AutomationContext, { defaults, check }: Settings): void {
  for (const { pointer, message } of check(defaults)) {
    const [name, ...inner] = locate(defaults, pointer);
    if (name === undefined) continue;
    const place = ['settings', 'properties', name, 'default', ...inner];
    report(automation.document.diagnostic('WB5008', place, `the default of \`${name}\` does not fit: it ${message}`));
  }
}

function checkOpen({ automation, report }: AutomationContext, { schema }: Settings): void {
  const type = typeFromSchema(schema);
  for (const [name, property] of type.kind === 'object' ? type.properties : []) {
    if (sensitivityOf(property.type) !== 'secret') continue;
    const help = 'let the account have a connection, and its connector take the credential';
    const message = `\`${name}\` is marked as secret, and settings are in the open`;
    const place = ['settings', 'properties', name];
    const range = automation.document.rangeOf(place, 'key');
    report(automation.document.diagnostic('WB5009', place, message, { help, range }));
  }
}
