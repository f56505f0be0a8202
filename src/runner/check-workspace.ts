import {
  commonOf,
  compile,
  compileAccounts,
  type Common,
  type CompileInput,
  type CompileResult,
} from '../compiler/compile.ts';
import { builtinCatalog, builtinText } from '../connectors/builtin.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { WorkspaceConfig } from '../generated/waybill.ts';
import { inOrder } from '../diagnostics/order.ts';
import { VERSION } from '../version.ts';
import { loadWorkspace } from '../workspace/load-workspace.ts';
import { readFolder } from '../workspace/read-folder.ts';
import type { SourceTree } from '../workspace/source-tree.ts';
import { SHARED, secretPath, sharedSecretOf, type Workspace } from '../workspace/workspace.ts';

export interface CheckedWorkspace extends CompileResult {
  workspace: Workspace;
  /** Text by path, for code frames. */
  files: ReadonlyMap<string, string>;
}

/** Reads, validates and compiles the workspace in a folder. */
export function checkWorkspace(folder: string): CheckedWorkspace {
  return checkTree(readFolder(folder));
}

/** Validates and compiles a workspace, wherever it was read from. */
export function checkTree(tree: SourceTree): CheckedWorkspace {
  const { workspace, diagnostics } = loadWorkspace(tree);
  const result = compile(inputOf(workspace));
  return { ...result, diagnostics: inOrder([...diagnostics, ...result.diagnostics]), workspace, files: tree.files };
}

/** What the accounts of a workspace have in common, loaded once for checks of one account after the other. */
export class CommonPart {
  private readonly input: CompileInput;
  private readonly diagnostics: Diagnostic[];
  private readonly common: Common;

  constructor(tree: SourceTree) {
    const { workspace, diagnostics } = loadWorkspace(tree);
    this.input = inputOf(workspace);
    this.diagnostics = diagnostics;
    this.common = commonOf(this.input);
  }

  /** What waybill.json says. */
  config(): WorkspaceConfig | undefined {
    return this.input.workspace.config?.value;
  }

  /** What is found of the common part itself. */
  check(): Pick<CompileResult, 'diagnostics' | 'stats'> {
    const { diagnostics, stats } = compile(this.input, this.common);
    return { diagnostics: inOrder([...this.diagnostics, ...diagnostics]), stats };
  }

  /** The shared credentials that an account's connections name, as the runner keeps them with the account: text by path. */
  sharedSecrets(account: string, { accounts }: Workspace): Map<string, string> {
    const texts = new Map<string, string>();
    for (const { shared } of Object.values(accounts.get(account)?.value.connections ?? {})) {
      const text = shared === undefined ? undefined : this.input.workspace.secrets.get(secretPath(SHARED, shared));
      if (shared !== undefined && text !== undefined) texts.set(sharedSecretOf(account, shared), text);
    }
    return texts;
  }

  /** What is found of some accounts, given by their files, and the plans of what has no error where they are made. */
  checkAccounts(tree: SourceTree, plansAre: 'made' | 'counted'): Omit<CheckedWorkspace, 'catalog' | 'files'> {
    const { workspace, diagnostics } = loadWorkspace(tree);
    const { diagnostics: found, plans, stats } = compileAccounts(workspace, this.common, plansAre);
    return { diagnostics: inOrder([...diagnostics, ...found]), plans, stats, workspace };
  }
}

function inputOf(workspace: Workspace): CompileInput {
  return { workspace, builtins: builtinCatalog(), builtinText, version: VERSION };
}
