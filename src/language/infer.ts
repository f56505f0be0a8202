import { parseTemplate } from './template.ts';
import type { Arrow, Expression } from './expression.ts';
import { FOREIGN_NAMES } from './foreign-names.ts';
import { inferCall } from './infer-call.ts';
import { inferMember } from './infer-member.ts';
import { inferMethod } from './infer-method.ts';
import { inferBinary, inferLogical } from './infer-operator.ts';
import { narrow } from './narrow.ts';
import type { Problem, ProblemCode } from './problem.ts';
import { typeOfConstant } from './schema-type.ts';
import { nearestName } from '../diagnostics/nearest-name.ts';
import { extendScope, type TypeScope } from './scope.ts';
import { marked, sensitivityOf, stricter } from './sensitivity.ts';
import {
  ABSENT,
  BOOLEAN,
  NUMBER,
  STRING,
  UNKNOWN,
  describeType,
  everyMember,
  mapMembers,
  mayBe,
  unionOf,
  without,
  type Sensitivity,
  type Type,
} from './types.ts';

export interface Inferred {
  type: Type;
  problems: Problem[];
}

/**
 * The type of a string of a mapping: of one expression, that expression's type; with text around expressions, a text.
 * Where something is wrong the type is `unknown` for that part, so that one mistake is not told twice.
 */
export function inferTemplate(text: string, scope: TypeScope): Inferred {
  const { parts, whole, textLength, problems } = parseTemplate(text);
  const inference = new Inference();
  let type: Type = UNKNOWN;
  let mark: Sensitivity | undefined;
  for (const part of parts) {
    if (typeof part === 'string') continue;
    type = inference.infer(part, scope);
    if (!whole) inference.requireText(part, type);
    mark = stricter(mark, sensitivityOf(type));
  }
  const all = problems.length === 0 ? inference.problems : [...problems, ...inference.problems];
  if (whole) return { type, problems: all };
  const broken = problems.length > 0 && parts.length <= 1;
  // The texts around the expressions are there in any case.
  const joined: Type = textLength === 0 ? STRING : { kind: 'string', minLength: textLength };
  return { type: broken ? UNKNOWN : marked(joined, mark), problems: all };
}

/** One pass over one string's expressions; collects what is wrong. */
export class Inference {
  readonly problems: Problem[] = [];

  infer(expression: Expression, scope: TypeScope): Type {
    switch (expression.kind) {
      case 'literal':
        return typeOfConstant(expression.value);
      case 'name':
        return this.inferName(expression, expression.name, scope);
      case 'member':
        return inferMember(this, expression, scope);
      case 'call':
        return inferCall(this, expression, scope);
      case 'method':
        return inferMethod(this, expression, scope);
      case 'unary':
        return this.inferUnary(expression.operator, expression.operand, scope);
      case 'binary':
        return inferBinary(this, expression, scope);
      case 'logical':
        return inferLogical(this, expression, scope);
      case 'conditional':
        this.require(expression.test, this.infer(expression.test, scope), 'boolean');
        return unionOf([
          this.inferWhere(expression.test, true, expression.consequent, scope),
          this.inferWhere(expression.test, false, expression.alternate, scope),
        ]);
      case 'template':
        return expression.values.reduce<Type>((text, value) => {
          const type = this.infer(value, scope);
          this.requireText(value, type);
          return marked(text, sensitivityOf(type));
        }, STRING);
      case 'array':
        return this.inferArray(expression.items, scope);
      case 'object':
        return {
          kind: 'object',
          properties: new Map(expression.entries.map(({ key, value }) => [key, propertyOf(this.infer(value, scope))])),
          additional: false,
        };
    }
  }

  private inferWhere(condition: Expression, truth: boolean, expression: Expression, scope: TypeScope): Type {
    // For what reads nothing, nothing need be known.
    return this.infer(expression, expression.kind === 'literal' ? scope : narrow(scope, condition, truth));
  }

  /** The type of a function's result when it is called with values of these types. */
  inferArrow(arrow: Arrow, params: readonly Type[], scope: TypeScope): Type {
    const names = arrow.params.map((name, index) => [name, params[index] ?? UNKNOWN] as const);
    const locals = new Set([...(scope.locals ?? []), ...arrow.params]);
    return this.infer(arrow.body, { ...extendScope(scope, names), locals });
  }

  report(code: ProblemCode, place: { start: number; end: number }, message: string, help?: string): Type {
    if (!this.hasProblemWithin(place))
      this.problems.push({
        code,
        message,
        start: place.start,
        end: place.end,
        ...(help === undefined ? {} : { help }),
      });
    return UNKNOWN;
  }

  /** Reports a value that may be absent, or may be something else than the kind; gives true where it fits. */
  require(place: Expression, type: Type, kind: 'boolean' | 'number' | 'string' | 'array'): boolean {
    if (mayBe(type, 'absent')) return this.reportAbsent(place);
    if (type.kind === 'never' || everyMember(type, (member) => member.kind === kind)) return true;
    if (type.kind === 'unknown') {
      if (!this.hasProblemWithin(place)) {
        this.report(
          'wrong_operand',
          place,
          `nothing is known of this value, and a ${kind} is required`,
          `say what it must be: \`expect(…, '${kind}')\``,
        );
      }
      return false;
    }
    this.report('wrong_operand', place, `this is ${describeType(type)}, and a ${kind} is required`);
    return false;
  }

  /** Reports what cannot stand in a text. */
  requireText(place: Expression, type: Type): void {
    if (mayBe(type, 'absent')) this.reportAbsent(place);
    else if (type.kind === 'unknown') this.require(place, type, 'string');
    else if (!everyMember(type, ({ kind }) => TEXTUAL.has(kind))) {
      this.report(
        'wrong_operand',
        place,
        `${describeType(type)} cannot stand in a text`,
        mayBe(type, 'null') && everyMember(without(type, 'null'), ({ kind }) => TEXTUAL.has(kind))
          ? "give a text for the case that it is null: `… ?? ''`"
          : 'use a text, a number or a boolean of it',
      );
    }
  }

  reportAbsent(place: Expression): false {
    this.report('maybe_absent', place, 'this may be absent', "give a value for that case: `… ?? ''`");
    return false;
  }

  /** True where a part of the expression was already reported, so that what follows from it is not. */
  hasProblemWithin(place: { start: number; end: number }): boolean {
    return this.problems.some((problem) => problem.start >= place.start && problem.end <= place.end);
  }

  private inferName(place: Expression, name: string, scope: TypeScope): Type {
    if (name === 'steps' && scope.steps !== undefined) {
      return this.report('unknown_step', place, '`steps` needs the name of a step', 'write `steps.<id>`');
    }
    const type = scope.roots.get(name) ?? (name === 'undefined' ? ABSENT : undefined);
    if (type !== undefined) return type;
    const known = [...scope.roots.keys(), ...(scope.steps === undefined ? [] : ['steps'])];
    const near = nearestName(name, known);
    const instead = FOREIGN_NAMES.get(name) ?? `known here: ${known.join(', ')}`;
    const help = near === undefined ? instead : `did you mean \`${near}\`?`;
    return this.report('unknown_root', place, `there is no \`${name}\` here`, help);
  }

  private inferUnary(operator: '!' | '-', operand: Expression, scope: TypeScope): Type {
    const type = this.infer(operand, scope);
    const fits = this.require(operand, type, operator === '!' ? 'boolean' : 'number');
    if (operator === '!') return BOOLEAN;
    return marked(fits ? mapMembers(type, negated) : NUMBER, sensitivityOf(type));
  }

  private inferArray(items: readonly Expression[], scope: TypeScope): Type {
    const types = items.map((item) => {
      const type = this.infer(item, scope);
      if (mayBe(type, 'absent')) this.reportAbsent(item);
      return type;
    });
    const bounds = { minItems: items.length, maxItems: items.length };
    return { kind: 'array', prefix: types, items: { kind: 'never' }, ...bounds };
  }
}

function negated(type: Type): Type {
  if (type.kind !== 'number') return type;
  const values = type.values?.map((value) => -value);
  return { kind: 'number', integer: type.integer, ...(values === undefined ? {} : { values }) };
}

const TEXTUAL = new Set<Type['kind']>(['string', 'number', 'boolean', 'never']);

function propertyOf(type: Type): { type: Type; required: boolean } {
  return mayBe(type, 'absent') ? { type: without(type, 'absent'), required: false } : { type, required: true };
}
