import type { Json } from '../../json/value.ts';
import type { Type } from '../types.ts';

/** An argument at compile time: a value's type, or a function whose result has a type for given parameters. */
export type InferredArgument = { kind: 'value'; type: Type } | { kind: 'arrow'; result(...params: Type[]): Type };

/** A function argument at run time. */
export type Callback = (...params: Json[]) => Json | undefined;

/** One method of the library: of all texts, or of all lists. */
export interface Method {
  name: string;
  on: 'string' | 'array';
  /** As people write it, with types. */
  signature: string;
  doc: string;
  /** What each argument must be; an arrow's `returns` says what its result must be. */
  params: readonly ({ kind: 'value'; type: Type } | { kind: 'arrow'; returns: 'boolean' | 'any' })[];
  /** The result's type; `items` is the type of the list's items, or the text's own type. */
  infer(items: Type, args: readonly InferredArgument[]): Type;
}

/** A method that works on a text. */
export interface TextMethod extends Method {
  on: 'string';
  evaluate(text: string, args: readonly Json[]): Json;
}

/** A method that works on a list. */
export interface ListMethod extends Method {
  on: 'array';
  evaluate(list: readonly Json[], args: readonly (Json | Callback)[]): Json | undefined;
}
