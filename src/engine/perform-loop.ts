import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import type { Failure } from '../run/failure.ts';
import { firstItems, pagesOf } from '../run/page.ts';
import type { Durable } from './durable.ts';
import { brokenEnd, inOrder } from './in-order.ts';
import type { PreparedLoop } from './prepared-plan.ts';

/** How an item, or all of them, ended. */
export type LoopEnd =
  | { kind: 'done'; output: Json | undefined }
  | { kind: 'stopped'; output: Json | undefined }
  | { kind: 'failed'; failure: Failure };

/** What some items gave. */
interface Stretch {
  kind: 'done';
  outputs: Json[];
  /** Of those that failed: index, code, message and step. */
  failures: JsonObject[];
}

type StretchEnd = Stretch | Exclude<LoopEnd, { kind: 'done' }>;

/**
 * Does something for each of `count` items, as the loop says. `place` is its path within the run. What goes beyond the
 * first items is done page by page: of those that are done, neither the engine nor the next start holds more than what they gave.
 */
export async function performLoop(
  loop: PreparedLoop,
  place: string,
  count: number,
  durable: Durable,
  item: (durable: Durable, index: number) => Promise<LoopEnd>,
): Promise<LoopEnd> {
  const perform = (on: Durable, from: number, end: number): Promise<StretchEnd> =>
    performStretch(loop, place, from, end, (index) => item(on, index));
  const all = await perform(durable, 0, Math.min(count, firstItems(place)));
  if (all.kind !== 'done') return all;
  for (const { name, from, end } of pagesOf(place, count)) {
    let broken: Exclude<StretchEnd, Stretch> | undefined;
    const key = { step: name, attempt: 1 };
    const outcome = await durable.page({
      key,
      input: { from, to: end - 1 },
      perform: async (on) => {
        const stretch = await perform(on, from, end);
        if (stretch.kind === 'done')
          return { ok: true, output: { outputs: stretch.outputs, failures: stretch.failures } };
        if (stretch.kind === 'failed' && stretch.failure.class !== 'uncertain')
          return { ok: false, failure: stretch.failure };
        broken = stretch;
        return undefined;
      },
    });
    if (outcome?.ok === false) return { kind: 'failed', failure: outcome.failure };
    if (outcome === undefined) return broken ?? noEnd(name);
    add(all, outcome.output);
  }
  const outputs = loop.block.output === undefined ? undefined : all.outputs;
  if (!loop.collects) return { kind: 'done', output: outputs };
  return { kind: 'done', output: { ...(outputs === undefined ? {} : { outputs }), failures: all.failures } };
}

/** The items from `from` up to, and without, `end`. */
async function performStretch(
  { parallel, collects, block }: PreparedLoop,
  place: string,
  from: number,
  end: number,
  item: (index: number) => Promise<LoopEnd>,
): Promise<StretchEnd> {
  const failures: { index: number; code: string; message: string; step: string }[] = [];
  const ends = await inOrder(end - from, parallel, async (offset): Promise<LoopEnd> => {
    const index = from + offset;
    const one = await item(index);
    // What nobody is sure of is for a person.
    if (!collects || one.kind !== 'failed' || one.failure.class === 'uncertain') return one;
    const { code, message, step = place } = one.failure;
    failures.push({ index, code, message, step });
    return { kind: 'done', output: undefined };
  });
  const broken = brokenEnd<LoopEnd>(ends);
  if (broken !== undefined) return broken;
  const outputs: Json[] = [];
  for (const one of ends) if (one.kind === 'done' && block.output !== undefined) outputs.push(one.output ?? null);
  failures.sort((left, right) => left.index - right.index);
  return { kind: 'done', outputs, failures };
}

/** Adds what a page gave, as it is journaled. */
function add(all: Stretch, page: Json): void {
  const { outputs = [], failures = [] } = isJsonObject(page) ? page : {};
  for (const output of Array.isArray(outputs) ? outputs : []) all.outputs.push(output);
  for (const failure of Array.isArray(failures) ? failures : []) if (isJsonObject(failure)) all.failures.push(failure);
}

function noEnd(page: string): never {
  throw new TypeError(`the page ${page} has no end`);
}
