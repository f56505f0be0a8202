import { HttpCaller } from '../connectors/http-caller.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { preparePlan } from '../engine/prepared-plan.ts';
import type { Plan } from '../generated/plan.ts';
import type { TestCase } from '../generated/test.ts';
import { namePlan } from '../plan/digest.ts';
import type { CheckedWorkspace } from '../runner/check-workspace.ts';
import { readyTrigger } from '../runner/live-deployment.ts';
import { Redactor } from '../secrets/redaction.ts';
import type { JsonDocument } from '../workspace/json-document.ts';
import { SHARED, type Workspace } from '../workspace/workspace.ts';
import { CaseStorage } from './case-storage.ts';
import { judge, type Verdict } from './expectation.ts';
import { keylessPlan } from './keyless-plan.ts';
import { playedGrants } from './played-grants.ts';
import { PlayedNetwork } from './played-network.ts';
import { playedAttempt } from './played-services.ts';
import { runCase, type CaseRun, type CaseTools, type TestedPlan } from './run-case.ts';

export interface CaseResult extends Verdict {
  name: string;
  passed: boolean;
  run: CaseRun;
  /** Milliseconds that it took on this machine. */
  duration: number;
}

/** What came of a test's file. */
export interface FileResult {
  /** Within the workspace. */
  file: string;
  account: string;
  automation: string;
  /** The findings that keep it from being run; then there are no cases. */
  broken: Diagnostic[];
  cases: CaseResult[];
  /** Absent where the file is no test. */
  document?: JsonDocument;
}

type AutomationTestSource = Workspace['tests'][number];

/** Runs tests on the plans that they belong to, and remembers what came of them. */
export class TestRunner {
  private readonly tools: CaseTools;
  private readonly known = new Map<string, { key: string; result: FileResult }>();

  constructor() {
    const redactor = new Redactor();
    this.tools = {
      storage: new CaseStorage(),
      caller: new HttpCaller({
        reroutes: new Map(),
        redactor,
        grants: playedGrants(redactor),
        dispatcher: new PlayedNetwork(redactor),
        now: () => playedAttempt().services.clock.now(),
      }),
    };
  }

  /** Runs the tests in these files, but for those that would run as they did before, and gives what came of each. */
  async *run(checked: CheckedWorkspace, files: readonly string[]): AsyncGenerator<FileResult> {
    const tests = new Map(checked.workspace.tests.map((test) => [test.document.file, test]));
    const plans = new Map(checked.plans.map((plan) => [testFileOf(plan), plan]));
    for (const gone of [...this.known.keys()].filter((file) => !files.includes(file))) this.known.delete(gone);
    for (const file of files) {
      const [test, plan] = [tests.get(file), plans.get(file)];
      const key = test === undefined || plan === undefined ? '' : `${namePlan(plan).digest} ${test.document.text}`;
      if (key !== '' && this.known.get(file)?.key === key) continue;
      const result = await this.runFile(checked, file, test, plan);
      this.known.set(file, { key, result });
      yield result;
    }
  }

  /** What came last of each file. */
  results(): FileResult[] {
    return [...this.known.values()].map(({ result }) => result);
  }

  /** Runs a case on a plan, whatever it expects. */
  async play(plan: Plan, test: TestCase): Promise<CaseRun> {
    return runCase(await testedPlan(plan), test, this.tools);
  }

  private async runFile(
    checked: CheckedWorkspace,
    file: string,
    test: AutomationTestSource | undefined,
    plan: Plan | undefined,
  ): Promise<FileResult> {
    const [, account = '', name = ''] = file.split('/');
    const result: FileResult = { file, account, automation: name.slice(0, -TEST.length), broken: [], cases: [] };
    if (test === undefined || plan === undefined) return { ...result, broken: findingsFor(checked, result) };
    const tested = await testedPlan(plan);
    for (const one of test.value.cases) {
      const begin = performance.now();
      const run = await runCase(tested, one, this.tools);
      const verdict = judge(one, run);
      const passed = verdict.problems.length === 0 && verdict.differences.length === 0;
      result.cases.push({ name: one.name, passed, run, duration: performance.now() - begin, ...verdict });
    }
    return { ...result, document: test.document };
  }
}

async function testedPlan(plan: Plan): Promise<TestedPlan> {
  // No case needs the secret of an address.
  const trigger = readyTrigger(plan, '');
  return { prepared: preparePlan(keylessPlan(plan)), trigger };
}

const TEST = '.test.json';

/** The file of an automation's tests. */
export function testFileOf({ account, automation }: Plan): string {
  return `automations/${account}/${automation}${TEST}`;
}

/** All files of tests, also those that could not be read. */
export function testFiles({ files }: CheckedWorkspace): string[] {
  return [...files.keys()].filter((file) => /^automations\/[^/]+\/[^/]+$/.test(file) && file.endsWith(TEST)).toSorted();
}

/** Why there is no test or no plan: the errors of the test, of its automation, or of the account; else all that there are. */
function findingsFor({ diagnostics }: CheckedWorkspace, { file, account, automation }: FileResult): Diagnostic[] {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const nearest = [
    (name: string) => name === file,
    (name: string) => name === `automations/${account}/${automation}.json`,
    (name: string) => name === `automations/${SHARED}/${automation}.json`,
    (name: string) => name === `automations/${account}/account.json`,
    () => true,
  ];
  return nearest.map((near) => errors.filter((error) => near(error.file))).find((found) => found.length > 0) ?? [];
}
