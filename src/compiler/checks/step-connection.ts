import { nearestName } from '../../diagnostics/nearest-name.ts';
import { ownProperty } from '../../json/value.ts';
import type { Connector } from '../../generated/connector.ts';
import type { PointerToken } from '../../json/pointer.ts';
import type { CheckedAutomation } from '../check-automation.ts';
import { connectionsOf, type AccountConnections, type AccountContext } from '../context.ts';
import { reportInAccount } from '../report-in-account.ts';
import type { StepNode } from '../step-tree.ts';

/** What calls through the same connection. */
interface Need {
  service: string;
  connector: Connector;
  /** The connection that is named. */
  name: string | undefined;
  steps: StepNode[];
  /** Where the file says so. */
  places: PointerToken[][];
}

/** Finds the account's connection that each step, and the trigger, calls through. */
export function resolveConnections(context: AccountContext): AccountConnections {
  const steps = new Map<StepNode, string>();
  const needs = needsOf(context.checked);
  for (const need of needs.values()) {
    const connection = findConnection(context, need);
    if (connection !== undefined) for (const node of need.steps) steps.set(node, connection);
  }
  const trigger = triggerNeed(context.checked);
  const ofTrigger = trigger && findConnection(context, trigger);
  checkGiven(context, [...needs.values(), ...(trigger === undefined ? [] : [trigger])]);
  return { steps, ...(ofTrigger === undefined ? {} : { trigger: ofTrigger }) };
}

/** The account's connection that stands for one which the automation names: what the install says, or the same. */
export function chosenConnection({ install }: AccountContext, name: string): string {
  const given = ownProperty(install?.connections ?? {}, name);
  return typeof given === 'string' ? given : name;
}

function findConnection(context: AccountContext, need: Need): string | undefined {
  const chosen = givenConnection(context, need) ?? need.name;
  return chosen === undefined ? onlyConnection(context, need) : namedConnection(context, need, chosen);
}

function needsOf({ actions }: CheckedAutomation): Map<string, Need> {
  const needs = new Map<string, Need>();
  for (const [node, { service, connector }] of actions) {
    if (connector.connection === undefined) continue;
    const name = node.step.connection;
    const key = `${service} ${name ?? ''}`;
    const need = needs.get(key) ?? { service, connector, name, steps: [], places: [] };
    need.steps.push(node);
    need.places.push([...node.path, name === undefined ? 'uses' : 'connection']);
    needs.set(key, need);
  }
  return needs;
}

function triggerNeed({ automation, trigger }: CheckedAutomation): Need | undefined {
  if (trigger?.connector.connection === undefined) return undefined;
  const { service, connector } = trigger;
  const name = automation.value.trigger.connection;
  const place = ['trigger', name === undefined ? 'on' : 'connection'];
  return { service, connector, name, steps: [], places: [place] };
}

/** What the install says. */
function givenConnection({ install }: AccountContext, need: Need): string | undefined {
  const given = ownProperty(install?.connections ?? {}, askedName(need));
  return typeof given === 'string' ? given : undefined;
}

/** What an install can give a connection for. */
function askedName({ name, service }: Need): string {
  return name ?? service;
}

function onlyConnection(context: AccountContext, need: Need): string | undefined {
  const { account, install } = context;
  const { service, connector } = need;
  const names = connectionsTo(context, service);
  const [only] = names;
  if (names.length === 1) return only;
  if (only === undefined) {
    const message = `${named(context)} has no connection to ${connector.title}`;
    reportNeed(context, need, 'WB5001', message, `waybill connect ${account.name} ${service} --web`);
  } else {
    const message = `${named(context)} has several connections to ${connector.title}`;
    const choice = names.map((name) => `"${name}"`).join(' or ');
    const place = install === undefined ? `"connection": ${choice}` : `"connections": { "${service}": ${choice} }`;
    reportNeed(context, need, 'WB5001', message, `say which one: ${place}`);
  }
  return undefined;
}

function namedConnection(context: AccountContext, need: Need, name: string): string | undefined {
  const { account } = context;
  const { service } = need;
  const connections = connectionsOf(account);
  const connection = Object.hasOwn(connections, name) ? connections[name] : undefined;
  if (connection === undefined) {
    const message = `${named(context)} has no connection \`${name}\``;
    reportNeed(context, need, 'WB5001', message, helpToName(context, need, name));
    return undefined;
  }
  if (connection.connector === service) return name;
  const message = `the connection \`${name}\` is one to ${connection.connector}, and ${service} is needed`;
  reportNeed(context, need, 'WB5002', message, `name a connection to ${service}`);
  return undefined;
}

/** Where many accounts install one automation, what they lack is told in the same words, so that it can be told once. */
function named({ account, install }: AccountContext): string {
  return install === undefined ? `the account \`${account.name}\`` : 'the account';
}

function helpToName(context: AccountContext, need: Need, name: string): string {
  const { account, install } = context;
  const { service } = need;
  const near = nearestName(name, Object.keys(connectionsOf(account)));
  if (near !== undefined && (install === undefined || name !== need.name)) return `did you mean \`${near}\`?`;
  const [other] = connectionsTo(context, service);
  if (install !== undefined && other !== undefined)
    return `say which one serves: "connections": { "${askedName(need)}": "${other}" }`;
  return `waybill connect ${account.name} ${name} --connector ${service} --web`;
}

function connectionsTo({ account }: AccountContext, service: string): string[] {
  return Object.entries(connectionsOf(account)).flatMap(([name, { connector }]) =>
    connector === service ? [name] : [],
  );
}

/** What an install gives connections for is asked for. */
function checkGiven(context: AccountContext, needs: readonly Need[]): void {
  const { account, name, checked, install, report } = context;
  const verify = checked.automation.value.trigger.webhook?.verify;
  const named = verify === undefined || verify === 'none' ? [] : [verify.connection];
  const asked = [...new Set([...needs.map(askedName), ...named])];
  for (const given of Object.keys(install?.connections ?? {}).filter((one) => !asked.includes(one))) {
    const near = nearestName(given, asked);
    const known = asked.length === 0 ? 'it asks for none' : `it asks for ${asked.join(', ')}`;
    const path = ['install', name, 'connections', given];
    const range = account.document.rangeOf(path, 'key');
    const help = near === undefined ? known : `did you mean \`${near}\`?`;
    const message = `\`${name}\` asks for no connection \`${given}\``;
    report(account.document.diagnostic('WB5011', path, message, { help, range }));
  }
}

/** At each place in an account's own automation; at the install of a shared one once. */
function reportNeed(
  context: AccountContext,
  need: Need,
  code: 'WB5001' | 'WB5002',
  message: string,
  help: string,
): void {
  const { places } = need;
  const installPlace = givenConnection(context, need) === undefined ? [] : ['connections', askedName(need)];
  for (const place of context.install === undefined ? places : places.slice(0, 1))
    reportInAccount(context, code, place, { message, help, installPlace });
}
