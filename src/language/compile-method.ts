import { ExactNumber, isJsonObject, type Json } from '../json/value.ts';
import type { Frame } from './budget.ts';
import { EvaluationError } from './evaluation-error.ts';
import type { Argument, Arrow, Expression } from './expression.ts';
import type { Callback, LibraryFunction, Param } from './functions/function.ts';
import { LIST_METHOD, NAMESPACES, TEXT_METHOD, namespaceFunction } from './functions/library.ts';
import type { Type } from './types.ts';
import { absent, kindOf, present } from './value-kind.ts';

type MethodCall = Extract<Expression, { kind: 'method' }>;
type Compiled = (frame: Frame) => Json | undefined;
/** Compiles an expression that sees the parameters of the functions around it. */
type Compile = (expression: Expression, locals: readonly string[]) => Compiled;
type CompiledArgument = (frame: Frame, param: Param | undefined) => Json | Callback;

/** A method of a text or a list, or a function of a namespace. */
export function compileMethod(call: MethodCall, locals: readonly string[], compile: Compile): Compiled {
  const args = call.args.map((argument) => compileArgument(argument, locals, compile));
  const { object } = call;
  if (object.kind === 'name' && NAMESPACES.has(object.name) && !locals.includes(object.name)) {
    const found = namespaceFunction(`${object.name}.${call.name}`);
    if (found === undefined) throw misuse(call);
    return (frame) => perform(found, null, args, frame, call);
  }
  const self = compile(object, locals);
  const [ofText, ofList] = [TEXT_METHOD.get(call.name), LIST_METHOD.get(call.name)];
  return (frame) => {
    const base = self(frame);
    if (call.optional && (base === undefined || base === null)) return undefined;
    if (base === undefined) throw absent(object);
    if (Array.isArray(base) && ofList !== undefined) {
      frame.step(call, base.length);
      return perform(ofList, base, args, frame, call);
    }
    if (typeof base === 'string' && ofText !== undefined) {
      frame.step(call, workOf(base));
      return perform(ofText, base, args, frame, call);
    }
    throw new EvaluationError('wrong_operand', `${kindOf(base)} has no method ${call.name}`, call);
  };
}

function perform(
  called: LibraryFunction,
  self: Json,
  args: readonly CompiledArgument[],
  frame: Frame,
  place: MethodCall,
): Json | undefined {
  const given = called.params.map((param, index) => {
    const value = args[index]?.(frame, param);
    if (typeof value === 'string') frame.step(place, workOf(value));
    if (value !== undefined) requireKind(value, param, place);
    else if (param.kind === 'arrow' || param.optional !== true) throw misuse(place);
    return value;
  });
  const result = called.evaluate({
    self,
    args: given,
    fail: (message) => {
      throw new EvaluationError('no_result', message, place);
    },
    work: (count) => frame.step(place, count),
  });
  return result === undefined ? undefined : frame.made(result, sizeOf(result), place);
}

/** Steps for reading through a text: short ones are free, and a long one cannot be read again and again. */
function workOf(read: string): number {
  return Math.floor(read.length / 256);
}

function compileArgument(argument: Argument, locals: readonly string[], compile: Compile): CompiledArgument {
  if (argument.kind === 'arrow') return compileArrow(argument, locals, compile);
  const value = compile(argument, locals);
  return (frame) => present(value(frame), argument);
}

function compileArrow(arrow: Arrow, locals: readonly string[], compile: Compile): CompiledArgument {
  const body = compile(arrow.body, [...locals, ...arrow.params]);
  const weight = Math.ceil((arrow.end - arrow.start) / 8);
  return (frame, param) =>
    (...params) => {
      frame.step(arrow, weight);
      for (const index of arrow.params.keys()) frame.locals[locals.length + index] = params[index] ?? null;
      const value = present(body(frame), arrow.body);
      const wanted = param?.kind === 'arrow' ? param.returns : 'any';
      if (wanted !== 'any' && kindOf(value) !== wanted) throw misfit(value, wanted, arrow.body);
      return value;
    };
}

/** Templates of connectors are not inferred, so what an argument is, is looked at here too. */
function requireKind(value: Json | Callback, param: Param, place: MethodCall): void {
  if (param.kind === 'arrow' || typeof value === 'function') {
    if (param.kind === 'arrow' && typeof value === 'function') return;
    throw misuse(place);
  }
  if (!isOfKind(value, param.type)) {
    if (value instanceof ExactNumber)
      throw new EvaluationError(
        'exact_number',
        'a double cannot hold this number, so it cannot be reckoned with',
        place,
      );
    throw misfit(value, param.type.kind, place);
  }
  const wrong = param.constant?.(value);
  if (wrong !== undefined) throw new EvaluationError('no_result', wrong, place);
}

function isOfKind(value: Json, type: Type): boolean {
  switch (type.kind) {
    case 'string':
    case 'boolean':
      return typeof value === type.kind;
    case 'number':
      return typeof value === 'number' && (!type.integer || Number.isInteger(value));
    case 'array':
      return Array.isArray(value) && value.every((item) => isOfKind(item, type.items));
    case 'object':
      return isJsonObject(value);
    case 'union':
      return value instanceof ExactNumber || type.members.some((member) => isOfKind(value, member));
    default:
      return true;
  }
}

function misfit(value: Json, wanted: string, place: { start: number; end: number }): EvaluationError {
  return new EvaluationError('wrong_operand', `this is ${kindOf(value)}, and ${wanted} is required`, place);
}

function misuse(place: { start: number; end: number }): EvaluationError {
  return new EvaluationError('syntax', 'this call does not fit the library', place);
}

/** Lists with what they hold: a list of the same long text many times is long. */
function sizeOf(value: Json): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + sizeOf(item), value.length);
  if (isJsonObject(value))
    return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + sizeOf(item), 1);
  return 1;
}
