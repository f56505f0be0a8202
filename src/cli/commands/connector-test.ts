import { lowerAction } from '../../compiler/lower.ts';
import { choicesInput, readChoices } from '../../connectors/choices.ts';
import { testAction } from '../../connectors/connection-test.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import { isJsonObject, type JsonObject } from '../../json/value.ts';
import type { Outcome } from '../../run/failure.ts';
import { callOnce, findConnection, type CallOnceOptions, type OwnConnection } from '../../runner/call-once.ts';
import { checkWorkspace, type CheckedWorkspace } from '../../runner/check-workspace.ts';
import { EXIT, NotFoundError, UsageError } from '../exit.ts';
import { findWorkspace } from '../find-workspace.ts';
import { identitySource } from '../identities.ts';
import type { Format, KeyOptions } from '../options.ts';
import { parseReroutes } from '../reroutes.ts';
import { renderTable } from '../render-table.ts';

export interface ConnectorCallOptions extends KeyOptions {
  workspace?: string;
  reroute: string[];
  allowPrivate: string[];
  format: Format;
}

export interface ChoicesOptions extends ConnectorCallOptions {
  input: string;
}

/** `waybill connector test ACCOUNT CONNECTION`: asks the service whether it takes the credential. Exit code 1: it does not. */
export async function testConnection(account: string, name: string, options: ConnectorCallOptions): Promise<number> {
  const checked = checkWorkspace(findWorkspace(options.workspace));
  const own = requireConnection(checked, account, name);
  const { connector, spec } = own;
  if (spec.test === undefined)
    throw new UsageError(`${connector.title}’s connector has no test request`, 'the first run will show it');
  const outcome = await callOnce(checked, own, { action: testAction(spec.test), input: {} }, callOptions(options));
  const identity = outcome.ok && isJsonObject(outcome.output) ? outcome.output['identity'] : null;
  if (options.format === 'json') {
    const result = outcome.ok ? { ok: true, identity } : { ok: false, failure: outcome.failure };
    console.log(JSON.stringify({ account, connection: name, connector: connector.name, ...result }));
  } else if (outcome.ok) {
    console.log(`${connector.title} takes the credential${typeof identity === 'string' ? `: it is ${identity}` : ''}.`);
  } else console.log(describeFailure(outcome));
  return outcome.ok ? EXIT.clean : EXIT.findings;
}

/** `waybill connector choices ACCOUNT CONNECTION ACTION FIELD`: the values that a field can have, as the service lists them. */
export async function choices(
  account: string,
  name: string,
  actionName: string,
  field: string,
  options: ChoicesOptions,
): Promise<number> {
  const checked = checkWorkspace(findWorkspace(options.workspace));
  const own = requireConnection(checked, account, name);
  const { actions } = own.connector;
  const rule = (Object.hasOwn(actions, actionName) ? actions[actionName] : undefined)?.choices?.[field];
  const action = rule === undefined ? undefined : actions[rule.action];
  if (rule === undefined || action === undefined)
    throw new NotFoundError(`${own.connector.title} lists no choices for ${field} of ${actionName}`, knownChoices(own));
  const input = parseInput(options.input);
  const missing = (rule.depends_on ?? []).filter((other) => input[other] === undefined);
  if (missing.length > 0)
    throw new UsageError(`the choices depend on ${missing.join(', ')}`, `give them: --input '{"${missing[0]}": …}'`);
  const call = { action: lowerAction(action), input: choicesInput(rule, input) };
  const outcome = await callOnce(checked, own, call, callOptions(options));
  if (!outcome.ok) {
    console.log(options.format === 'json' ? JSON.stringify({ failure: outcome.failure }) : describeFailure(outcome));
    return EXIT.findings;
  }
  const found = readChoices(rule, outcome.output);
  if (options.format === 'json') console.log(JSON.stringify({ choices: found }));
  else if (found.length === 0) console.log('There are none.');
  else console.log(renderTable(found.map(({ value, label }) => [JSON.stringify(value), label])));
  return EXIT.clean;
}

function callOptions(options: ConnectorCallOptions): CallOnceOptions {
  return {
    identities: identitySource(options),
    reroutes: parseReroutes(options.reroute),
    allowPrivate: new Set(options.allowPrivate),
  };
}

function requireConnection(checked: CheckedWorkspace, account: string, name: string): OwnConnection {
  const own = findConnection(checked, account, name);
  if (own !== undefined) return own;
  const known = Object.keys(checked.workspace.accounts.get(account)?.value.connections ?? {});
  const near = nearestName(name, known);
  throw new NotFoundError(
    `the account ${account} has no connection ${name}`,
    near === undefined ? `connections: ${known.join(', ') || 'none'}` : `did you mean ${near}?`,
  );
}

function knownChoices({ connector }: OwnConnection): string {
  const known = Object.entries(connector.actions).flatMap(([action, { choices: fields = {} }]) =>
    Object.keys(fields).map((field) => `${action} ${field}`),
  );
  return known.length === 0 ? 'its connector lists none' : `known: ${known.join(', ')}`;
}

function parseInput(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {
    // Told below.
  }
  throw new UsageError('--input is not a JSON object', 'for example: --input \'{"workspace": "W1"}\'');
}

function describeFailure(outcome: Outcome & { ok: false }): string {
  const { message, code, help, details } = outcome.failure;
  const lines = [`${message} (${code})`];
  if (help !== undefined) lines.push(`  ${help}`);
  if (details !== undefined) lines.push(`  it said: ${JSON.stringify(details)}`);
  return lines.join('\n');
}
