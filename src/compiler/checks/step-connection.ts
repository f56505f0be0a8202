import { nearestName } from '../../diagnostics/nearest-name.ts';
import { ownProperty } from '../../json/value.ts';
import { connectionsOf, type AccountContext, type ResolvedAction, type StepConnections } from '../context.ts';
import { reportInAccount } from '../report-in-account.ts';
import type { StepNode } from '../step-tree.ts';

/** Steps that call through the same connection. */
interface Need {
  action: ResolvedAction;
  /** The connection that the steps name. */
  name: string | undefined;
  steps: StepNode[];
}

/** Finds the account's connection that each step calls through. */
export function resolveStepConnections(context: AccountContext): StepConnections {
  const found = new Map<StepNode, string>();
  const needs = needsOf(context.checked.actions);
  for (const need of needs.values()) {
    const { name, steps } = need;
    const chosen = givenConnection(context, need) ?? name;
    const connection = chosen === undefined ? onlyConnection(context, need) : namedConnection(context, need, chosen);
    if (connection !== undefined) for (const node of steps) found.set(node, connection);
  }
  checkGiven(context, [...needs.values()]);
  return found;
}

function needsOf(actions: AccountContext['checked']['actions']): Map<string, Need> {
  const needs = new Map<string, Need>();
  for (const [node, action] of actions) {
    if (action.connector.connection === undefined) continue;
    const name = node.step.connection;
    const key = `${action.service} ${name ?? ''}`;
    const need = needs.get(key) ?? { action, name, steps: [] };
    need.steps.push(node);
    needs.set(key, need);
  }
  return needs;
}

/** What the install says. */
function givenConnection({ install }: AccountContext, need: Need): string | undefined {
  const given = ownProperty(install?.connections ?? {}, askedName(need));
  return typeof given === 'string' ? given : undefined;
}

/** What an install can give a connection for. */
function askedName({ name, action }: Need): string {
  return name ?? action.service;
}

function onlyConnection(context: AccountContext, need: Need): string | undefined {
  const { account, install } = context;
  const { service, connector } = need.action;
  const names = connectionsTo(context, service);
  const [only] = names;
  if (names.length === 1) return only;
  if (only === undefined) {
    const message = `${named(context)} has no connection to ${connector.title}`;
    reportNeed(context, need, 'WB5001', message, `waybill connect ${account.name} ${service}`);
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
  const { service } = need.action;
  const connections = connectionsOf(account);
  const connection = Object.hasOwn(connections, name) ? connections[name] : undefined;
  if (connection === undefined) {
    const message = `${named(context)} has no connection \`${name}\``;
    reportNeed(context, need, 'WB5001', message, helpToName(context, need, name));
    return undefined;
  }
  if (connection.connector === service) return name;
  const message = `the connection \`${name}\` is one to ${connection.connector}, and the step needs ${service}`;
  reportNeed(context, need, 'WB5002', message, `name a connection to ${service}`);
  return undefined;
}

/** Where many accounts install one automation, what they lack is told in the same words, so that it can be told once. */
function named({ account, install }: AccountContext): string {
  return install === undefined ? `the account \`${account.name}\`` : 'the account';
}

function helpToName(context: AccountContext, need: Need, name: string): string {
  const { account, install } = context;
  const { service } = need.action;
  const near = nearestName(name, Object.keys(connectionsOf(account)));
  if (near !== undefined && (install === undefined || name !== need.name)) return `did you mean \`${near}\`?`;
  const [other] = connectionsTo(context, service);
  if (install !== undefined && other !== undefined)
    return `say which one serves: "connections": { "${askedName(need)}": "${other}" }`;
  return `waybill connect ${account.name} ${name} --connector ${service}`;
}

function connectionsTo({ account }: AccountContext, service: string): string[] {
  return Object.entries(connectionsOf(account)).flatMap(([name, { connector }]) =>
    connector === service ? [name] : [],
  );
}

/** What an install gives connections for is asked for. */
function checkGiven({ account, name, install, report }: AccountContext, needs: readonly Need[]): void {
  const asked = [...new Set(needs.map(askedName))];
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

/** At each step of an account's own automation; at the install of a shared one once. */
function reportNeed(
  context: AccountContext,
  need: Need,
  code: 'WB5001' | 'WB5002',
  message: string,
  help: string,
): void {
  const { name, steps } = need;
  const installPlace = givenConnection(context, need) === undefined ? [] : ['connections', askedName(need)];
  for (const { path } of context.install === undefined ? steps : steps.slice(0, 1)) {
    const place = [...path, name === undefined ? 'uses' : 'connection'];
    reportInAccount(context, code, place, { message, help, installPlace });
  }
}
