import { LIST_METHODS } from './list.ts';
import type { ListMethod, TextMethod } from './method.ts';
import { TEXT_METHODS } from './text.ts';

export const TEXT_METHOD: ReadonlyMap<string, TextMethod> = new Map(
  TEXT_METHODS.map((method) => [method.name, method]),
);
export const LIST_METHOD: ReadonlyMap<string, ListMethod> = new Map(
  LIST_METHODS.map((method) => [method.name, method]),
);

/** What `expect(value, kind)` can ask for. */
export const EXPECTABLE = ['string', 'number', 'boolean', 'object', 'array'] as const;
export type Expectable = (typeof EXPECTABLE)[number];

/** Functions that are called by name; their arguments are evaluated in ways of their own. */
export const FUNCTION_NAMES = ['try', 'expect'] as const;
