import type { Catalog } from '../connectors/catalog.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { checkAutomation, type CheckedAutomation } from './check-automation.ts';

/** The automations of automations/shared. Each is checked once, when it is first asked for, however many install it. */
export class SharedAutomations {
  readonly names: readonly string[];
  private readonly sources: Workspace['shared'];
  private readonly catalog: Catalog;
  private readonly checked = new Map<string, CheckedAutomation>();

  constructor(sources: Workspace['shared'], catalog: Catalog) {
    this.names = [...sources.keys()];
    this.sources = sources;
    this.catalog = catalog;
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
    const checked = checkAutomation({ ...source, shared: true }, this.catalog);
    this.checked.set(name, checked);
    return checked;
  }
}
