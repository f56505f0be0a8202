import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { IdentitySource } from '../../secrets/identity-source.ts';
import type { HistoryLimits } from '../../store/history.ts';
import type { ConsentNeed, DeployControl, DeploymentEntry, InventoryEntry, StallReason } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import type { SourceTree } from '../../workspace/source-tree.ts';
import type { DeploySource } from './deploy-source.ts';

/** What asks for a reconciliation. */
export type Cause = 'start' | 'interval' | 'push' | 'command' | 'save';

/** What the steps work with. */
export interface DeploySettings {
  store: Store;
  source: DeploySource;
  /** Names the program that compiles: another one makes other plans of the same files. */
  program: string;
  /** Gives the age private keys that open an account's secrets. */
  identities: IdentitySource;
  /** Whether an account is stalled where a credential does not open. */
  secretsMustOpen: boolean;
  /** Whether one account that is stalled holds all others back. */
  atomic: boolean;
  /** Takes what serves from now on from the store. */
  switchTo: () => Promise<void>;
  /** Tells others of the outcome. */
  report: ((outcome: Outcome) => Promise<string>) | undefined;
  now: () => number;
}

/** What is told of a revision when all is done. */
export interface Outcome {
  revision: string;
  ready: boolean;
  accounts: { ready: number; stalled: string[]; suspended: number };
  automations: number;
  /** Why the whole is stalled. */
  reason: StallReason | undefined;
}

/** A plan that is in the store, and may come to serve. */
export interface NewPlan {
  automation: string;
  digest: string;
  /** The kind of what starts it. */
  trigger: string;
  /** Names the address at which it is sent something, within the account. */
  hook?: string;
  /** The connections whose secret fields it needs, with the credential that each shares. */
  connections: { name: string; shared: string | undefined }[];
  consents: ConsentNeed[];
}

/** What an account comes to at a revision. */
export type AccountResult =
  | {
      kind: 'compiled';
      madeOf: string;
      plans: NewPlan[];
      secrets: ReadonlyMap<string, string>;
      /** age public keys. */
      recipients: readonly string[];
      history: HistoryLimits;
    }
  /** Its files are those that its plans were made of. */
  | { kind: 'same' }
  | { kind: 'stalled'; reason: StallReason }
  /** An operator keeps it as it is. */
  | { kind: 'suspended' };

/** Plans by what becomes of them, as `<account>/<automation>`. */
export interface Changes {
  added: string[];
  changed: string[];
  removed: string[];
}

/** What one reconciliation has come to so far; each step adds to it. */
export interface Work {
  readonly settings: DeploySettings;
  readonly cause: Cause;
  /** Accounts as they were before, by name; the whole under ''. */
  readonly before: ReadonlyMap<string, InventoryEntry>;
  control: DeployControl;
  revision: string | undefined;
  /** Commits that a forced push took away. */
  lost: number;
  tree: SourceTree;
  accounts: Map<string, AccountResult>;
  diagnostics: Diagnostic[];
  /** What serves now, and what shall. */
  serving: readonly DeploymentEntry[];
  wanted: DeploymentEntry[];
  changes: Changes;
  /** Why the whole is stalled. */
  reason: StallReason | undefined;
  /** Whether the switch has taken place. */
  switched: boolean;
}
