import { builtinCatalog } from '../../connectors/builtin.ts';
import type { Catalog } from '../../connectors/catalog.ts';
import {
  describeAction,
  describeConnector,
  describeTrigger,
  type ActionDescription,
  type ConnectorDescription,
  type FieldDescription,
  type TriggerDescription,
} from '../../connectors/describe.ts';
import { schemaFields } from '../../connectors/schema-fields.ts';
import { searchCatalog } from '../../connectors/search.ts';
import type { Connector, Limits } from '../../generated/connector.ts';
import type { JsonObject } from '../../json/value.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import { typeFromSchema } from '../../language/schema-type.ts';
import { describeType } from '../../language/types.ts';
import { checkWorkspace } from '../../runner/check-workspace.ts';
import { EXIT, NotFoundError } from '../exit.ts';
import { findWorkspace, nearestWorkspace } from '../find-workspace.ts';
import type { Format } from '../options.ts';
import { renderTable } from '../render-table.ts';

export interface ConnectorOptions {
  workspace?: string;
  format: Format;
}

const MAX_HITS = 20;

/** `waybill connector search WORDS`: connectors and actions by what they do. */
export async function search(words: string[], options: ConnectorOptions): Promise<number> {
  const catalog = await catalogOf(options);
  const results = searchCatalog(catalog, words.join(' '), MAX_HITS);
  if (options.format === 'json') console.log(JSON.stringify({ results }));
  else if (results.length === 0) console.log(`nothing fits; services: ${catalog.names().join(', ')}`);
  else {
    for (const { name, title, description } of results) console.log(`${name}\n    ${title}. ${description}`);
  }
  return results.length === 0 ? EXIT.findings : EXIT.clean;
}

/** `waybill connector describe SERVICE[.ACTION]`: what a connection and a step need. */
export async function describe(name: string, options: ConnectorOptions): Promise<number> {
  const catalog = await catalogOf(options);
  const [service = '', ...rest] = name.split('.');
  const connector = catalog.get(service);
  if (connector === undefined) throw unknown('service', service, catalog.names());
  const text = options.format === 'text';
  if (rest.length === 0) {
    const description = describeConnector(connector);
    console.log(text ? renderConnector(description) : JSON.stringify(description));
    return EXIT.clean;
  }
  const part = rest.join('.');
  const trigger = Object.hasOwn(connector.triggers ?? {}, part) ? connector.triggers?.[part] : undefined;
  if (trigger === undefined) {
    const description = findAction(connector, part);
    console.log(text ? renderAction(description) : JSON.stringify(description));
  } else {
    const description = describeTrigger(connector, part, trigger);
    console.log(text ? renderTrigger(description) : JSON.stringify(description));
  }
  return EXIT.clean;
}

function findAction(connector: Connector, name: string): ActionDescription {
  const action = Object.hasOwn(connector.actions, name) ? connector.actions[name] : undefined;
  const known = [...Object.keys(connector.actions), ...Object.keys(connector.triggers ?? {})];
  if (action === undefined)
    throw unknown(
      'action or trigger',
      `${connector.name}.${name}`,
      known.map((one) => `${connector.name}.${one}`),
    );
  return describeAction(connector, name, action);
}

/** The built-in connectors, with those of the workspace where there is one. */
async function catalogOf({ workspace }: ConnectorOptions): Promise<Catalog> {
  const folder = workspace === undefined ? nearestWorkspace() : findWorkspace(workspace);
  return folder !== undefined ? checkWorkspace(folder).catalog : builtinCatalog();
}

function unknown(what: string, name: string, known: string[]): NotFoundError {
  const near = nearestName(name, known);
  return new NotFoundError(
    `there is no ${what} ${name}`,
    near === undefined ? `known: ${known.join(', ')}` : `did you mean ${near}?`,
  );
}

function renderConnector({
  name,
  title,
  version,
  description,
  docs,
  connection,
  limits,
  triggers,
  webhook_schemes,
  actions,
}: ConnectorDescription): string {
  const lines = [`${name} ${version}: ${title}`, description];
  if (docs !== undefined) lines.push(docs);
  if (connection === undefined) lines.push('', 'It needs no connection.');
  else {
    const { hosts, fields } = connection;
    lines.push('', `Connection (waybill connect ACCOUNT ${name}), sent to ${[hosts].flat().join(', ') || 'nobody'}:`);
    lines.push(
      renderTable(
        fields.map((field) => [
          `  ${field.name}`,
          `${field.secret ? 'secret' : 'in account.json'}, ${field.required ? 'required' : 'optional'}${renderCondition(field)}`,
          [field.title, field.description?.replace(/\.$/, ''), field.help_url]
            .filter((part) => part !== undefined)
            .join('; '),
        ]),
      ),
    );
    if (connection.tested) lines.push(`  Tried by: waybill connector test ACCOUNT ${name}`);
  }
  if (limits !== undefined) lines.push('', `Limits: ${renderLimits(limits)}`);
  if (triggers.length > 0)
    lines.push(
      '',
      'Triggers, sent by the service at once or asked for again and again:',
      renderTable(triggers.map(({ on, how, title: what }) => [`  ${on}`, how, what])),
    );
  if (webhook_schemes.length > 0) {
    const rows = webhook_schemes.map(({ name: scheme, title: what, key }) => [
      `  ${scheme}`,
      what,
      key === undefined ? `for triggers alone: ${title} gives the key` : `checked with ${key}`,
    ]);
    lines.push('', `Schemes of webhooks ("verify": { "scheme": …, "connection": … }):`, renderTable(rows));
  }
  if (actions.length > 0)
    lines.push(
      '',
      'Actions:',
      renderTable(actions.map(({ uses, effect, title: what }) => [`  ${uses}`, effect, what])),
    );
  return lines.join('\n');
}

function renderCondition({ when }: FieldDescription): string {
  return when === undefined ? '' : `, where ${when.field} is ${when.is.join(' or ')}`;
}

function renderLimits({ requests = [], concurrency }: Limits): string {
  const counts = requests.map(({ count, period }) => `${count} requests in ${period}`);
  return [...counts, ...(concurrency === undefined ? [] : [`${concurrency} calls at a time`])].join(', ');
}

function renderAction({
  uses,
  title,
  description,
  effect,
  connection,
  repeatable,
  choices,
  input,
  output,
  example,
}: ActionDescription): string {
  return [
    `${uses}: ${title}`,
    description,
    `Effect: ${effect}${repeatable ? ', repeated under the same key' : ''}. ${connection ? 'Needs a connection.' : 'Needs no connection.'}`,
    ...choices.map(
      (field) =>
        `Values of ${field}: waybill connector choices ACCOUNT CONNECTION ${uses.replace(/^.*\./, '')} ${field}`,
    ),
    '',
    'Input:',
    renderFields(input),
    '',
    'Output:',
    renderFields(output),
    '',
    'A step to begin with:',
    JSON.stringify(example, undefined, 2),
  ].join('\n');
}

function renderTrigger(described: TriggerDescription): string {
  const { on, title, description, connection, how, every, setup, input, output, sample, example } = described;
  return [
    `${on}: ${title}`,
    description,
    how === 'sent' ? 'Sent by the service.' : `Asked for every ${every ?? '5m'}, or as \`every\` says.`,
    connection ? 'Needs a connection.' : 'Needs no connection.',
    ...(setup === undefined ? [] : [`The address: waybill url ACCOUNT @CONNECTION. ${setup}`]),
    ...(input['properties'] === undefined ? [] : ['', 'With:', renderFields(input)]),
    '',
    'trigger.event:',
    renderFields(output),
    '',
    'A trigger to begin with:',
    JSON.stringify(example, undefined, 2),
    ...(sample === null ? [] : ['', 'An event, such as:', JSON.stringify(sample, undefined, 2)]),
  ].join('\n');
}

function renderFields(schema: JsonObject): string {
  const fields = schemaFields(schema);
  if (fields === undefined) return `  ${describeType(typeFromSchema(schema))}`;
  return renderTable(
    fields.map(({ name, type, sensitive, description }) => [
      `  ${name}`,
      sensitive === undefined ? type : `${type} [${sensitive}]`,
      description,
    ]),
  );
}
