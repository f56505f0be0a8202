/** Writes docs/connectors/ from the built-in connectors; `--check` fails where it is not current. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyFields } from '../src/connectors/connection-fields.ts';
import { authWays } from '../src/connectors/auth-way.ts';
import { builtinCatalog } from '../src/connectors/builtin.ts';
import { describeTrigger } from '../src/connectors/describe.ts';
import { exampleStep } from '../src/connectors/example-step.ts';
import { schemaFields } from '../src/connectors/schema-fields.ts';
import type { Action, Connector, ConnectorTrigger, Field, Limits } from '../src/generated/connector.ts';
import type { JsonObject } from '../src/json/value.ts';

const folder = join(import.meta.dirname, '..', 'docs/connectors');
const catalog = builtinCatalog();
const connectors = catalog.names().flatMap((name) => catalog.get(name) ?? []);
const pages = new Map([
  ['README.md', index()],
  ...connectors.map((connector): [string, string] => [
    `${connector.name}.md`,
    page(connector).replaceAll(/\n{3,}/g, '\n\n'),
  ]),
]);

if (process.argv.includes('--check')) check();
else write();

function check(): void {
  const stale = [...pages].filter(([name, text]) => read(name) !== text).map(([name]) => name);
  const left = present().filter((name) => !pages.has(name));
  if (stale.length + left.length === 0) return;
  console.error(`docs/connectors is not current (${[...stale, ...left].join(', ')}): run npm run generate`);
  process.exitCode = 1;
}

function write(): void {
  mkdirSync(folder, { recursive: true });
  for (const name of present()) if (!pages.has(name)) rmSync(join(folder, name));
  for (const [name, text] of pages) writeFileSync(join(folder, name), text);
}

function present(): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(name: string): string | undefined {
  return present().includes(name) ? readFileSync(join(folder, name), 'utf8') : undefined;
}

function index(): string {
  const rows = connectors.map(
    ({ name, title, description, actions, triggers = {} }) =>
      `| [${title}](${name}.md) | \`${name}\` | ${cell(description)} | ${Object.keys(actions).length} | ${Object.keys(triggers).length} |`,
  );
  return `# Connectors

The services that come with Waybill. \`waybill connector search "words"\` finds an action by what it does, \`waybill connector
describe SERVICE.ACTION\` shows it in the terminal. A workspace adds its own: [Write a connector](../guides/connectors.md).

| service | name | what it is for | actions | triggers |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

function page(connector: Connector): string {
  const { name, title, version, description, docs, actions } = connector;
  const list = Object.entries(actions).map(
    ([action, { title: what, effect }]) => `| [\`${name}.${action}\`](#${name}${action}) | ${cell(what)} | ${effect} |`,
  );
  return `# ${title}

${description}

\`${name}\` ${version}${docs === undefined ? '' : ` · [its API](${docs})`}

${connectionPart(connector)}
${triggerList(connector)}

${list.length === 0 ? '' : `## Actions\n\n| action | what it does | effect |\n|---|---|---|\n${list.join('\n')}`}

${[
  ...Object.entries(actions).map(([action, value]) => actionPart(connector, action, value)),
  ...triggersPart(connector),
].join('\n\n')}
`;
}

/** What starts runs at the service, before the actions: the page is long. */
function triggerList({ name, triggers = {} }: Connector): string {
  const rows = Object.entries(triggers).map(
    ([trigger, { title, poll }]) =>
      `| [\`${name}.${trigger}\`](#${name}${trigger}) | ${cell(title)} | ${poll === undefined ? 'sent at once' : 'asked for'} |`,
  );
  if (rows.length === 0) return '';
  return `## What starts runs\n\nEach is described [below](#triggers).\n\n| trigger | what happens | how it comes |\n|---|---|---|\n${rows.join('\n')}`;
}

function connectionPart({ name, connection, limits }: Connector): string {
  const limit = limits === undefined ? '' : `\n${limitWords(limits)}\n`;
  if (connection === undefined) return `## Connection\n\nIt needs none.\n${limit}`;
  const { fields, hosts, test } = connection;
  const rows = Object.entries(fields).map(([field, value]) => fieldRow(field, value));
  const words = Object.entries(fields).map(([field, value]) => fieldWords(field, value));
  const consents = authWays(connection).some((auth) => auth.type === 'oauth2' && auth.grant === 'authorization_code');
  const guide = `\nFor a connection to which a person consents, \`waybill oauth guide ${name}\` says what to register. [How](../guides/oauth.md)\n`;
  const tried = test === undefined ? '' : ` \`waybill connector test ACCOUNT ${name}\` tries it.`;
  return `## Connection

\`waybill connect ACCOUNT ${name}\` asks for these.${tried} ${sentTo(hosts)}

| field | | where it is kept |
|---|---|---|
${rows.join('\n')}

What to enter:

${words.join('\n')}
${consents ? guide : ''}${limit}`;
}

function sentTo(hosts: string[] | string): string {
  const names = [hosts]
    .flat()
    .map((host) => host.replaceAll(/\$\{\{ connection\.(\w+) \}\}/g, (_expression, field: string) => `<${field}>`))
    .map(code);
  return names.length === 0 ? 'The credential goes nowhere.' : `The credential goes to ${names.join(', ')} alone.`;
}

function fieldRow(name: string, field: Field): string {
  const { title, secret, required, when, default: otherwise } = field;
  const needed = required === false || otherwise !== undefined ? 'optional' : 'required';
  const condition =
    when === undefined ? '' : `, where \`${when.field}\` is ${when.is.map(String).map(code).join(' or ')}`;
  const kept = `${secret === true ? 'secret' : 'account.json'}, ${needed}${condition}`;
  return `| \`${name}\` | ${cell(title)} | ${kept} |`;
}

/** How a person comes by what is to be entered. */
function fieldWords(name: string, field: Field): string {
  const { title, description, help_url: help, prefix = '', suffix = '', default: otherwise } = field;
  const around = prefix + suffix === '' ? [] : [`Of ${code(`${prefix}…${suffix}`)} the part in the middle.`];
  const words = [
    `- **${title}** (\`${name}\`).`,
    ...(description === undefined ? [] : [description]),
    ...around,
    ...(otherwise === undefined ? [] : [`Without it: ${code(JSON.stringify(otherwise))}.`]),
    ...(help === undefined ? [] : [`[Its page](${help})`]),
  ];
  return words.join(' ').replaceAll('<', '\\<');
}

function limitWords({ requests = [], concurrency }: Limits): string {
  const counts = requests.map(({ count, period }) => `${count} requests in ${period}`);
  const all = [...counts, ...(concurrency === undefined ? [] : [`${concurrency} calls at a time`])];
  return `Limits: ${all.join(', ')}.`;
}

function actionPart({ name, actions }: Connector, action: string, value: Action): string {
  const { description, effect, idempotency, limits, choices = {}, input, output, sample } = value;
  const uses = `${name}.${action}`;
  const facts = [
    `Effect: ${effect}${idempotency === undefined ? '' : `, repeated under the same key within ${idempotency.lifetime}`}.`,
    ...(limits === undefined ? [] : [limitWords(limits)]),
    ...Object.entries(choices).map(([field, { action: from }]) => {
      return `Values of \`${field}\`: ${Object.hasOwn(actions, from) ? `[\`${from}\`](#${name}${from})` : code(from)}.`;
    }),
  ];
  const step = JSON.stringify(exampleStep(uses, action, input), undefined, 2);
  return `### \`${uses}\`

${description}

${facts.join(' ')}

${fieldTable('Input', input)}

${fieldTable('Output', output)}

A step:

\`\`\`json
${step}
\`\`\`

Gives, such as:

\`\`\`json
${JSON.stringify(sample ?? null, undefined, 2)}
\`\`\``;
}

/** What starts a run, and how webhooks are proved genuine. */
function triggersPart(connector: Connector): string[] {
  const { name, triggers = {}, webhook_schemes: schemes = {} } = connector;
  const parts = Object.entries(triggers).map(([trigger, value]) => triggerPart(connector, trigger, value));
  const rows = Object.entries(schemes).map(([scheme, { title, algorithm, key, docs }]) => {
    const words = docs === undefined ? title : `[${title}](${docs})`;
    const fields = keyFields(key).map(code).join(' or ');
    return `| ${code(scheme)} | ${words} | ${algorithm} | ${fields === '' ? 'given by the service' : fields} |`;
  });
  const webhooks = `## Webhooks

\`"verify": { "scheme": …, "connection": … }\` of a webhook trigger proves by these that a request is genuine.
[How](../guides/webhooks.md)

| scheme | whose requests | algorithm | the key is the connection's |
|---|---|---|---|
${rows.join('\n')}`;
  return [
    ...(parts.length === 0
      ? []
      : [
          `## Triggers\n\nWhat happens at \`${name}\` starts runs. [How](../guides/webhooks.md#what-happens-at-a-service)`,
          ...parts,
        ]),
    ...(rows.length === 0 ? [] : [webhooks]),
  ];
}

/** Whether the service is asked or sends, and what a person has to do. */
function howItComes({ title, subscriptions = {} }: Connector, { poll, webhook }: ConnectorTrigger): string {
  if (poll !== undefined) return `Asked every ${poll.every ?? '5m'}, where the automation says nothing else.`;
  const { setup, subscription = '' } = webhook ?? {};
  const made = subscriptions[subscription]?.title ?? '';
  return setup === undefined
    ? `${title} sends it at once: a runner that is started with \`--public-url\` makes what is needed there (${made}).`
    : `${title} sends it to the address that \`waybill url ACCOUNT @CONNECTION\` shows. ${setup}`;
}

function triggerPart(connector: Connector, name: string, trigger: ConnectorTrigger): string {
  const { description, input = {}, output, sample } = trigger;
  const { example } = describeTrigger(connector, name, trigger);
  return `### \`${connector.name}.${name}\`

${description}

${howItComes(connector, trigger)}

${fieldTable('With', input)}

${fieldTable('Event', output)}

A trigger:

\`\`\`json
${JSON.stringify(example, undefined, 2)}
\`\`\`

An event:

\`\`\`json
${JSON.stringify(sample ?? null, undefined, 2)}
\`\`\``;
}

function fieldTable(what: string, schema: JsonObject): string {
  const fields = schemaFields(schema) ?? [];
  if (fields.length === 0) return `${what}: ${Object.keys(schema).length === 0 ? 'anything' : 'none'}.`;
  const rows = fields.map(({ name, type, sensitive, description }) => {
    const mark = sensitive === undefined ? '' : ` (${sensitive})`;
    return `| \`${name}\` | ${cell(`${code(type)}${mark}`)} | ${cell(description)} |`;
  });
  return `| ${what.toLowerCase()} | type | |\n|---|---|---|\n${rows.join('\n')}`;
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A text in a cell of a table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '\\<').replaceAll('\n', ' ');
}
