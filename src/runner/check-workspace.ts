import { compile, type CompileResult } from '../compiler/compile.ts';
import { builtinCatalog, builtinText } from '../connectors/builtin.ts';
import { inOrder } from '../diagnostics/order.ts';
import { VERSION } from '../version.ts';
import { loadWorkspace } from '../workspace/load-workspace.ts';
import { readFolder } from '../workspace/read-folder.ts';
import type { SourceTree } from '../workspace/source-tree.ts';
import type { Workspace } from '../workspace/workspace.ts';

export interface CheckedWorkspace extends CompileResult {
  workspace: Workspace;
  /** Text by path, for code frames. */
  files: ReadonlyMap<string, string>;
}

/** Reads, validates and compiles the workspace in a folder. */
export async function checkWorkspace(folder: string): Promise<CheckedWorkspace> {
  return checkTree(await readFolder(folder));
}

/** Validates and compiles a workspace, wherever it was read from. */
export function checkTree(tree: SourceTree): CheckedWorkspace {
  const { workspace, diagnostics } = loadWorkspace(tree);
  const result = compile({ workspace, builtins: builtinCatalog(), builtinText, version: VERSION });
  return { ...result, diagnostics: inOrder([...diagnostics, ...result.diagnostics]), workspace, files: tree.files };
}
