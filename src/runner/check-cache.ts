import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { inOrder } from '../diagnostics/order.ts';
import type { SourceTree } from '../workspace/source-tree.ts';
import { checkTree, type CheckedWorkspace } from './check-workspace.ts';

/** What `check` shows. */
export interface CheckSummary {
  diagnostics: Diagnostic[];
  stats: CheckedWorkspace['stats'];
}

/** What was found of one part of a workspace, and of what it was found. */
interface Entry extends CheckSummary {
  key: string;
}

/** By part. An account may be called as it likes, so this is no plain object. */
export type CheckCache = ReadonlyMap<string, Entry>;

/** The part that holds waybill.json and the workspace's connectors. */
const COMMON = '';

/**
 * Checks a workspace, each account by itself: nothing that is found of one depends on the files of another, so what was
 * found before is still true where no file of the account, no connector and not Waybill itself has changed.
 * `fingerprint` names the code that checks.
 */
export function checkInParts(
  tree: SourceTree,
  fingerprint: string,
  cache: CheckCache,
): { summary: CheckSummary; cache: CheckCache } {
  const parts = partsOf(tree);
  const common = parts.get(COMMON) ?? emptyTree();
  const commonKey = keyOf(common, fingerprint);
  const next = new Map<string, Entry>();
  for (const [part, own] of parts) {
    const key = part === COMMON ? commonKey : keyOf(own, commonKey);
    const known = cache.get(part);
    next.set(part, known?.key === key ? known : { key, ...checkPart(part, own, common) });
  }
  return { summary: sumOf([...next.values()]), cache: next };
}

/** Checks with what an earlier check left in a file; a file that cannot be read or written only costs time. */
export async function checkWithCache(tree: SourceTree, fingerprint: string, file: string): Promise<CheckSummary> {
  const { summary, cache } = checkInParts(tree, fingerprint, await readCache(file));
  const temporary = `${file}.${process.pid}.tmp`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    .then(() => writeFile(temporary, JSON.stringify([...cache])))
    .then(() => rename(temporary, file))
    .catch(() => undefined);
  return summary;
}

function checkPart(part: string, own: SourceTree, common: SourceTree): CheckSummary {
  const tree =
    part === COMMON ? own : { files: new Map([...common.files, ...own.files]), diagnostics: own.diagnostics };
  const { diagnostics, stats } = checkTree(tree);
  // What is wrong with the common part is told once, with that part.
  return { diagnostics: diagnostics.filter(({ file }) => partOf(file) === part), stats };
}

function partsOf({
  files,
  diagnostics,
}: SourceTree): Map<string, { files: Map<string, string>; diagnostics: Diagnostic[] }> {
  const parts = new Map([[COMMON, emptyTree()]]);
  const at = (file: string): { files: Map<string, string>; diagnostics: Diagnostic[] } => {
    const part = partOf(file);
    const known = parts.get(part) ?? emptyTree();
    parts.set(part, known);
    return known;
  };
  for (const [file, text] of files) at(file).files.set(file, text);
  for (const diagnostic of diagnostics) at(diagnostic.file).diagnostics.push(diagnostic);
  return parts;
}

function emptyTree(): { files: Map<string, string>; diagnostics: Diagnostic[] } {
  return { files: new Map(), diagnostics: [] };
}

function partOf(file: string): string {
  return /^(?:automations|secrets)\/([^/]+)\//.exec(file)?.[1] ?? COMMON;
}

function keyOf({ files, diagnostics }: SourceTree, before: string): string {
  const hash = createHash('sha256').update(before);
  // Lengths keep two texts from being read as one.
  for (const [file, text] of files) hash.update(`\n${file.length} ${text.length} ${file}\n`).update(text);
  return hash.update(JSON.stringify(diagnostics)).digest('hex');
}

function sumOf(entries: readonly CheckSummary[]): CheckSummary {
  const stats = { automations: 0, plans: 0, mappings: 0 };
  for (const { stats: own } of entries) {
    stats.automations += own.automations;
    stats.plans += own.plans;
    stats.mappings += own.mappings;
  }
  return { diagnostics: inOrder(entries.flatMap(({ diagnostics }) => diagnostics)), stats };
}

async function readCache(file: string): Promise<CheckCache> {
  try {
    return new Map(JSON.parse(await readFile(file, 'utf8')) as [string, Entry][]);
  } catch {
    return new Map();
  }
}
