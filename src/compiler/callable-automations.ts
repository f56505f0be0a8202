import type { Catalog } from '../connectors/catalog.ts';
import type { Automation } from '../generated/automation.ts';
import type { Source, Workspace } from '../workspace/workspace.ts';
import { checkAutomation, type CheckedAutomation } from './check-automation.ts';
import type { Callee, Callees } from './context.ts';

/** By name; `undefined` where the file is broken. */
type Sources = ReadonlyMap<string, Source<Automation> | undefined>;

export interface CallableOptions {
  catalog: Catalog;
  /** Those that all accounts have. */
  tables: Workspace['tables'];
  /** They are those of automations/shared. */
  shared: boolean;
  /** What can be called besides: the shared automations that the account installs. */
  installed?: { names: readonly string[]; shared: CallableAutomations };
}

/**
 * The automations of an account, or of automations/shared: they can call one another. Each is checked once, when it is
 * first asked for, after those that it calls.
 */
export class CallableAutomations implements Callees {
  readonly names: readonly string[];
  private readonly sources: Sources;
  private readonly options: CallableOptions;
  private readonly checked = new Map<string, CheckedAutomation>();
  /** Those that are being checked, each because the one before it calls it. */
  private readonly way = new Set<string>();
  private readonly circles: string[][] = [];

  constructor(sources: Sources, options: CallableOptions) {
    this.names = [...sources.keys()];
    this.sources = sources;
    this.options = options;
  }

  /** True also where the file is broken, which is told of the file. */
  has(name: string): boolean {
    return this.sources.has(name);
  }

  /** `undefined` where there is no such automation or its file is broken. */
  get(name: string): CheckedAutomation | undefined {
    const source = this.sources.get(name);
    const known = this.checked.get(name);
    if (source === undefined || known !== undefined) return known;
    const { catalog, tables, shared } = this.options;
    this.way.add(name);
    const checked = checkAutomation({ ...source, shared }, name, { catalog, tables, callees: this });
    this.way.delete(name);
    this.checked.set(name, checked);
    return checked;
  }

  callable(): string[] {
    return [...this.names, ...(this.options.installed?.names ?? [])];
  }

  callee(name: string): Callee | undefined {
    const source = this.sources.get(name);
    if (source === undefined) {
      const { installed } = this.options;
      return installed?.names.includes(name) === true ? installed.shared.callee(name) : undefined;
    }
    const { trigger } = source.value;
    if (this.way.has(name)) {
      const way = [...this.way];
      this.circles.push([...way.slice(way.indexOf(name)), name]);
      return { trigger, output: { kind: 'never' }, leastWait: 0, broken: true };
    }
    const checked = this.get(name);
    return checked && { trigger, output: checked.flow.gives, leastWait: checked.leastWait, broken: checked.broken };
  }

  circlesFrom(name: string): readonly (readonly string[])[] {
    return this.circles.filter(([first]) => first === name);
  }

  inOneCircle(left: string, right: string): boolean {
    return this.circles.some((names) => names.includes(left) && names.includes(right));
  }
}
