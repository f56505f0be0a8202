import { renderDiagnostic } from '../../diagnostics/render-text.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import { namePlan, type NamedPlan } from '../../plan/digest.ts';
import type { Difference } from '../../plan/difference.ts';
import { renderDifferenceMarkdown, renderDifferenceText } from '../../plan/render-difference.ts';
import { renderPlan } from '../../plan/render-text.ts';
import { checkTree, checkWorkspace, type CheckedWorkspace } from '../../runner/check-workspace.ts';
import { compareWorkspaces } from '../../runner/compare-commits.ts';
import { CommitError, readCommit } from '../../workspace/read-commit.ts';
import { EXIT, UsageError } from '../exit.ts';
import { findWorkspace } from '../find-workspace.ts';
import { writePullRequestComment } from '../pull-request-comment.ts';

export interface PlanOptions {
  workspace?: string;
  account?: string;
  automation?: string;
  /** A commit that the working tree, or `at`, is compared with. */
  against?: string;
  /** A commit in place of the working tree. */
  at?: string;
  /** Write the difference into the pull request that a GitHub workflow runs for. */
  comment?: true;
  format: 'text' | 'json' | 'markdown';
}

/** `waybill plan`: the plans, each with its digest; what keeps an automation from having one goes to stderr. */
export async function plan(options: PlanOptions): Promise<number> {
  const folder = findWorkspace(options.workspace);
  const checked = options.at === undefined ? checkWorkspace(folder) : await checkCommit(folder, options.at);
  const keep = (account: string, automation: string): boolean =>
    account === (options.account ?? account) && automation === (options.automation ?? automation);
  if (options.against !== undefined) {
    const before = await checkCommit(folder, options.against);
    requireKnownNames(options, [before, checked]);
    const difference = compareWorkspaces(before, checked, keep);
    if (options.comment === true)
      console.log(await writePullRequestComment(renderDifferenceMarkdown(difference), process.env));
    else console.log(renderDifference(difference, options.format));
    return reportFindings(checked);
  }
  if (options.comment === true) throw new UsageError('--comment is for differences', 'add --against <commit>');
  if (options.format === 'markdown') throw new UsageError('markdown is for differences', 'add --against <commit>');
  requireKnownNames(options, [checked]);
  const chosen = checked.plans
    .filter(({ account, automation }) => keep(account, automation))
    .map((one) => namePlan(one));
  console.log(options.format === 'json' ? plansAsJson(chosen) : chosen.map(renderPlan).join('\n'));
  return reportFindings(checked);
}

async function checkCommit(folder: string, ref: string): Promise<CheckedWorkspace> {
  try {
    return checkTree(await readCommit(folder, ref));
  } catch (error) {
    throw error instanceof CommitError ? new UsageError(error.message) : error;
  }
}

function plansAsJson(plans: readonly NamedPlan[]): string {
  // A plan's text is canonical already; parsing and writing it again could only lose that.
  const written = plans.map((named) => `{"digest":${JSON.stringify(named.digest)},"plan":${named.text}}`);
  return `{"plans":[${written.join(',')}]}`;
}

function renderDifference(difference: Difference, format: PlanOptions['format']): string {
  switch (format) {
    case 'json':
      return JSON.stringify(difference);
    case 'markdown':
      return renderDifferenceMarkdown(difference);
    case 'text':
      return renderDifferenceText(difference);
  }
}

/** A name that neither side has is most likely misspelt. */
function requireKnownNames(options: PlanOptions, sides: readonly CheckedWorkspace[]): void {
  requireKnown(
    'account',
    options.account,
    sides.flatMap(({ workspace }) => [...workspace.accounts.keys()]),
  );
  requireKnown(
    'automation',
    options.automation,
    sides.flatMap(({ workspace }) => [...workspace.automations.map(({ name }) => name), ...workspace.shared.keys()]),
  );
}

function reportFindings({ diagnostics, files }: CheckedWorkspace): number {
  for (const diagnostic of diagnostics) console.error(renderDiagnostic(diagnostic, files.get(diagnostic.file)));
  return diagnostics.some(({ severity }) => severity === 'error') ? EXIT.findings : EXIT.clean;
}

function requireKnown(what: string, name: string | undefined, known: string[]): void {
  if (name === undefined || known.includes(name)) return;
  const near = nearestName(name, known);
  throw new UsageError(
    `there is no ${what} ${name}`,
    near === undefined ? `known: ${known.join(', ')}` : `did you mean ${near}?`,
  );
}
