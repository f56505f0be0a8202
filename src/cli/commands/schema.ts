import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkWorkspace } from '../../runner/check-workspace.ts';
import { automationSchemaPath, editorSchemas, SCHEMA_FOLDER, writeEditorSchemas } from '../editor-schemas.ts';
import { EXIT, UsageError } from '../exit.ts';
import { findWorkspace } from '../find-workspace.ts';

export interface SchemaOptions {
  workspace?: string;
  account?: string;
  write?: true;
}

/** `waybill schema`: prints the automations' schema of an account; with `--write` sets up VS Code for all accounts. */
export async function schema(options: SchemaOptions): Promise<number> {
  const folder = findWorkspace(options.workspace);
  const checked = checkWorkspace(folder);
  const schemas = editorSchemas(checked);
  if (options.write === true) {
    await writeEditorSchemas(folder, schemas);
    console.log(`Wrote ${schemas.files.size} schemas to ${SCHEMA_FOLDER}/, and .vscode/settings.json names them.`);
    if (!isIgnored(folder)) console.log('Add .waybill/ to .gitignore: it is made anew on each machine.');
    return EXIT.clean;
  }
  const accounts = [...checked.workspace.accounts.keys()];
  const account = options.account ?? accounts[0];
  const chosen = account === undefined ? undefined : schemas.files.get(automationSchemaPath(account));
  if (chosen === undefined)
    throw new UsageError(`there is no account ${account}`, `accounts: ${accounts.join(', ') || 'none'}`);
  console.log(JSON.stringify(chosen, undefined, 2));
  return EXIT.clean;
}

function isIgnored(folder: string): boolean {
  const file = join(folder, '.gitignore');
  return existsSync(file) && /^\/?\.waybill\/?$/m.test(readFileSync(file, 'utf8'));
}
