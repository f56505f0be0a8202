import type { Action, Connector, ConnectorTrigger, FieldCondition, Limits } from '../generated/connector.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { exampleInput, exampleStep, type ExampleStep } from './example-step.ts';

/** What one needs to know of a connector to choose an action and to connect it. */
export interface ConnectorDescription {
  name: string;
  title: string;
  version: string;
  description: string;
  docs: string | undefined;
  /** `undefined` where the service needs none. */
  connection:
    | { hosts: string[] | string; fields: FieldDescription[]; /** By `connector test`. */ tested: boolean }
    | undefined;
  limits: Limits | undefined;
  /** What can start an automation. */
  triggers: { on: string; title: string; how: TriggerWay }[];
  /** By which its webhooks are proved genuine. */
  webhook_schemes: {
    name: string;
    title: string;
    /** The connection's field; absent where the service gives it. */ key: string | undefined;
  }[];
  actions: { uses: string; title: string; effect: Action['effect'] }[];
}

export interface FieldDescription {
  name: string;
  title: string;
  secret: boolean;
  required: boolean;
  /** It belongs to a connection only where another field has one of these values. */
  when: FieldCondition | undefined;
  default: Json | undefined;
  description: string | undefined;
  help_url: string | undefined;
}

/** What one needs to know of an action to write a step with it. */
export interface ActionDescription {
  uses: string;
  title: string;
  description: string;
  effect: Action['effect'];
  /** Whether the account must have a connection to the service. */
  connection: boolean;
  /** A write may be repeated: the service does it once for the key that all attempts send. */
  repeatable: boolean;
  /** Fields whose values `connector choices` lists. */
  choices: string[];
  /** JSON Schemas. */
  input: JsonObject;
  output: JsonObject;
  /** A step to begin with. */
  example: ExampleStep;
}

/** `sent` by the service at once, or `asked` for again and again. */
export type TriggerWay = 'sent' | 'asked';

/** What one needs to know of a trigger to begin an automation with it. */
export interface TriggerDescription {
  on: string;
  title: string;
  description: string;
  /** Whether the account must have a connection to the service. */
  connection: boolean;
  /** JSON Schemas: of `with`, and of `trigger.event`. */
  input: JsonObject;
  output: JsonObject;
  /** An event as it comes. */
  sample: Json;
  how: TriggerWay;
  /** How often the service is asked where the automation does not say; absent where it sends. */
  every: string | undefined;
  /** How a person enters the address at the service; absent where the runner does, or asks. */
  setup: string | undefined;
  /** A trigger to begin with. */
  example: { on: string; with?: Json; first?: 'from_now' };
}

export function describeConnector({
  name,
  title,
  version,
  description,
  docs,
  connection,
  limits,
  triggers = {},
  webhook_schemes = {},
  actions,
}: Connector): ConnectorDescription {
  return {
    name,
    title,
    version,
    description,
    docs,
    connection: connection && {
      hosts: connection.hosts,
      fields: describeFields(connection.fields),
      tested: connection.test !== undefined,
    },
    limits,
    triggers: Object.entries(triggers).map(([trigger, { title: what, poll }]) => {
      return { on: `${name}.${trigger}`, title: what, how: poll === undefined ? 'sent' : 'asked' };
    }),
    webhook_schemes: Object.entries(webhook_schemes).map(([scheme, { title: what, key }]) => {
      return { name: scheme, title: what, key: key.field };
    }),
    actions: Object.entries(actions).map(([action, { title: what, effect }]) => {
      return { uses: `${name}.${action}`, title: what, effect };
    }),
  };
}

export function describeAction(connector: Connector, name: string, action: Action): ActionDescription {
  const uses = `${connector.name}.${name}`;
  const { title, description, effect, input, output, idempotency, choices = {} } = action;
  const connection = needsConnection(connector);
  const example = exampleStep(uses, name, input);
  const more = { repeatable: idempotency !== undefined, choices: Object.keys(choices) };
  return { uses, title, description, effect, connection, ...more, input, output, example };
}

export function describeTrigger(connector: Connector, name: string, trigger: ConnectorTrigger): TriggerDescription {
  const on = `${connector.name}.${name}`;
  const { title, description, input = {}, output, sample } = trigger;
  const given = trigger.input === undefined ? {} : { with: exampleInput(input) };
  const example = { on, ...given, ...(trigger.poll === undefined ? {} : { first: 'from_now' as const }) };
  return {
    on,
    title,
    description,
    connection: needsConnection(connector),
    input,
    output,
    sample: sample ?? null,
    how: trigger.poll === undefined ? 'sent' : 'asked',
    every: trigger.poll?.every,
    setup: trigger.webhook?.setup,
    example,
  };
}

function needsConnection({ connection }: Connector): boolean {
  return Object.values(connection?.fields ?? {}).some(({ required }) => required !== false);
}

function describeFields(fields: NonNullable<Connector['connection']>['fields']): FieldDescription[] {
  return Object.entries(fields).map(([name, { title, secret, required, description, help_url, ...field }]) => {
    return {
      name,
      title,
      secret: secret === true,
      required: required !== false && field.default === undefined,
      when: field.when,
      default: field.default,
      description,
      help_url,
    };
  });
}
