import type { Pagination } from '../generated/plan.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { compileTemplate, type Evaluator } from '../language/evaluate.ts';
import type { Answer } from './failures.ts';

/** What a request for one page needs to know. */
export interface Page {
  /** What templates see as `page`. */
  root: JsonObject;
  /** The page's address, where the page before named it. */
  url?: URL;
}

/** Goes through the pages of an answer. Its methods throw `EvaluationError` or `TypeError` where the answer is no page. */
export interface Pages {
  first(): Page;
  /** The items of a page. */
  items(answer: Answer): Json[];
  /** The page after this one, where there is one; `count` items were found so far. `address` is where this one was. */
  next(page: Page, answer: Answer, found: { onPage: number; count: number }, address: URL): Page | undefined;
  maxPages: number;
  maxItems(input: Json): number;
}

const DEFAULT_PAGES = 10;

/** Compiles how an action's pages are gone through. */
export function compilePages(pagination: Pagination): Pages {
  const list = compileTemplate(pagination.items);
  const limit = pagination.max_items === undefined ? undefined : compileTemplate(pagination.max_items);
  return {
    ...walkOf(pagination),
    items: (answer) => {
      const items = list(rootsOf(answer));
      if (!Array.isArray(items)) throw new TypeError('the items of the page are no list');
      return items;
    },
    maxPages: pagination.max_pages ?? DEFAULT_PAGES,
    maxItems: (input) => {
      const most = limit?.({ input }) ?? Number.POSITIVE_INFINITY;
      return typeof most === 'number' ? most : Number.POSITIVE_INFINITY;
    },
  };
}

function walkOf(pagination: Pagination): Pick<Pages, 'first' | 'next'> {
  switch (pagination.type) {
    case 'cursor': {
      const cursor = compileTemplate(pagination.next);
      return {
        first: () => ({ root: {} }),
        next: (_page, answer) => {
          const value = cursor(rootsOf(answer));
          return isNothing(value) ? undefined : { root: { cursor: value } };
        },
      };
    }
    case 'link': {
      const link = pagination.next === undefined ? undefined : compileTemplate(pagination.next);
      return {
        first: () => ({ root: {} }),
        next: (_page, answer, _found, address) => {
          const value = link === undefined ? nextLink(answer.headers['link']) : link(rootsOf(answer));
          return typeof value !== 'string' || value === '' ? undefined : { root: {}, url: new URL(value, address) };
        },
      };
    }
    case 'page':
    case 'offset': {
      const more = pagination.more === undefined ? undefined : compileTemplate(pagination.more);
      const { type, first = type === 'page' ? 1 : 0, size = 1 } = pagination;
      const at = (number: number, before: number): Page => ({
        root: { number: type === 'page' ? first + number : number, offset: type === 'page' ? before : first + before },
      });
      return {
        first: () => at(0, 0),
        next: ({ root }, answer, { onPage, count }) => {
          const further = more === undefined ? onPage >= size : onPage > 0 && more(rootsOf(answer)) === true;
          const number = typeof root['number'] === 'number' ? root['number'] : 0;
          return further ? at(number + 1 - (type === 'page' ? first : 0), count) : undefined;
        },
      };
    }
  }
}

function isNothing(value: ReturnType<Evaluator>): value is undefined | null | '' {
  return value === undefined || value === null || value === '';
}

/** The target of the link with `rel=next` (RFC 8288). */
function nextLink(header: string | undefined): string | undefined {
  for (const [, target, parameters = ''] of header?.matchAll(/<([^>]*)>((?:\s*;\s*[^,;"]+(?:"[^"]*")?)*)/g) ?? [])
    if (/;\s*rel\s*=\s*(?:"[^"]*\bnext\b[^"]*"|next\b)/i.test(parameters)) return target;
  return undefined;
}

function rootsOf({ status, headers, body }: Answer): JsonObject {
  return { response: { status, headers, body } };
}
