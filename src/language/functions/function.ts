import type { Json } from '../../json/value.ts';
import type { StringType, Type } from '../types.ts';

/** An argument at compile time: a value's type, or the type of what a function gives for an item. */
export interface InferredArgument {
  kind: 'value' | 'arrow';
  type: Type;
}

/** A function argument at run time. */
export type Callback = (...params: Json[]) => Json;

export type Param = ValueParam | ArrowParam;

export interface ValueParam {
  name: string;
  kind: 'value';
  type: Type;
  optional?: true;
  /** Says what is wrong with a value, so that it is known before a run where it is written out. */
  written?: (value: Json) => string | undefined;
  /** Must be written out; as `written`. */
  constant?: (value: Json) => string | undefined;
}

export interface ArrowParam {
  name: string;
  kind: 'arrow';
  /** What the function must give; `any`: anything but nothing. */
  returns: 'boolean' | 'string' | 'any';
}

/** What a function of the library is given at run time. Arguments are of the types that `params` say. */
export interface Call {
  /** The text or list that a method is of. */
  self: Json;
  args: readonly (Json | Callback | undefined)[];
  /** Ends the evaluation: there is no value for this. The message names no data. */
  fail: (message: string) => never;
  /** Charges for work that grows with the data. */
  work: (count: number) => void;
}

/** One function of the library: a method of all texts or lists, or one in a namespace. */
export interface LibraryFunction {
  /** `trim`; in a namespace `date.parse`. */
  name: string;
  on?: 'text' | 'list';
  params: readonly Param[];
  /** What it gives, in words for its signature. */
  gives: string;
  doc: string;
  /** Expressions and what they give; the tests run them. */
  examples: readonly (readonly [string, Json])[];
  /** The result's type; `self` is that of the text, or of the list's items. */
  infer(self: Type, args: readonly (InferredArgument | undefined)[]): Type;
  evaluate(call: Call): Json | undefined;
}

/** A parameter that takes values of a type. */
export function param(
  name: string,
  type: Type,
  more: Pick<ValueParam, 'optional' | 'written' | 'constant'> = {},
): ValueParam {
  return { name, kind: 'value', type, ...more };
}

/** A text of a format. */
export function formatted(format: string): StringType {
  return { kind: 'string', format };
}

/** As people write it, with types. */
export function signatureOf({ name, on, params, gives }: LibraryFunction): string {
  const written = params.map((one) => {
    if (one.kind === 'arrow') return `item => ${one.returns === 'any' ? 'value' : one.returns}`;
    return `${one.name}${one.optional === true ? '?' : ''}`;
  });
  return `${on === undefined ? '' : `${on}.`}${name}(${written.join(', ')}): ${gives}`;
}

/** An argument that is known to be a text. */
export function text(argument: Json | Callback | undefined): string {
  return typeof argument === 'string' ? argument : '';
}

/** An argument that is known to be a number. */
export function number(argument: Json | Callback | undefined, otherwise = 0): number {
  return typeof argument === 'number' ? argument : otherwise;
}

/** An argument or a value that is known to be a list. */
export function list(argument: Json | Callback | undefined): Json[] {
  return Array.isArray(argument) ? argument : [];
}
