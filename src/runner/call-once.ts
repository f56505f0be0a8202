import { connectionsOf } from '../compiler/context.ts';
import { lowerConnection, lowerConnector } from '../compiler/lower.ts';
import { HttpCaller } from '../connectors/http-caller.ts';
import type { Connector, ConnectionSpec } from '../generated/connector.ts';
import type { PlanAction } from '../generated/plan.ts';
import type { JsonObject, Json } from '../json/value.ts';
import type { Outcome } from '../run/failure.ts';
import { openConnection } from '../secrets/connection-file.ts';
import type { Credential } from '../secrets/credential.ts';
import type { IdentitySource } from '../secrets/identity-source.ts';
import { Redactor } from '../secrets/redaction.ts';
import { secretPath } from '../workspace/workspace.ts';
import type { CheckedWorkspace } from './check-workspace.ts';

/** A connection of an account, for one call outside of any run. */
export interface OwnConnection {
  account: string;
  name: string;
  connector: Connector;
  spec: ConnectionSpec;
  /** The fields that stand in account.json. */
  fields: JsonObject;
}

/** Where calls may go. */
export interface CallOptions {
  reroutes: ReadonlyMap<string, string>;
  allowPrivate: ReadonlySet<string>;
}

export interface CallOnceOptions extends CallOptions {
  /** Asked only where there is a credential to open. */
  identities: IdentitySource;
}

const TIMEOUT_MS = 60_000;

/** The connection of that name; `undefined` where the account has none, or its connector none. */
export function findConnection(checked: CheckedWorkspace, account: string, name: string): OwnConnection | undefined {
  const source = checked.workspace.accounts.get(account);
  const connections = source === undefined ? {} : connectionsOf(source);
  const own = Object.hasOwn(connections, name) ? connections[name] : undefined;
  const connector = own === undefined ? undefined : checked.catalog.get(own.connector);
  if (own === undefined || connector?.connection === undefined) return undefined;
  return { account, name, connector, spec: connector.connection, fields: own.fields ?? {} };
}

/** Calls an action through a connection once, as a run would. Throws `SecretError` where its credential does not open. */
export async function callOnce(
  { workspace }: CheckedWorkspace,
  own: OwnConnection,
  call: { action: PlanAction; input: Json },
  { identities, ...options }: CallOnceOptions,
): Promise<Outcome> {
  const { account, name } = own;
  const text = workspace.secrets.get(secretPath(account, name));
  const credential: Credential =
    text === undefined
      ? { fields: {}, hosts: [] }
      : await openConnection(text, { account, connection: name, identities: await identities(account) });
  return callWith(own, credential, call, options, AbortSignal.timeout(TIMEOUT_MS));
}

/** Calls an action once with a credential that is at hand. What keeps secrets out of the outcome ends with the call. */
export async function callWith(
  { account, name, connector, spec, fields }: OwnConnection,
  credential: Credential,
  call: { action: PlanAction; input: Json },
  options: CallOptions,
  signal: AbortSignal,
): Promise<Outcome> {
  const caller = new HttpCaller({ ...options, redactor: new Redactor() });
  try {
    return await caller.call({
      account,
      service: connector.name,
      connector: lowerConnector(connector),
      connection: { name, plan: lowerConnection(connector.name, spec, fields), credential },
      signal,
      ...call,
    });
  } finally {
    await caller.close();
  }
}
