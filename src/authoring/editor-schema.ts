import type { Catalog } from '../connectors/catalog.ts';
import type { Automation } from '../generated/automation.ts';
import type { Action, Connector } from '../generated/connector.ts';
import { isJsonObject, ownProperty, type Json, type JsonObject } from '../json/value.ts';

/** Any text with an expression: what it gives is for `waybill check`, which knows types. */
const EXPRESSION: JsonObject = { type: 'string', pattern: '\\$\\{\\{' };
/** Keywords whose value is a schema of a value, a list of such, and an object of such. */
const SCHEMA = new Set(['items', 'additionalProperties', 'contains']);
const LIST = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const NAMED = new Set(['properties', 'patternProperties', '$defs']);
const VALUES = new Set(['items', 'additionalProperties', 'prefixItems', 'properties', 'patternProperties']);

/**
 * The schema of automations for an editor: `uses` offers the actions that there are, `with` the fields of the action, and
 * `connection` the connections of the account. Without `connections` it is the schema of shared automations, which have
 * settings instead. `base` is schemas/automation.schema.json.
 */
export function automationEditorSchema(
  base: JsonObject,
  catalog: Catalog,
  connections?: readonly string[],
): JsonObject {
  const definitions = objectAt(base, '$defs');
  const step = objectAt(definitions, 'Step');
  const properties = objectAt(step, 'properties');
  const actions = actionsOf(catalog);
  const inputs = actions.map(({ uses, action }) => [inputName(uses), inputSchema(uses, action)] as const);
  const { settings, ...others } = objectAt(base, 'properties');
  return {
    ...base,
    $id: 'waybill:automation',
    properties: { ...others, ...(connections === undefined && settings !== undefined ? { settings } : {}) },
    $defs: {
      ...definitions,
      Step: {
        ...step,
        properties: {
          ...properties,
          uses: {
            type: 'string',
            description: objectAt(properties, 'uses')['description'] ?? '',
            enum: actions.map(({ uses }) => uses),
            markdownEnumDescriptions: actions.map(({ connector, action }) => describe(connector, action)),
          },
          ...(connections === undefined || connections.length === 0
            ? {}
            : { connection: { ...objectAt(properties, 'connection'), enum: [...connections] } }),
        },
        allOf: actions.map(({ uses, action }) => whenUsed(uses, action)),
      },
      Trigger: triggerSchema(objectAt(definitions, 'Trigger'), catalog, connections ?? []),
      Verify: verifySchema(objectAt(definitions, 'Verify'), catalog, connections ?? []),
      ...Object.fromEntries(inputs),
    },
  };
}

/**
 * The schema of account.json for an editor: connectors that there are, each with its fields, and shared automations, each
 * with its settings.
 */
export function accountEditorSchema(
  base: JsonObject,
  catalog: Catalog,
  shared: ReadonlyMap<string, Automation>,
): JsonObject {
  const definitions = objectAt(base, '$defs');
  const connection = objectAt(definitions, 'Connection');
  const connectors = catalog.names().flatMap((name) => {
    const found = catalog.get(name);
    return found?.connection === undefined ? [] : [found];
  });
  const connector = {
    ...objectAt(objectAt(connection, 'properties'), 'connector'),
    enum: connectors.map(({ name }) => name),
    markdownEnumDescriptions: connectors.map(({ title, description }) => `**${title}**\n\n${description}`),
  };
  const properties = objectAt(base, 'properties');
  const install = {
    ...objectAt(properties, 'install'),
    properties: Object.fromEntries([...shared.keys()].map((name) => [name, { $ref: `#/$defs/${installName(name)}` }])),
    additionalProperties: false,
  };
  const installs = [...shared].map(([name, automation]): [string, JsonObject] => [
    installName(name),
    installSchema(objectAt(definitions, 'Install'), name, automation),
  ]);
  return {
    ...base,
    $id: 'waybill:account',
    properties: { ...properties, install },
    $defs: {
      ...definitions,
      ...Object.fromEntries(installs),
      Connection: {
        ...connection,
        properties: { ...objectAt(connection, 'properties'), connector },
        allOf: connectors.map((one) =>
          whereEqual('connector', one.name, {
            properties: { fields: { properties: fieldsOf(one), additionalProperties: false } },
          }),
        ),
      },
    },
  };
}

interface NamedAction {
  uses: string;
  connector: Connector;
  action: Action;
}

function actionsOf(catalog: Catalog): NamedAction[] {
  return catalog.names().flatMap((name) => {
    const connector = catalog.get(name);
    if (connector === undefined) return [];
    return Object.entries(connector.actions).map(([action, value]) => ({
      uses: `${name}.${action}`,
      connector,
      action: value,
    }));
  });
}

function describe({ title }: Connector, action: Action): string {
  return `**${title}: ${action.title}** (${action.effect})\n\n${action.description}`;
}

/** Offers the triggers that there are, and the connections of the account. */
function triggerSchema(trigger: JsonObject, catalog: Catalog, connections: readonly string[]): JsonObject {
  const properties = objectAt(trigger, 'properties');
  const all = catalog.names().flatMap((name) => {
    const { title = '', triggers = {} } = catalog.get(name) ?? {};
    return Object.entries(triggers).map(([id, one]) => ({
      on: `${name}.${id}`,
      words: `**${title}: ${one.title}**\n\n${one.description}`,
    }));
  });
  const on = objectAt(properties, 'on');
  const names = { enum: all.map((one) => one.on), markdownEnumDescriptions: all.map(({ words }) => words) };
  const connection = objectAt(properties, 'connection');
  const offered = {
    ...(all.length === 0 ? {} : { on: { ...on, ...names } }),
    ...(connections.length === 0 ? {} : { connection: { ...connection, enum: [...connections] } }),
  };
  return { ...trigger, properties: { ...properties, ...offered } };
}

/** Offers the schemes of all connectors, and the connections of the account. */
function verifySchema(verify: JsonObject, catalog: Catalog, connections: readonly string[]): JsonObject {
  const properties = objectAt(verify, 'properties');
  const all = catalog.names().flatMap((name) => Object.entries(catalog.get(name)?.webhook_schemes ?? {}));
  // Several connectors may call theirs the same.
  const schemes = [...new Map(all)];
  const scheme = {
    ...objectAt(properties, 'scheme'),
    enum: schemes.map(([name]) => name),
    markdownEnumDescriptions: schemes.map(([, { title }]) => title),
  };
  const connection = objectAt(properties, 'connection');
  const offered = connections.length === 0 ? connection : { ...connection, enum: [...connections] };
  return { ...verify, properties: { scheme, connection: offered } };
}

function whenUsed(uses: string, { input }: Action): JsonObject {
  const required = Array.isArray(input['required']) && input['required'].length > 0;
  const properties = { with: { $ref: `#/$defs/${inputName(uses)}` } };
  return whereEqual('uses', uses, { properties, ...(required ? { required: ['with'] } : {}) });
}

/** The schema holds where the property has that value. */
function whereEqual(property: string, value: string, schema: JsonObject): JsonObject {
  const condition = { required: [property], properties: { [property]: { const: value } } };
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  return { if: condition, then: schema };
}

function inputName(uses: string): string {
  return `with ${uses}`;
}

function inputSchema(uses: string, { input }: Action): JsonObject {
  return moved(input, `#/$defs/${inputName(uses)}`, orExpression);
}

function installName(automation: string): string {
  return `install ${automation}`;
}

function installSchema(base: JsonObject, name: string, { name: title, description, settings }: Automation): JsonObject {
  const { settings: _any, ...others } = objectAt(base, 'properties');
  const words = [title, description].filter((one) => one !== undefined).join('\n\n');
  if (settings === undefined) return { ...base, description: words, properties: others };
  const place = `#/$defs/${installName(name)}/properties/settings`;
  const needed = neededSettings(settings);
  return {
    ...base,
    description: words,
    properties: {
      settings: { additionalProperties: false, ...moved(settings, place, (value) => value), required: needed },
      ...others,
    },
    ...(needed.length === 0 ? {} : { required: ['settings'] }),
  };
}

/** What has a default need not be set. */
function neededSettings({ required, properties }: JsonObject): string[] {
  const named = isJsonObject(properties) ? properties : {};
  return (Array.isArray(required) ? required : []).flatMap((name) =>
    typeof name === 'string' && !Object.hasOwn(objectAt(named, name), 'default') ? [name] : [],
  );
}

/** The schema with its references led to where it is now, and `change` made of every schema of a value within. */
function moved(schema: JsonObject, root: string, change: (value: JsonObject) => JsonObject): JsonObject {
  const result: JsonObject = {};
  for (const [keyword, value] of Object.entries(schema)) {
    const inner = (one: Json): Json => {
      if (!isJsonObject(one)) return one;
      const own = moved(one, root, change);
      return VALUES.has(keyword) ? change(own) : own;
    };
    if (keyword === '$ref' && typeof value === 'string') result[keyword] = root + value.slice(1);
    else if (SCHEMA.has(keyword)) result[keyword] = inner(value);
    else if (LIST.has(keyword) && Array.isArray(value)) result[keyword] = value.map((one) => inner(one));
    else if (NAMED.has(keyword) && isJsonObject(value))
      result[keyword] = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inner(one)]));
    else result[keyword] = value;
  }
  return result;
}

/** An expression may stand for every value. */
function orExpression(schema: JsonObject): JsonObject {
  const { description } = schema;
  return { ...(description === undefined ? {} : { description }), anyOf: [schema, EXPRESSION] };
}

function fieldsOf({ connection }: Connector): JsonObject {
  const open = Object.entries(connection?.fields ?? {}).filter(([, { secret }]) => secret !== true);
  return Object.fromEntries(
    open.map(([name, { title, description, enum: values }]): [string, Json] => {
      const words = [title, description].filter((one) => one !== undefined).join(': ');
      return [name, { description: words, ...(values === undefined ? {} : { enum: values }) }];
    }),
  );
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = ownProperty(object, key);
  return isJsonObject(value) ? value : {};
}
