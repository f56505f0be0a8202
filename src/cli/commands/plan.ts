import { renderDiagnostic } from '../../diagnostics/render-text.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import { renderPlan } from '../../plan/render-text.ts';
import { checkWorkspace, type CheckedWorkspace } from '../../runner/check-workspace.ts';
import { EXIT, UsageError } from '../exit.ts';
import { findWorkspace } from '../find-workspace.ts';

export interface PlanOptions {
  workspace?: string;
  account?: string;
  automation?: string;
  format: 'text' | 'json';
}

/** `waybill plan`: the plans, each with its digest; what keeps an automation from having one goes to stderr. */
export async function plan(options: PlanOptions): Promise<number> {
  const checked = await checkWorkspace(findWorkspace(options.workspace));
  requireKnown('account', options.account, [...checked.workspace.accounts.keys()]);
  requireKnown(
    'automation',
    options.automation,
    checked.workspace.automations.map(({ name }) => name),
  );
  const chosen = checked.plans.filter(
    ({ plan: { account, automation } }) =>
      account === (options.account ?? account) && automation === (options.automation ?? automation),
  );
  if (options.format === 'json') {
    // The plan's text is canonical already; parsing and writing it again could only lose that.
    const plans = chosen.map((named) => `{"digest":${JSON.stringify(named.digest)},"plan":${named.text}}`);
    console.log(`{"plans":[${plans.join(',')}]}`);
  } else {
    console.log(chosen.map(renderPlan).join('\n'));
  }
  return reportFindings(checked);
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
