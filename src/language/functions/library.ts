import { DATE_FUNCTIONS } from './date.ts';
import { ENCODING_FUNCTIONS } from './encode.ts';
import type { LibraryFunction } from './function.ts';
import { LIST_METHODS } from './list.ts';
import { MONEY_FUNCTIONS } from './money.ts';
import { NUMBER_FUNCTIONS } from './number.ts';
import { OBJECT_FUNCTIONS } from './object.ts';
import { PHONE_FUNCTIONS } from './phone.ts';
import { TEXT_METHODS } from './text.ts';

/** All functions, in groups as the documentation shows them. Texts and lists have methods; all else is in namespaces. */
export const LIBRARY: { [group: string]: readonly LibraryFunction[] } = {
  'Methods of texts': TEXT_METHODS,
  'Methods of lists': LIST_METHODS,
  Numbers: NUMBER_FUNCTIONS,
  Dates: DATE_FUNCTIONS,
  'Phone numbers': PHONE_FUNCTIONS,
  Money: MONEY_FUNCTIONS,
  Objects: OBJECT_FUNCTIONS,
  'JSON, base64, addresses': ENCODING_FUNCTIONS,
};

export const TEXT_METHOD = byName(TEXT_METHODS);
export const LIST_METHOD = byName(LIST_METHODS);
const IN_NAMESPACE = byName(
  Object.values(LIBRARY)
    .flat()
    .filter(({ on }) => on === undefined),
);

/** Names that begin a call such as `date.parse(…)` and can name nothing else. */
export const NAMESPACES: ReadonlySet<string> = new Set(
  [...IN_NAMESPACE.keys()].map((name) => name.split('.')[0] ?? ''),
);

/** The function `date.parse`, by its whole name. */
export function namespaceFunction(name: string): LibraryFunction | undefined {
  return IN_NAMESPACE.get(name);
}

/** The functions of a namespace, by their names within it. */
export function namesWithin(namespace: string): string[] {
  return [...IN_NAMESPACE.keys()].flatMap((name) => {
    const [outer, inner] = name.split('.');
    return outer === namespace && inner !== undefined ? [inner] : [];
  });
}

/** What `expect(value, kind)` can ask for. */
export const EXPECTABLE = ['string', 'number', 'boolean', 'object', 'array'] as const;
export type Expectable = (typeof EXPECTABLE)[number];

/** Functions that are called by name; their arguments are evaluated in ways of their own. */
export const FUNCTION_NAMES = ['try', 'expect'] as const;

function byName(functions: readonly LibraryFunction[]): ReadonlyMap<string, LibraryFunction> {
  return new Map(functions.map((one) => [one.name, one]));
}
