import type { Catalog } from '../connectors/catalog.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Account, AccountConnection } from '../generated/account.ts';
import type { Automation } from '../generated/automation.ts';
import type { Action, Connector } from '../generated/connector.ts';
import type { Source, Workspace } from '../workspace/workspace.ts';
import type { StepNode } from './step-tree.ts';

/** What every check sees. Checks report; they never throw at a user's mistake. */
export interface CompileContext {
  workspace: Workspace;
  catalog: Catalog;
  report: (diagnostic: Diagnostic) => void;
}

/** One automation on its way to a plan. */
export interface AutomationContext extends CompileContext {
  automation: Source<Automation> & { account: string; name: string };
  account: Source<Account>;
  steps: StepNode[];
  /** The steps and all within them. */
  allSteps: StepNode[];
}

/** What an action step calls, where that is known. */
export interface ResolvedAction {
  service: string;
  connector: Connector;
  name: string;
  action: Action;
  /** Name of the account's connection, where the connector needs one. */
  connection?: string;
}

export type ResolvedActions = ReadonlyMap<StepNode, ResolvedAction>;

export function connectionsOf(account: Source<Account>): { [name: string]: AccountConnection } {
  return account.value.connections ?? {};
}
