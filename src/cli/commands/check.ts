import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Diagnostic, Severity } from '../../diagnostics/diagnostic.ts';
import { inOrder } from '../../diagnostics/order.ts';
import { renderGithub } from '../../diagnostics/render-github.ts';
import { renderSarif } from '../../diagnostics/render-sarif.ts';
import { renderDiagnostic } from '../../diagnostics/render-text.ts';
import { findInOtherFiles } from '../../runner/other-files.ts';
import { checkInParts, checkWithCache } from '../../runner/check-cache.ts';
import type { CheckedWorkspace } from '../../runner/check-workspace.ts';
import { programFingerprint } from '../../runner/program-fingerprint.ts';
import { readIndex } from '../../workspace/read-commit.ts';
import { readFolder } from '../../workspace/read-folder.ts';
import { VERSION } from '../../version.ts';
import { count } from '../count.ts';
import { EXIT } from '../exit.ts';
import { findWorkspace } from '../find-workspace.ts';
import { isWithin, pathWithin } from '../path-within.ts';

type CheckFormat = 'text' | 'json' | 'github' | 'sarif';

export interface CheckOptions {
  workspace?: string;
  format: CheckFormat;
  /** False: what an earlier check found is not used. */
  cache: boolean;
  /** What would be committed, in place of what lies in the folder. */
  staged?: true;
}

/** `waybill check [paths]`: all findings of the workspace, or those in the files and folders that are named. */
export async function check(paths: string[], options: CheckOptions): Promise<number> {
  const folder = findWorkspace(options.workspace);
  const wanted = paths.map((path) => pathWithin(folder, path));
  const tree = options.staged === true ? await readIndex(folder) : readFolder(folder);
  const { files } = tree;
  const fingerprint = options.cache && isWorthKeeping(files) ? programFingerprint() : undefined;
  const summary =
    fingerprint === undefined
      ? checkInParts(tree, undefined, new Map()).summary
      : checkWithCache(tree, fingerprint, cacheFile(folder));
  const { stats } = summary;
  // Other files that are staged are looked through by `secrets check --staged`.
  const others = options.staged === true ? [] : await findInOtherFiles(folder, files);
  const diagnostics = inOrder([...summary.diagnostics, ...others]);
  const shown = diagnostics.filter(({ file }) => isWithin(file, wanted));
  console.log(
    render(options.format, {
      shown,
      stats,
      files,
      prefix: NEEDS_PREFIX.has(options.format) ? await prefixOf(folder) : '',
    }),
  );
  return shown.some(({ severity }) => severity === 'error') ? EXIT.findings : EXIT.clean;
}

/** What is shown outside of the workspace names files from the repository's root. */
const NEEDS_PREFIX: ReadonlySet<CheckFormat> = new Set(['github', 'sarif']);

/** Characters of all files. What was found of less is found again sooner than it is looked up. */
const WORTH_KEEPING = 16 * 1024;

function isWorthKeeping(files: ReadonlyMap<string, string>): boolean {
  let length = 0;
  for (const text of files.values()) length += text.length;
  return length >= WORTH_KEEPING;
}

/** In the user's folder of caches (XDG Base Directory Specification), one file a workspace. */
function cacheFile(folder: string): string {
  const caches = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 32);
  return join(caches, 'waybill', 'check', `${name}.json`);
}

interface Report {
  shown: readonly Diagnostic[];
  stats: CheckedWorkspace['stats'];
  files: ReadonlyMap<string, string>;
  prefix: string;
}

function render(format: CheckFormat, { shown, stats, files, prefix }: Report): string {
  const { automations, plans, mappings } = stats;
  const counts = [count(automations, 'automation'), count(plans, 'plan'), count(mappings, 'mapping')].join(', ');
  const summaryLine = `${counts}: ${summary(shown)}`;
  switch (format) {
    case 'json':
      return JSON.stringify({ diagnostics: shown, stats });
    case 'github':
      return [...(shown.length === 0 ? [] : [renderGithub(shown, prefix)]), summaryLine].join('\n');
    case 'sarif':
      return JSON.stringify(renderSarif(shown, { version: VERSION, prefix }));
    case 'text':
      return [...shown.map((one) => renderDiagnostic(one, files.get(one.file))), summaryLine].join('\n');
  }
}

/** From the root of the git repository to the workspace; nothing where there is no repository. */
async function prefixOf(folder: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', ['-C', folder, 'rev-parse', '--show-prefix']);
    return stdout.trim();
  } catch {
    return '';
  }
}

function summary(diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length === 0) return 'no findings';
  const of = (wanted: Severity): number => diagnostics.filter(({ severity }) => severity === wanted).length;
  const notes = of('note') === 0 ? '' : `, ${count(of('note'), 'note')}`;
  return `${count(of('error'), 'error')}, ${count(of('warning'), 'warning')}${notes}`;
}
