import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { renderDiagnostic } from '../../diagnostics/render-text.ts';
import { checkWorkspace } from '../../runner/check-workspace.ts';
import { EXIT, UsageError } from '../exit.ts';
import { findWorkspace } from '../find-workspace.ts';

export interface CheckOptions {
  workspace?: string;
  format: 'text' | 'json';
}

/** `waybill check [paths]`: all findings of the workspace, or those in the files and folders that are named. */
export async function check(paths: string[], options: CheckOptions): Promise<number> {
  const folder = findWorkspace(options.workspace);
  const wanted = paths.map((path) => pathWithin(folder, path));
  const { diagnostics, stats, files } = await checkWorkspace(folder);
  const shown = diagnostics.filter(
    ({ file }) =>
      wanted.length === 0 || wanted.some((path) => file === path || file.startsWith(`${path}/`) || path === ''),
  );
  if (options.format === 'json') console.log(JSON.stringify({ diagnostics: shown, stats }));
  else {
    for (const diagnostic of shown) console.log(renderDiagnostic(diagnostic, files.get(diagnostic.file)));
    console.log(
      `${count(stats.automations, 'automation')}, ${count(stats.plans, 'plan')}, ${count(stats.mappings, 'mapping')}: ${summary(shown)}`,
    );
  }
  return shown.some(({ severity }) => severity === 'error') ? EXIT.findings : EXIT.clean;
}

/** The path as findings name it; it may be given from here or from the workspace. */
function pathWithin(folder: string, path: string): string {
  const existing = [resolve(path), join(folder, path)].filter((candidate) => existsSync(candidate));
  if (existing.length === 0) throw new UsageError(`there is no file or folder ${path}`);
  const within = existing
    .map((file) => relative(folder, file).replaceAll('\\', '/'))
    .find((file) => !file.startsWith('..'));
  if (within === undefined) throw new UsageError(`${path} is not in the workspace ${folder}`);
  return within;
}

function summary(diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length === 0) return 'no findings';
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  return `${count(errors, 'error')}, ${count(diagnostics.length - errors, 'warning')}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
