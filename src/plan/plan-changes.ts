import type { Plan, PlanTable } from '../generated/plan.ts';
import { isJsonObject, ownProperty, type Json, type JsonObject } from '../json/value.ts';
import type { Change } from './difference.ts';
import type { NamedPlan } from './digest.ts';
import { listSteps, type ListedStep } from './list-steps.ts';

type PlanTables = NonNullable<Plan['tables']>;

/** What is different between two plans of an automation. */
export function changesBetween(before: NamedPlan, after: NamedPlan): Change[] {
  const [old, now] = [partsOf(before), partsOf(after)];
  return [
    ...compareValues('', old.rest, now.rest).map(({ path = '', ...change }): Change => {
      const [part = '', ...inner] = path.split('.');
      return { ...change, part, ...(inner.length === 0 ? {} : { path: inner.join('.') }) };
    }),
    ...compareSteps(listSteps(before.plan.steps), listSteps(after.plan.steps)),
    ...compareNamed('connection', old.connections, now.connections),
    ...compareNamed('connector', old.connectors, now.connectors),
    ...compareTables(before.plan.tables ?? {}, after.plan.tables ?? {}),
  ];
}

/** The plan as JSON, without what is compared by itself and what only repeats other parts. */
function partsOf({ text }: NamedPlan): { rest: JsonObject; connections: JsonObject; connectors: JsonObject } {
  const plan = JSON.parse(text) as { [part: string]: JsonObject };
  const { connections = {}, connectors = {} } = plan;
  const rest = Object.entries(plan).filter(([part]) => !APART.has(part));
  return { rest: Object.fromEntries(rest), connections, connectors };
}

const APART = new Set(['steps', 'connections', 'connectors', 'tables', 'output_mappings', 'format']);

function compareSteps(before: readonly ListedStep[], after: readonly ListedStep[]): Change[] {
  const changes: Change[] = [];
  const [old, now] = [new Map(before.map((one) => [one.id, one])), new Map(after.map((one) => [one.id, one]))];
  for (const { id, where, own } of after) {
    const part = `step ${id}`;
    const earlier = old.get(id);
    if (earlier === undefined) changes.push({ part, kind: 'added', after: own });
    else {
      if (earlier.where !== where) changes.push({ part, kind: 'moved', before: earlier.where, after: where });
      changes.push(...compareValues('', earlier.own, own).map((change) => ({ ...change, part })));
    }
  }
  for (const { id, own } of before)
    if (!now.has(id)) changes.push({ part: `step ${id}`, kind: 'removed', before: own });
  const [wasOrder, isOrder] = [idsInBoth(before, now), idsInBoth(after, old)];
  const moved = isOrder.find((id, index) => wasOrder[index] !== id);
  if (moved !== undefined) changes.push({ part: 'steps', kind: 'moved', before: wasOrder, after: isOrder });
  return changes;
}

/** In their order; a step that went into or out of another one is told by itself. */
function idsInBoth(list: readonly ListedStep[], other: ReadonlyMap<string, ListedStep>): string[] {
  return list.flatMap(({ id, where }) => (other.get(id)?.where === where ? [id] : []));
}

function compareNamed(what: string, before: JsonObject, after: JsonObject): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names.flatMap((name): Change[] => {
    const part = `${what} ${name}`;
    const [old, now] = [ownProperty(before, name), ownProperty(after, name)];
    if (old === undefined) return [{ part, kind: 'added' }];
    if (now === undefined) return [{ part, kind: 'removed' }];
    return compareValues('', old, now).map((change) => ({ ...change, part }));
  });
}

/** Rows are counted: which ones they are stands in the difference of the file. */
function compareTables(before: PlanTables, after: PlanTables): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names.flatMap((name): Change[] => {
    const part = `table ${name}`;
    const [old, now] = [before[name], after[name]];
    if (old === undefined) return [{ part, kind: 'added' }];
    if (now === undefined) return [{ part, kind: 'removed' }];
    const columns = compareValues('columns', old.columns, now.columns).map((change) => ({ ...change, part }));
    const [gone, fresh] = [rowsMissing(old, now), rowsMissing(now, old)];
    return [
      ...columns,
      ...(gone === 0 ? [] : [{ part, kind: 'removed' as const, path: 'rows', before: gone }]),
      ...(fresh === 0 ? [] : [{ part, kind: 'added' as const, path: 'rows', after: fresh }]),
    ];
  });
}

/** How many rows of a table the other one does not have. */
function rowsMissing({ rows }: PlanTable, other: PlanTable): number {
  const known = new Set(other.rows.map((row) => JSON.stringify(row)));
  return rows.filter((row) => !known.has(JSON.stringify(row))).length;
}

/** The innermost places at which two values differ. */
function compareValues(path: string, before: Json, after: Json): Change[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isJsonObject(before) || !isJsonObject(after)) {
    return [{ part: '', kind: 'changed', ...(path === '' ? {} : { path }), before, after }];
  }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names.flatMap((name): Change[] => {
    if (name === 'mappings') return [];
    const inner = path === '' ? name : `${path}.${name}`;
    const [old, now] = [ownProperty(before, name), ownProperty(after, name)];
    if (old === undefined) return now === undefined ? [] : [{ part: '', kind: 'added', path: inner, after: now }];
    if (now === undefined) return [{ part: '', kind: 'removed', path: inner, before: old }];
    return compareValues(inner, old, now);
  });
}
