import { extendCatalog, type Catalog } from '../connectors/catalog.ts';
import { withSharedSchemas } from '../connectors/shared-schemas.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { inOrder } from '../diagnostics/order.ts';
import type { Plan } from '../generated/plan.ts';
import { inspectConnectionFile } from '../secrets/inspect.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { checkAccountContext } from './checks/account-context.ts';
import { checkAccountExists } from './checks/account-exists.ts';
import { checkConnectorOAuth } from './checks/connector-oauth.ts';
import { checkConnectorParts } from './checks/connector-parts.ts';
import { checkConnectorUse } from './checks/connector-use.ts';
import { checkConsents } from './checks/consent.ts';
import { checkConnections } from './checks/connection-fields.ts';
import { checkConnectorWebhooks } from './checks/connector-webhook.ts';
import { checkConnectorNames } from './checks/connector-name.ts';
import { checkDerivedValues } from './checks/derived-values.ts';
import { checkInstalls } from './checks/install.ts';
import { checkCommonCredentials, checkPlainCredentials, plainCredentialFinder } from './checks/plain-credential.ts';
import { checkReusedSeals } from './checks/reused-seal.ts';
import { checkForeignSopsRules, checkSharedSopsRules, checkSopsRules } from './checks/sops-rules.ts';
import { checkSealedHosts } from './checks/sealed-hosts.ts';
import { checkSecretFiles } from './checks/secret-file.ts';
import { checkSharedCredentials, checkSharedUse } from './checks/shared-credential.ts';
import { checkAccountTables } from './checks/table.ts';
import { checkTestAnswers } from './checks/test-answer.ts';
import { checkTestNames } from './checks/test-case-name.ts';
import { checkTests } from './checks/test-fits.ts';
import { checkWebhookSchemes } from './checks/webhook-scheme.ts';
import { checkWorkspaceVersion } from './checks/workspace-version.ts';
import { compileAccount } from './compile-account.ts';
import type { CompileContext } from './context.ts';
import { CallableAutomations } from './callable-automations.ts';
import { isSharedSecret, sharedCredentialsOf } from './shared-credentials.ts';

export interface CompileResult extends AccountsResult {
  /** The connectors that the workspace can use: the built-in ones and its own. */
  catalog: Catalog;
}

/** What accounts come to. */
export interface AccountsResult {
  /** In order of file and place. */
  diagnostics: Diagnostic[];
  /** One for each automation without an error in each account that runs it, in order of account and name. */
  plans: Plan[];
  /** An automation is a file: a shared one counts once, and has a plan for each account. */
  stats: { automations: number; plans: number; mappings: number };
}

export interface CompileInput {
  workspace: Workspace;
  /** The built-in connectors. */
  builtins: Catalog;
  /** The text of a built-in connector's file. */
  builtinText: (name: string) => string | undefined;
  /** The version of Waybill that compiles, as major.minor.patch. */
  version: string;
}

/** What the automations of all accounts are checked against. */
export type Common = Pick<
  CompileContext,
  'catalog' | 'tables' | 'shared' | 'sharedCredentials' | 'findCredentials' | 'sopsRules'
>;

const COMMON_CHECKS = [
  checkWorkspaceVersion,
  checkConnectorNames,
  checkConnectorParts,
  checkConnectorUse,
  checkDerivedValues,
  checkConnectorOAuth,
  checkWebhookSchemes,
  checkConnectorWebhooks,
  checkCommonCredentials,
  checkForeignSopsRules,
  checkSharedSopsRules,
  checkSharedCredentials,
];
const ACCOUNT_CHECKS = [
  checkAccountExists,
  checkAccountContext,
  checkConnections,
  checkConsents,
  checkSharedUse,
  checkSecretFiles,
  checkSealedHosts,
  checkReusedSeals,
  checkSopsRules,
  checkPlainCredentials,
  checkInstalls,
  checkAccountTables,
  checkTests,
  checkTestNames,
  checkTestAnswers,
];

/**
 * Checks a workspace and makes the plans of its automations. A function of its input alone: it does no I/O and reads no
 * clock and no environment.
 */
export function compile(input: CompileInput, common: Common = commonOf(input)): CompileResult {
  const { workspace } = input;
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  // Secrets belong to accounts.
  const context: CompileContext = { ...common, workspace, secrets: new Map(), report };
  for (const check of COMMON_CHECKS) check(context, input);
  const shared = common.shared.names.flatMap((name) => common.shared.get(name) ?? []);
  const accounts = compileAccounts(workspace, common);
  return {
    diagnostics: inOrder([...diagnostics, ...shared.flatMap((one) => one.diagnostics), ...accounts.diagnostics]),
    plans: accounts.plans,
    stats: {
      automations: accounts.stats.automations + shared.length,
      plans: accounts.stats.plans,
      mappings: accounts.stats.mappings + shared.reduce((sum, { flow }) => sum + flow.count, 0),
    },
    catalog: common.catalog,
  };
}

/** What the accounts of a workspace have in common. Nothing is checked yet. */
export function commonOf({ workspace, builtins }: Pick<CompileInput, 'workspace' | 'builtins'>): Common {
  const own = new Map([...workspace.connectors].map(([name, source]) => [name, withSharedSchemas(source.value)]));
  const catalog = extendCatalog(builtins, own, workspace.brokenConnectors);
  const { tables } = workspace;
  return {
    catalog,
    tables,
    shared: new CallableAutomations(workspace.shared, { catalog, tables, shared: true }),
    sharedCredentials: sharedCredentialsOf(workspace),
    findCredentials: plainCredentialFinder(workspace, catalog),
    sopsRules: workspace.sopsRules,
  };
}

/**
 * Checks the accounts of a workspace and makes their plans, or only counts them. What is wrong with what they have in common
 * is not told.
 */
export function compileAccounts(
  workspace: Workspace,
  common: Common,
  plansAre: 'made' | 'counted' = 'made',
): AccountsResult {
  const diagnostics: Diagnostic[] = [];
  const plans: Plan[] = [];
  const stats = { automations: workspace.automations.length, plans: 0, mappings: 0 };
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const secrets = new Map(
    [...workspace.secrets].flatMap(([file, text]) =>
      isSharedSecret(file) ? [] : [[file, inspectConnectionFile(text)] as const],
    ),
  );
  const context: CompileContext = { ...common, workspace, secrets, report };
  for (const check of ACCOUNT_CHECKS) check(context);
  const files = Map.groupBy(workspace.automations, ({ account }) => account);
  for (const [name, source] of workspace.accounts) {
    const own = new Map(files.get(name)?.map((file) => [file.name, file]));
    const compiled = compileAccount(context, { ...source, name }, own);
    stats.mappings += compiled.mappings;
    stats.plans += compiled.plans.length;
    if (plansAre === 'made') plans.push(...compiled.plans.map((make) => make()));
  }
  return { diagnostics: inOrder(diagnostics), plans, stats };
}
