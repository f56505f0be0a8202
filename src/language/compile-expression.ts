import { ExactNumber, isJsonObject, ownProperty, type Json, type JsonObject } from '../json/value.ts';
import type { Frame } from './budget.ts';
import { EvaluationError } from './evaluation-error.ts';
import type { Expression } from './expression.ts';
import { compileMethod } from './compile-method.ts';
import type { Expectable } from './functions/library.ts';
import { OPERATORS, toNumber } from './operators.ts';
import { setProperty } from './set-property.ts';
import { absent, kindOf, present } from './value-kind.ts';

/** A compiled expression; `undefined` is an absent value. */
export type Compiled = (frame: Frame) => Json | undefined;

/** Compiles an expression to closures. `locals` are the parameters that it can see, innermost last. */
export function compileExpression(expression: Expression, locals: readonly string[] = []): Compiled {
  const compile = (inner: Expression): Compiled => compileExpression(inner, locals);
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression;
      return () => value;
    }
    case 'name':
      return compileName(expression.name, locals);
    case 'member':
      return compileMember(expression, compile(expression.object), compile(expression.key));
    case 'call':
      return compileCall(expression, locals);
    case 'method':
      return compileMethod(expression, locals, compileExpression);
    case 'unary':
      return compileUnary(expression.operator, expression.operand, compile(expression.operand));
    case 'binary': {
      const operate = OPERATORS[expression.operator];
      const [left, right] = [compile(expression.left), compile(expression.right)];
      return (frame) => {
        const value = operate(left(frame), right(frame), expression);
        return typeof value === 'string' ? frame.made(value, value.length, expression) : value;
      };
    }
    case 'logical':
      return compileLogical(expression, compile(expression.left), compile(expression.right));
    case 'conditional': {
      const [test, consequent, alternate] = [
        compile(expression.test),
        compile(expression.consequent),
        compile(expression.alternate),
      ];
      return (frame) => (truth(test(frame), expression.test) ? consequent(frame) : alternate(frame));
    }
    case 'template':
      return compileText(
        expression.texts,
        expression.values.map((value) => [value, compile(value)] as const),
        expression,
      );
    case 'array': {
      const items = expression.items.map((item) => [item, compile(item)] as const);
      return (frame) =>
        frame.made(
          items.map(([place, item]) => present(item(frame), place)),
          items.length,
          expression,
        );
    }
    case 'object':
      return compileObject(
        expression.entries.map(({ key, value }) => [key, compile(value)] as const),
        expression,
      );
  }
}

/** Joins texts and the values between them; `texts` has one more than `values`. */
export function compileText(
  texts: readonly string[],
  values: readonly (readonly [Expression, Compiled])[],
  place: { start: number; end: number },
): Compiled {
  return (frame) => {
    let text = texts[0] ?? '';
    for (const [index, [valuePlace, value]] of values.entries()) {
      text += textOf(value(frame), valuePlace) + (texts[index + 1] ?? '');
    }
    return frame.made(text, text.length, place);
  };
}

function textOf(value: Json | undefined, place: Expression): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || value instanceof ExactNumber) return String(value);
  if (value === undefined) throw absent(place);
  throw new EvaluationError('wrong_operand', `${kindOf(value)} cannot stand in a text`, place);
}

function compileName(name: string, locals: readonly string[]): Compiled {
  const index = locals.lastIndexOf(name);
  if (index !== -1) return (frame) => frame.locals[index];
  return (frame) => ownProperty(frame.roots, name);
}

function compileMember(member: Extract<Expression, { kind: 'member' }>, object: Compiled, key: Compiled): Compiled {
  return (frame) => {
    const base = object(frame);
    if (base === undefined || base === null) {
      if (member.optional) return undefined;
      throw base === null
        ? new EvaluationError('not_an_object', 'this is null, which has no fields', member.object)
        : absent(member.object);
    }
    return readMember(base, key(frame), member);
  };
}

function readMember(base: Json, key: Json | undefined, place: Expression): Json | undefined {
  if (Array.isArray(base)) {
    if (key === 'length') return base.length;
    return typeof key === 'number' && Number.isInteger(key) && key >= 0 ? base[key] : undefined;
  }
  if (typeof base === 'string' && key === 'length') return base.length;
  if (isJsonObject(base))
    return typeof key === 'string' || typeof key === 'number' ? ownProperty(base, String(key)) : undefined;
  throw new EvaluationError('not_an_object', `${kindOf(base)} has no such field`, place);
}

function compileUnary(operator: '!' | '-', place: Expression, operand: Compiled): Compiled {
  if (operator === '!') return (frame) => !truth(operand(frame), place);
  return (frame) => -toNumber(operand(frame), place);
}

function compileLogical(
  expression: Extract<Expression, { kind: 'logical' }>,
  left: Compiled,
  right: Compiled,
): Compiled {
  switch (expression.operator) {
    case '&&':
      return (frame) => truth(left(frame), expression.left) && truth(right(frame), expression.right);
    case '||':
      return (frame) => truth(left(frame), expression.left) || truth(right(frame), expression.right);
    case '??':
      return (frame) => left(frame) ?? right(frame);
  }
}

function compileObject(entries: readonly (readonly [string, Compiled])[], place: Expression): Compiled {
  return (frame) => {
    const object: JsonObject = {};
    for (const [key, value] of entries) setProperty(object, key, value(frame));
    return frame.made(object, entries.length, place);
  };
}

function compileCall(call: Extract<Expression, { kind: 'call' }>, locals: readonly string[]): Compiled {
  const [first, second] = call.args;
  if (first === undefined || second === undefined || first.kind === 'arrow' || second.kind === 'arrow')
    throw misuse(call);
  const value = compileExpression(first, locals);
  if (call.callee === 'try') {
    const fallback = compileExpression(second, locals);
    return (frame) => tryValue(value, frame) ?? fallback(frame);
  }
  if (call.callee !== 'expect' || second.kind !== 'literal') throw misuse(call);
  const kind = second.value as Expectable;
  return (frame) => {
    const found = present(value(frame), first);
    if (kindOf(found) !== kind)
      throw new EvaluationError('wrong_operand', `this is ${kindOf(found)}, and ${kind} is expected`, first);
    return found;
  };
}

function tryValue(value: Compiled, frame: Frame): Json | undefined {
  try {
    return value(frame);
  } catch (error) {
    // What an evaluation may use is not for the expression to decide.
    if (error instanceof EvaluationError && error.code !== 'too_many_steps' && error.code !== 'too_large')
      return undefined;
    throw error;
  }
}

function truth(value: Json | undefined, place: Expression): boolean {
  if (typeof value === 'boolean') return value;
  if (value === undefined) throw absent(place);
  throw new EvaluationError('wrong_operand', `this is ${kindOf(value)}, and boolean is required`, place);
}

function misuse(place: { start: number; end: number }): EvaluationError {
  return new EvaluationError('syntax', 'this call does not fit the library', place);
}
