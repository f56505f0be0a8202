import type { Catalog } from '../connectors/catalog.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Account, AccountConnection, Install } from '../generated/account.ts';
import type { Automation, Trigger } from '../generated/automation.ts';
import type { Action, Connector } from '../generated/connector.ts';
import type { Type } from '../language/types.ts';
import type { Inspection } from '../secrets/inspect.ts';
import type { Source, Workspace } from '../workspace/workspace.ts';
import type { CallableAutomations } from './callable-automations.ts';
import type { CheckedAutomation } from './check-automation.ts';
import type { SharedCredentials } from './shared-credentials.ts';
import type { StepNode } from './step-tree.ts';

/** What every check sees. Checks report; they never throw at a user's mistake. */
export interface CompileContext {
  workspace: Workspace;
  catalog: Catalog;
  /** The tables that all accounts have. */
  tables: Workspace['tables'];
  shared: CallableAutomations;
  /** The credentials that accounts share. */
  sharedCredentials: SharedCredentials;
  /** What looks like a credential in a file's text and is not accepted. */
  findCredentials: (file: string, text: string) => Diagnostic[];
  /** Text of .sops.yaml, where there is one. */
  sopsRules: string | undefined;
  /** What is known of each of the accounts' secrets files without a key, by path. */
  secrets: ReadonlyMap<string, Inspection>;
  report: (diagnostic: Diagnostic) => void;
}

/** One automation, without regard to the account that runs it. */
export interface AutomationContext extends Pick<CompileContext, 'catalog' | 'tables' | 'report'> {
  /** `shared`: one of automations/shared. */
  automation: Source<Automation> & { shared: boolean };
  name: string;
  steps: StepNode[];
  /** The steps and all within them. */
  allSteps: StepNode[];
  callees: Callees;
}

/** The automations that an automation can call. */
export interface Callees {
  callable(): readonly string[];
  callee(name: string): Callee | undefined;
  /** Each begins and ends with the name. Known once all of the automation's calls were looked at. */
  circlesFrom(name: string): readonly (readonly string[])[];
  /** Whether both call one another by some way. */
  inOneCircle(left: string, right: string): boolean;
}

/** An automation as steps that call it see it. */
export interface Callee {
  trigger: Trigger;
  /** What a run of it gives. */
  output: Type;
  /** Milliseconds that a run of it waits at least until it succeeds. */
  leastWait: number;
  /** It has an error, or belongs to a circle. */
  broken: boolean;
}

/** An automation in an account that runs it, on its way to a plan. */
export interface AccountContext extends CompileContext {
  account: Source<Account> & { name: string };
  name: string;
  checked: CheckedAutomation;
  /** How a shared one is installed. */
  install?: Install;
}

/** What an action step calls, where that is known. */
export interface ResolvedAction {
  service: string;
  connector: Connector;
  name: string;
  /** With a table's columns in its schemas, where it reads one. */
  action: Action;
  /** The name of the table that it reads. */
  table?: string;
}

export type ResolvedActions = ReadonlyMap<StepNode, ResolvedAction>;

/** Names of the account's connections, by the step that calls through them. */
export type StepConnections = ReadonlyMap<StepNode, string>;

/** What each `call` step calls, where that is known. */
export type ResolvedCalls = ReadonlyMap<StepNode, Callee>;
/** Names of the account's connections that an automation calls through. */
export interface AccountConnections {
  steps: StepConnections;
  /** Through which the trigger asks its service. */
  trigger?: string;
}

export function connectionsOf(account: Source<Account>): { [name: string]: AccountConnection } {
  return account.value.connections ?? {};
}

export function installsOf(account: Source<Account>): { [automation: string]: Install } {
  return account.value.install ?? {};
}
