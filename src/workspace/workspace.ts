import type { Account } from '../generated/account.ts';
import type { Automation } from '../generated/automation.ts';
import type { Connector } from '../generated/connector.ts';
import type { AutomationTest } from '../generated/test.ts';
import type { WorkspaceConfig } from '../generated/waybill.ts';
import type { JsonDocument } from './json-document.ts';
import type { Table } from './table.ts';

/** A file that fits its schema, with the places of its values. */
export interface Source<Value> {
  document: JsonDocument;
  value: Value;
}

/** The files of a workspace, read and validated; what is broken is left out and has a diagnostic. */
export interface Workspace {
  config?: Source<WorkspaceConfig>;
  /** By name, which is the folder's. */
  accounts: Map<string, Source<Account>>;
  /** The accounts' own automations. */
  automations: (Source<Automation> & { account: string; name: string })[];
  /** The automations of automations/shared by name; `undefined` where the file is broken. */
  shared: Map<string, Source<Automation> | undefined>;
  tests: (Source<AutomationTest> & { account: string; automation: string })[];
  /** Text of .sops.yaml. */
  sopsRules?: string;
  /** Text of `secrets/<account>/<connection>.json` by path. */
  secrets: Map<string, string>;
  /** The workspace's own connectors by folder name. */
  connectors: Map<string, Source<Connector>>;
  /** The tables that all accounts have, by name; `undefined` where the file is broken. */
  tables: Tables;
  /** Tables that stand in the place of one that all have, by account. */
  accountTables: Map<string, Tables>;
  /** Folder names of those whose file is broken. */
  brokenConnectors: Set<string>;
}

export type Tables = Map<string, Table | undefined>;

/** The name that is no account's: what lies in automations/shared and secrets/shared is for all that install or name it. */
export const SHARED = 'shared';

/** Where a connection's secret fields are kept. */
export function secretPath(account: string, connection: string): string {
  return `secrets/${account}/${connection}.json`;
}

/** Where the runner keeps a credential that accounts share, as it was when this account was deployed last. */
export function sharedSecretOf(account: string, name: string): string {
  return `secrets/${account}/${SHARED}/${name}.json`;
}

/** The name of the shared automation that a file holds, or `undefined` where it holds none. */
export function sharedAutomationIn(file: string): string | undefined {
  const [, name] = /^automations\/shared\/([^/]*)\.json$/.exec(file) ?? [];
  return name === 'account' || name?.endsWith('.test') === true ? undefined : name;
}
