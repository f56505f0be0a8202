import type { PlanStep } from '../../generated/plan.ts';
import { isJsonObject, ownProperty, type Json, type JsonObject } from '../../json/value.ts';
import { compileTemplate } from '../../language/evaluate.ts';

/** How a step that calls nothing came to its output. */
export type Computed =
  | { kind: 'template'; template: Json | undefined }
  /** No arm was taken: none of the conditions was true. */
  | { kind: 'no_arm'; conditions: string[] }
  /** The template of the list of a loop gave no items. */
  | { kind: 'no_items'; items: string };

/** How the step came to its output, by what its expressions saw; `undefined` where it did not compute it by itself. */
export function computedOutput(planned: PlanStep, scope: JsonObject): Computed | undefined {
  switch (planned.kind) {
    case 'set':
      return { kind: 'template', template: planned.set };
    case 'branches': {
      const outputs = Object.entries(planned.branches).map(([name, { output }]) => [name, output ?? null] as const);
      return { kind: 'template', template: Object.fromEntries(outputs) };
    }
    case 'switch': {
      const taken = planned.arms.find((arm) => arm.if === undefined || compileTemplate(arm.if)(scope) === true);
      if (taken !== undefined) return { kind: 'template', template: taken.block.output };
      return { kind: 'no_arm', conditions: planned.arms.flatMap((arm) => arm.if ?? []) };
    }
    case 'for_each': {
      const items = compileTemplate(planned.items)(scope);
      return Array.isArray(items) && items.length === 0 ? { kind: 'no_items', items: planned.items } : undefined;
    }
    default:
      return undefined;
  }
}

/** What stands in a template at these keys. */
export function partOf(template: Json | undefined, keys: readonly string[]): Json | undefined {
  return keys.reduce<Json | undefined>(
    (value, key) => (value !== undefined && isJsonObject(value) ? ownProperty(value, key) : undefined),
    template,
  );
}
