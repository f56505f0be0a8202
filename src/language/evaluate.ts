import { formatPointer, type PointerToken } from '../json/pointer.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { Frame } from './budget.ts';
import { compileExpression, compileText, type Compiled } from './compile-expression.ts';
import { EvaluationError } from './evaluation-error.ts';
import { setProperty } from './set-property.ts';
import { hasExpression, parseTemplate } from './template.ts';

/**
 * Evaluates a template over the roots that its expressions name. Gives `undefined` where the whole value is absent.
 * Parts without expressions are given as they stand, so the result must not be changed. Throws `EvaluationError`.
 */
export type Evaluator = (roots: JsonObject) => Json | undefined;

/**
 * Compiles a JSON value whose strings may hold `${{ expressions }}`. What is absent is left out of an object; in a list
 * or a text it is an error. Throws `EvaluationError` with the code `syntax` where a string cannot be read.
 */
export function compileTemplate(value: Json): Evaluator {
  const compiled = compileValue(value, []);
  return compiled === undefined ? () => value : (roots) => compiled(new Frame(roots));
}

/** `undefined` where there is nothing to evaluate. */
function compileValue(value: Json, path: PointerToken[]): Compiled | undefined {
  if (typeof value === 'string') return hasExpression(value) ? placed(compileString(value, path), path) : undefined;
  if (Array.isArray(value)) return compileList(value, path);
  return isJsonObject(value) ? compileFields(value, path) : undefined;
}

function compileString(text: string, path: PointerToken[]): Compiled {
  const { parts, whole, problems } = parseTemplate(text);
  const [problem] = problems;
  if (problem !== undefined) throw at(path, new EvaluationError('syntax', problem.message, problem));
  const [first] = parts;
  if (whole && typeof first === 'object') return compileExpression(first);
  const texts = [''];
  const values = [];
  for (const part of parts) {
    if (typeof part === 'string') {
      texts[texts.length - 1] += part;
    } else {
      values.push([part, compileExpression(part)] as const);
      texts.push('');
    }
  }
  return compileText(texts, values, { start: 0, end: text.length });
}

function compileList(list: readonly Json[], path: PointerToken[]): Compiled | undefined {
  const items = list.map((item, index) => compileValue(item, [...path, index]));
  if (items.every((item) => item === undefined)) return undefined;
  return (frame) =>
    list.map((item, index) => {
      const compiled = items[index];
      const value = compiled === undefined ? item : compiled(frame);
      if (value !== undefined) return value;
      throw at([...path, index], new EvaluationError('absent_value', 'this value is absent', { start: 0, end: 0 }));
    });
}

function compileFields(object: JsonObject, path: PointerToken[]): Compiled | undefined {
  const fields = Object.entries(object).map(([key, item]) => [key, item, compileValue(item, [...path, key])] as const);
  if (fields.every(([, , compiled]) => compiled === undefined)) return undefined;
  return (frame) => {
    const result: JsonObject = {};
    for (const [key, item, compiled] of fields)
      setProperty(result, key, compiled === undefined ? item : compiled(frame));
    return result;
  };
}

/** Gives errors of the string the place of the string. */
function placed(compiled: Compiled, path: PointerToken[]): Compiled {
  return (frame) => {
    try {
      return compiled(frame);
    } catch (error) {
      throw error instanceof EvaluationError ? at(path, error) : error;
    }
  };
}

function at(path: readonly PointerToken[], error: EvaluationError): EvaluationError {
  error.pointer = formatPointer(path);
  return error;
}
