import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkWorkspace } from '../../runner/check-workspace.ts';
import { namePlan } from '../../plan/digest.ts';
import { allSteps } from '../../run/all-steps.ts';
import type { RunDetailView } from '../../server/api-types.ts';
import { withCase } from '../../testing/append-case.ts';
import { recordCase } from '../../testing/record.ts';
import { NotRecordable } from '../../testing/recorded-run.ts';
import { testFileOf, TestRunner } from '../../testing/run-tests.ts';
import { EXIT, NotFoundError, UsageError } from '../exit.ts';
import { findWorkspace } from '../find-workspace.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

export interface RecordOptions extends RunnerOptions {
  name?: string;
  keep: string[];
}

/** `waybill test record RUN`: a finished run becomes a case of its automation's test, without the data that it carried. */
export async function record(id: string, { name, keep, ...options }: RecordOptions): Promise<number> {
  const folder = findWorkspace(options.workspace);
  const client = await RunnerClient.find(options);
  const detailOf = (page?: string): Promise<RunDetailView> =>
    client.get<RunDetailView>(`/runs/${encodeURIComponent(id)}`, { page });
  const { run, steps: first } = await detailOf();
  if (run.finished_at === undefined) throw new NotFoundError(`the run ${id} has not ended`, 'waybill runs wait');
  const { account, automation } = run;
  const { plans, workspace, files } = checkWorkspace(folder);
  const plan = plans.find((one) => one.account === account && one.automation === automation);
  if (plan === undefined)
    throw new NotFoundError(`the workspace has no plan of ${account}/${automation}`, 'waybill check shows why');
  if (namePlan(plan).digest !== run.plan)
    console.error(`${account}/${automation} is not what it was when the run began; the case is for what it is now.`);
  const file = testFileOf(plan);
  const title = name ?? `as it ran at ${run.created_at}`;
  const others = workspace.tests.find(({ document }) => document.file === file)?.value.cases ?? [];
  if (files.has(file) && others.length === 0) throw new NotFoundError(`${file} is broken`, 'waybill check shows where');
  if (others.some((one) => one.name === title))
    throw new UsageError(`${file} has a case of the name ${title}`, 'give another one with --name');
  const steps: RunDetailView['steps'] = [];
  for await (const step of allSteps(async (page) => (page === '' ? first : (await detailOf(page)).steps)))
    steps.push(step);
  const recorded = await recordCase(title, { ...run, steps }, plan, { runner: new TestRunner(), keep }).catch(explain);
  await writeFile(join(folder, file), withCase(files.get(file), recorded));
  console.log(`Wrote the case "${title}" to ${file}, and it passes.`);
  console.log('Names, numbers and texts are look-alikes; dates stay. Read it before you commit it.');
  return EXIT.clean;
}

function explain(error: unknown): never {
  if (!(error instanceof NotRecordable)) throw error;
  throw new NotFoundError(error.message, 'name words and numbers that must stay as they are with --keep');
}
