import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkWorkspace, type CheckedWorkspace } from '../../runner/check-workspace.ts';
import { watchWorkspace } from '../../runner/watch.ts';
import { coverageOf, percentOf, type AutomationCoverage } from '../../testing/coverage.ts';
import { reportAsJson } from '../../testing/report-json.ts';
import { reportAsJunit } from '../../testing/report-junit.ts';
import { reportAsTap } from '../../testing/report-tap.ts';
import { isBroken, reportFileAsText } from '../../testing/report-text.ts';
import { testFileOf, testFiles, TestRunner, type FileResult } from '../../testing/run-tests.ts';
import { updatedText } from '../../testing/update.ts';
import { SHARED } from '../../workspace/workspace.ts';
import { count } from '../count.ts';
import { EXIT, UsageError } from '../exit.ts';
import { findWorkspace } from '../find-workspace.ts';
import { interrupted } from '../interrupted.ts';
import { isWithin, pathWithin } from '../path-within.ts';
import { renderCoverage } from '../render-coverage.ts';

export interface TestOptions {
  workspace?: string;
  format: 'text' | 'tap' | 'junit' | 'json';
  coverage?: true;
  /** Per cent of all that there is to cover. */
  minCoverage?: number;
  watch?: true;
  update?: true;
}

/** `waybill test [paths]`: runs the tests of automations; exit code 1 where one fails, or too little is covered. */
export async function test(paths: string[], options: TestOptions): Promise<number> {
  if (options.watch === true && (options.format !== 'text' || options.update === true))
    throw new UsageError('--watch goes with the text form alone, and without --update');
  const folder = findWorkspace(options.workspace);
  const session = new Session(
    folder,
    paths.map((path) => pathWithin(folder, path)),
    options,
  );
  await session.run();
  if (options.update === true) await session.update();
  session.report();
  if (options.watch !== true) return session.exitCode();
  const unwatch = watchWorkspace(folder, async () => {
    if (await session.run()) session.report();
  });
  console.log('Each save runs what it changes. Ctrl-C ends it.');
  await interrupted();
  unwatch();
  return session.exitCode();
}

/** The tests that are wanted, of a workspace that may change. */
class Session {
  private readonly folder: string;
  private readonly wanted: readonly string[];
  private readonly options: TestOptions;
  private readonly runner = new TestRunner();
  private checked: CheckedWorkspace | undefined;

  constructor(folder: string, wanted: readonly string[], options: TestOptions) {
    this.folder = folder;
    this.wanted = wanted;
    this.options = options;
  }

  /** Runs what is new or has changed, and gives whether anything was. */
  async run(): Promise<boolean> {
    const checked = checkWorkspace(this.folder);
    this.checked = checked;
    const files = testFiles(checked).filter((file) => this.isWanted(file));
    if (files.length === 0 && this.wanted.length > 0)
      throw new UsageError(`there is no test in ${this.wanted.join(', ')}`, 'tests are named <automation>.test.json');
    let any = false;
    for await (const result of this.runner.run(checked, files)) {
      any = true;
      if (this.options.format === 'text' && this.options.update !== true)
        console.log(reportFileAsText(result, (file) => checked.files.get(file)));
    }
    return any;
  }

  /** Writes what came into the failing cases, and runs those again. */
  async update(): Promise<void> {
    for (const result of this.runner.results()) {
      const text = updatedText(result);
      if (text === undefined || text === result.document?.text) continue;
      await writeFile(join(this.folder, result.file), text);
      console.error(`Updated ${result.file}: read what it now expects.`);
    }
    await this.run();
  }

  report(): void {
    const results = this.runner.results();
    const coverage =
      this.options.coverage === true || this.options.minCoverage !== undefined ? this.coverage() : undefined;
    const source = (file: string): string | undefined => this.checked?.files.get(file);
    switch (this.options.format) {
      case 'json':
        console.log(reportAsJson(results, coverage));
        break;
      case 'tap':
        console.log(reportAsTap(results, source));
        break;
      case 'junit':
        console.log(reportAsJunit(results, source));
        break;
      case 'text':
        if (this.options.update === true) for (const result of results) console.log(reportFileAsText(result, source));
        console.log(`\n${summaryOf(results)}`);
    }
    if (coverage === undefined) return;
    // The other forms are read by programs, which the table would confuse.
    if (this.options.format === 'text') console.log(`\n${renderCoverage(coverage)}`);
    else if (this.options.format !== 'json') console.error(renderCoverage(coverage));
    const { minCoverage } = this.options;
    if (minCoverage !== undefined && this.covered() < minCoverage)
      console.error(`${this.covered()} % are covered, and --min-coverage asks for ${minCoverage} %.`);
  }

  exitCode(): number {
    const failed = this.runner
      .results()
      .some((result) => isBroken(result) || result.cases.some(({ passed }) => !passed));
    return failed || this.covered() < (this.options.minCoverage ?? 0) ? EXIT.findings : EXIT.clean;
  }

  /** Of every wanted automation, also where it has no test. */
  private coverage(): AutomationCoverage[] {
    const results = new Map(this.runner.results().map((result) => [result.file, result]));
    return (this.checked?.plans ?? [])
      .filter((plan) => this.isWanted(testFileOf(plan)))
      .map((plan) => coverageOf(plan, results.get(testFileOf(plan))?.cases.map(({ run }) => run) ?? []));
  }

  private covered(): number {
    return percentOf(this.coverage().flatMap(({ items }) => items));
  }

  /** A test is named by its own file, its automation's, which may be a shared one, or a folder around them. */
  private isWanted(testFile: string): boolean {
    const own = testFile.replace(/\.test\.json$/, '.json');
    const shared = own.replace(/[^/]+(?=\/[^/]+$)/, SHARED);
    const automation = this.checked?.files.has(own) === true ? own : shared;
    return isWithin(testFile, this.wanted) || isWithin(automation, this.wanted);
  }
}

/** `3 cases in 2 files: 2 passed, 1 failed` */
function summaryOf(results: readonly FileResult[]): string {
  const cases = results.flatMap((result) => result.cases);
  const passed = cases.filter((one) => one.passed).length;
  const broken = results.filter(isBroken).length;
  const parts = [`${passed} passed`, `${cases.length - passed} failed`];
  if (broken > 0) parts.push(`${count(broken, 'file')} cannot be run`);
  return `${count(cases.length, 'case')} in ${count(results.length, 'file')}: ${parts.join(', ')}`;
}
