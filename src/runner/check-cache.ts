import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { reusedSealsAcrossAccounts } from '../compiler/checks/reused-seal.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { inOrder } from '../diagnostics/order.ts';
import type { SourceTree } from '../workspace/source-tree.ts';
import { CommonPart, type CheckedWorkspace } from './check-workspace.ts';
import { COMMON, emptyPart, PartKeys, partOf, partsOf, type Part } from './workspace-parts.ts';

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

/**
 * Checks a workspace, each account by itself: nothing that is found of one depends on the files of another, so what was
 * found before is still true where no file of the account, no shared automation that it installs, no connector and not
 * Waybill itself has changed. Only secrets that were copied from one account to another are looked for each time.
 * `fingerprint` names the code that checks; without it everything is checked.
 */
export function checkInParts(
  tree: SourceTree,
  fingerprint: string | undefined,
  cache: CheckCache,
): { summary: CheckSummary; cache: CheckCache } {
  const parts = partsOf(tree);
  const commonTree = parts.get(COMMON) ?? emptyPart();
  const keys = fingerprint === undefined ? undefined : new PartKeys(commonTree, fingerprint);
  let common: CommonPart | undefined;
  const next = new Map<string, Entry>();
  for (const [part, own] of parts) {
    const key = keys?.of(part, own) ?? '';
    const known = cache.get(part);
    if (keys !== undefined && known?.key === key) next.set(part, known);
    else {
      common ??= new CommonPart(commonTree);
      next.set(part, { key, ...checkPart(part, own, common) });
    }
  }
  const { diagnostics, stats } = sumOf([...next.values()]);
  const secrets = new Map([...tree.files].filter(([file]) => file.startsWith('secrets/')));
  const across = reusedSealsAcrossAccounts(secrets);
  return { summary: { diagnostics: inOrder([...diagnostics, ...across]), stats }, cache: next };
}

/** Checks with what an earlier check left in a file; a file that cannot be read or written only costs time. */
export function checkWithCache(tree: SourceTree, fingerprint: string, file: string): CheckSummary {
  const { summary, cache } = checkInParts(tree, fingerprint, readCache(file));
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, JSON.stringify([...cache]));
    renameSync(temporary, file);
  } catch {
    // The next check finds nothing there.
  }
  return summary;
}

function checkPart(part: string, own: Part, common: CommonPart): CheckSummary {
  const { diagnostics, stats } = part === COMMON ? common.check() : common.checkAccounts(own, 'counted');
  // What is wrong with the common part is told once, with that part.
  return { diagnostics: diagnostics.filter(({ file }) => partOf(file) === part), stats };
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

function readCache(file: string): CheckCache {
  try {
    return new Map(JSON.parse(readFileSync(file, 'utf8')) as [string, Entry][]);
  } catch {
    return new Map();
  }
}
