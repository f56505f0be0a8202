/**
 * The attempts of a long loop lie in pages, each a journal of its own, so that none grows with the loop. Which page an attempt
 * lies in follows from the path of its step alone: `each[712].send` lies in `each[500-999]`. The first items of a loop lie
 * where the loop itself does.
 */

/** Items of one page. */
const PAGE_ITEMS = 500;
/** Of a loop that stands in another one, so many items have no page: each item of the outer one has as many. */
const FIRST_INNER_ITEMS = 20;

/** A stretch of a loop that has a page. */
export interface Page {
  /** `each[500-999]`: the same however many items there are. */
  name: string;
  /** Index of its first item. */
  from: number;
  /** Index of the item after its last one. */
  end: number;
}

/** How many items of the loop, at most, have no page. `loop` is its path within the run. */
export function firstItems(loop: string): number {
  return loop.includes('].') ? FIRST_INNER_ITEMS : PAGE_ITEMS;
}

/** The pages of a loop over `count` items, in order. */
export function* pagesOf(loop: string, count: number): Generator<Page> {
  for (let from = firstItems(loop); from < count; from += PAGE_ITEMS)
    yield { name: pageName(loop, from), from, end: Math.min(from + PAGE_ITEMS, count) };
}

/** The page in which the attempts of a step lie; an empty text: in the journal of the run itself. */
export function pageOf(step: string): string {
  if (!step.includes('].')) return '';
  let page = '';
  for (const { index, 1: item } of step.matchAll(/\[(\d+)\]\./g)) {
    const loop = step.slice(0, index);
    const beyond = Number(item) - firstItems(loop);
    if (beyond >= 0) page = pageName(loop, Number(item) - (beyond % PAGE_ITEMS));
  }
  return page;
}

/** The path of the loop whose page this is; `undefined` where it names none. */
export function loopOfPage(page: string): string | undefined {
  return /^(.+)\[\d+-\d+\]$/.exec(page)?.[1];
}

function pageName(loop: string, from: number): string {
  return `${loop}[${from}-${from + PAGE_ITEMS - 1}]`;
}
