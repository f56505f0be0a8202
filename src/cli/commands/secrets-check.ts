import { renderDiagnostic } from '../../diagnostics/render-text.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { inOrder } from '../../diagnostics/order.ts';
import { checkTree } from '../../runner/check-workspace.ts';
import { checkOtherFiles, findInOtherFiles } from '../../runner/other-files.ts';
import { readIndex, readStagedChanges } from '../../workspace/read-commit.ts';
import { readFolder } from '../../workspace/read-folder.ts';
import { count } from '../count.ts';
import { EXIT } from '../exit.ts';
import { findWorkspace } from '../find-workspace.ts';
import type { Format } from '../options.ts';

export interface CheckSecretsOptions {
  workspace?: string;
  staged?: true;
  format: Format;
}

/** Findings about secrets: connections without their credential, files in secrets/, credentials in plain sight. */
const ABOUT_SECRETS = /^WB5(?:003|004|005|006|02\d)$/;

/** `waybill secrets check`: what `check` finds of secrets; with --staged in what would be committed, whatever file it is. */
export async function checkSecrets(options: CheckSecretsOptions): Promise<number> {
  const folder = findWorkspace(options.workspace);
  const staged = options.staged === true;
  const checked = checkTree(staged ? await readIndex(folder) : readFolder(folder));
  const found = inOrder([
    ...checked.diagnostics.filter(({ code }) => ABOUT_SECRETS.test(code)),
    ...(staged
      ? checkOtherFiles(await readStagedChanges(folder), checked)
      : await findInOtherFiles(folder, checked.files)),
  ]);
  if (options.format === 'json') console.log(JSON.stringify({ diagnostics: found }));
  else console.log(render(found, checked.files, checked.workspace.secrets.size));
  return found.some(({ severity }) => severity === 'error') ? EXIT.findings : EXIT.clean;
}

function render(found: readonly Diagnostic[], files: ReadonlyMap<string, string>, secrets: number): string {
  const summary = `${count(secrets, 'secrets file')}: ${found.length === 0 ? 'no findings' : count(found.length, 'finding')}`;
  return [...found.map((one) => renderDiagnostic(one, files.get(one.file))), summary].join('\n');
}
