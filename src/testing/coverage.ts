import type { Mapping, Plan, PlanBlock, PlanStep } from '../generated/plan.ts';
import { parsePointer } from '../json/pointer.ts';
import { isJsonObject, ownProperty, type Json } from '../json/value.ts';
import { stepIdOf, tryOf } from '../run/try-path.ts';
import type { CaseRun, RanStep } from './run-case.ts';

/** What a test can go through. */
export type CoverageKind = 'steps' | 'branches' | 'error_paths' | 'mappings';

export interface CoverageItem {
  kind: CoverageKind;
  /** Such as `route: arm 1`. */
  name: string;
  covered: boolean;
}

export interface AutomationCoverage {
  account: string;
  automation: string;
  items: CoverageItem[];
}

/**
 * What the runs of a plan went through. A step is covered where it was done; a branch where it was taken, and an `if`
 * has two: done and skipped; an error path where a failure was handled; a mapping where it gave a value.
 */
export function coverageOf(plan: Plan, runs: readonly CaseRun[]): AutomationCoverage {
  const seen = new SeenRuns(runs);
  const items = plan.steps.flatMap((step) => ofStep(step, seen));
  items.push(...ofMappings('output', plan.output_mappings ?? [], seen.outputs));
  return { account: plan.account, automation: plan.automation, items };
}

/** Covered per cent of all items, rounded down to a tenth; 100 where there are none. */
export function percentOf(items: readonly CoverageItem[]): number {
  if (items.length === 0) return 100;
  return Math.floor((1000 * items.filter(({ covered }) => covered).length) / items.length) / 10;
}

/** What happened in the runs, by the ids of steps, which stand once in an automation. */
class SeenRuns {
  /** What runs gave that went through to their end. */
  readonly outputs: Json[] = [];
  private readonly steps = new Map<string, { step: RanStep; run: ReadonlySet<string> }[]>();
  private readonly inputs = new Map<string, Json[]>();

  constructor(runs: readonly CaseRun[]) {
    for (const run of runs) if (run.kind !== 'refused') this.add(run);
  }

  done(id: string): boolean {
    return this.ends(id).some(({ end }) => end?.kind !== 'skipped');
  }

  /** Whether it was come to, even where its condition was not met. */
  reached(id: string): boolean {
    return this.steps.has(id);
  }

  ends(id: string): RanStep[] {
    return (this.steps.get(id) ?? []).map(({ step }) => step);
  }

  inputsOf(id: string): Json[] {
    return this.inputs.get(id) ?? [];
  }

  /** What a step that is done gave. */
  outputsOf(id: string): Json[] {
    return this.ends(id).flatMap(({ end }) =>
      (end?.kind === 'done' || end?.kind === 'stopped') && end.output !== undefined ? [end.output] : [],
    );
  }

  /** The times that a switch was done, each with the first steps of those arms that were then taken: the same in every try. */
  takenIn(id: string, firsts: readonly string[]): { step: RanStep; taken: string[] }[] {
    return (this.steps.get(id) ?? [])
      .filter(({ step }) => step.end?.kind === 'done' && tryOf(step.path).number === 1)
      .map(({ step, run }) => {
        const prefix = step.path.slice(0, step.path.length - id.length);
        return { step, taken: firsts.filter((first) => run.has(prefix + first)) };
      });
  }

  private add(run: Exclude<CaseRun, { kind: 'refused' }>): void {
    const paths = new Set(run.steps.map(({ path }) => path));
    for (const step of run.steps) push(this.steps, step.id, { step, run: paths });
    for (const { key, input } of run.attempts) push(this.inputs, stepIdOf(key.step), input);
    const stopped = run.steps.some(({ end }) => end?.kind === 'stopped');
    if (run.kind === 'finished' && run.result.status === 'succeeded' && run.result.output !== undefined && !stopped)
      this.outputs.push(run.result.output);
  }
}

function push<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function ofStep(step: PlanStep, seen: SeenRuns): CoverageItem[] {
  const { id } = step;
  const items: CoverageItem[] = [{ kind: 'steps', name: id, covered: seen.done(id) }];
  if (step.if !== undefined) {
    const skipped = seen.ends(id).some(({ end }) => end?.kind === 'skipped');
    items.push(
      { kind: 'branches', name: `${id}: if true`, covered: seen.done(id) },
      { kind: 'branches', name: `${id}: if false`, covered: skipped },
    );
  }
  items.push(...ofBody(step, seen));
  if ('on_error' in step && step.on_error !== undefined) {
    const [first] = step.on_error;
    const handled = seen.ends(id).some(({ end }) => end?.kind === 'handled');
    items.push({ kind: 'error_paths', name: id, covered: handled || (first !== undefined && seen.reached(first.id)) });
    items.push(...step.on_error.flatMap((inner) => ofStep(inner, seen)));
  }
  return items;
}

function ofBody(step: PlanStep, seen: SeenRuns): CoverageItem[] {
  const { id } = step;
  switch (step.kind) {
    case 'action':
      return ofMappings(`${id}: with`, step.mappings, seen.inputsOf(id));
    case 'call':
      return ofMappings(`${id}: with`, step.mappings, seen.inputsOf(id));
    case 'wait':
      return [];
    case 'set':
      return ofMappings(`${id}: set`, step.mappings, seen.outputsOf(id));
    case 'stop':
      return ofMappings(`${id}: output`, step.mappings, seen.outputsOf(id));
    case 'fail':
      return [];
    case 'for_each': {
      // A loop that collects failures has its list under a name.
      const lists = seen.outputsOf(id).map((output) => (isJsonObject(output) ? output['outputs'] : output));
      const items = lists.flatMap((list) => (Array.isArray(list) ? list : []));
      return ofBlock(`${id}: output`, step.block, items, seen);
    }
    case 'branches': {
      const outputs = seen.outputsOf(id).filter(isJsonObject);
      return Object.entries(step.branches).flatMap(([name, block]) =>
        ofBlock(`${id}.${name}: output`, block, definedOf(outputs.map((output) => ownProperty(output, name))), seen),
      );
    }
    case 'switch':
      return ofSwitch(step, seen);
  }
}

function ofSwitch({ id, arms }: Extract<PlanStep, { kind: 'switch' }>, seen: SeenRuns): CoverageItem[] {
  const firsts = arms.map(({ block }) => block.steps[0]?.id ?? '');
  const times = seen.takenIn(id, firsts);
  const items = arms.flatMap(({ if: condition, block }, index) => {
    const first = firsts[index] ?? '';
    const name = condition === undefined ? `${id}: else` : `${id}: arm ${index + 1}`;
    const outputs = times.flatMap(({ step: { end }, taken }) =>
      taken.includes(first) && end?.kind === 'done' && end.output !== undefined ? [end.output] : [],
    );
    const branch: CoverageItem = { kind: 'branches', name, covered: seen.reached(first) };
    return [branch, ...ofBlock(`${name}: output`, block, outputs, seen)];
  });
  if (arms.every(({ if: condition }) => condition !== undefined))
    items.push({ kind: 'branches', name: `${id}: no arm`, covered: times.some(({ taken }) => taken.length === 0) });
  return items;
}

function ofBlock(name: string, block: PlanBlock, outputs: readonly Json[], seen: SeenRuns): CoverageItem[] {
  return [...block.steps.flatMap((step) => ofStep(step, seen)), ...ofMappings(name, block.mappings, outputs)];
}

function ofMappings(name: string, mappings: readonly Mapping[], values: readonly Json[]): CoverageItem[] {
  return mappings.map(({ to }) => ({
    kind: 'mappings',
    name: `${name}${to === '' ? '' : `.${to.slice(1).replaceAll('/', '.')}`}`,
    covered: values.some((value) => has(value, parsePointer(to))),
  }));
}

function has(value: Json | undefined, [key, ...rest]: readonly string[]): boolean {
  if (value === undefined || key === undefined) return value !== undefined;
  if (Array.isArray(value)) return has(value[Number(key)], rest);
  return isJsonObject(value) && has(ownProperty(value, key), rest);
}

function definedOf(values: readonly (Json | undefined)[]): Json[] {
  return values.filter((value) => value !== undefined);
}
