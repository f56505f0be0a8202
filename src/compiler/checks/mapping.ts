import type { Mapping } from '../../generated/plan.ts';
import { formatPointer, type PointerToken } from '../../json/pointer.ts';
import { compileSchema } from '../../json/schema.ts';
import { isJsonObject, ownProperty, type Json, type JsonObject } from '../../json/value.ts';
import { assignable } from '../../language/assign.ts';
import { inferTemplate } from '../../language/infer.ts';
import { typeFromSchema, typeOfConstant } from '../../language/schema-type.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import type { TypeScope } from '../../language/scope.ts';
import { hasExpression } from '../../language/template.ts';
import {
  UNKNOWN,
  describeType,
  itemAt,
  mayBe,
  without,
  type ArrayType,
  type ObjectType,
  type Type,
} from '../../language/types.ts';
import type { AutomationContext, ResolvedStep } from '../context.ts';
import { codeOfProblem } from '../problem-code.ts';
import { scopeFor } from '../scope.ts';

/** The mappings of an automation, as the plan shows them. */
export interface CheckedMappings {
  /** By step id. */
  steps: Map<string, Mapping[]>;
  output: Mapping[];
  /** How many values were looked at. */
  count: number;
}

/** Decides for every value of every step whether it fits its field, on every path. */
export function checkMappings(context: AutomationContext, steps: readonly ResolvedStep[]): CheckedMappings {
  const result: CheckedMappings = { steps: new Map(), output: [], count: 0 };
  for (const resolved of steps) {
    const checker = new MappingChecker(
      context,
      scopeFor(context, steps, resolved.index),
      ['steps', resolved.index, 'with'],
      resolved.action.input,
    );
    checker.checkFields(resolved.step.with ?? {}, [], typeFromSchema(resolved.action.input), resolved.action.input);
    result.steps.set(resolved.step.id, checker.mappings);
    result.count += checker.count;
  }
  const { output } = context.automation.value;
  if (output !== undefined) {
    const checker = new MappingChecker(
      context,
      scopeFor(context, steps, context.automation.value.steps.length),
      ['output'],
      {},
    );
    checker.checkValue(output, [], UNKNOWN, true, undefined);
    result.output = checker.mappings;
    result.count += checker.count;
  }
  return result;
}

class MappingChecker {
  readonly mappings: Mapping[] = [];
  count = 0;
  /** A schema demands of an object or a list around expressions what its fields alone do not prove. */
  private open = false;
  private readonly context: AutomationContext;
  private readonly scope: TypeScope;
  private readonly base: readonly PointerToken[];
  private readonly rootSchema: JsonObject;

  constructor(context: AutomationContext, scope: TypeScope, base: readonly PointerToken[], rootSchema: JsonObject) {
    this.context = context;
    this.scope = scope;
    this.base = base;
    this.rootSchema = rootSchema;
  }

  /** The fields of an object against those of the target. */
  checkFields(value: JsonObject, path: PointerToken[], target: Type, schema: Json | undefined): void {
    const fields: ObjectType =
      target.kind === 'object' ? target : { kind: 'object', properties: new Map(), additional: UNKNOWN };
    for (const [name, { type, required }] of fields.properties) {
      const item = ownProperty(value, name);
      if (item !== undefined) this.checkValue(item, [...path, name], type, required, propertySchema(schema, name));
      else if (required)
        this.report('WB3001', path, `the field \`${name}\` is missing`, `it must be ${describeType(type)}`);
    }
    for (const [name, item] of Object.entries(value)) {
      if (fields.properties.has(name)) continue;
      if (fields.additional === false) this.reportExtra(name, [...path, name], fields);
      else
        this.checkValue(
          item,
          [...path, name],
          fields.additional,
          false,
          isJsonObject(schema) ? ownProperty(schema, 'additionalProperties') : undefined,
        );
    }
  }

  /** One value, written out or as an expression. `schema` is the field's own, where it stands by itself. */
  checkValue(value: Json, path: PointerToken[], target: Type, required: boolean, schema: Json | undefined): void {
    if (target.open === true && typeof value === 'object' && value !== null) this.open = true;
    if (isJsonObject(value) && (target.kind === 'object' || target.kind === 'unknown')) {
      this.checkFields(value, path, target, schema);
    } else if (Array.isArray(value) && (target.kind === 'array' || target.kind === 'unknown')) {
      const list: ArrayType = target.kind === 'array' ? target : { kind: 'array', items: UNKNOWN };
      const itemSchema = isJsonObject(schema) ? ownProperty(schema, 'items') : undefined;
      for (const [index, item] of value.entries())
        this.checkValue(item, [...path, index], itemAt(list, index), true, itemSchema);
    } else {
      this.count++;
      if (typeof value === 'string' && hasExpression(value)) this.checkExpression(value, path, target, required);
      else this.checkConstant(value, path, target, schema);
    }
  }

  private checkExpression(text: string, path: PointerToken[], target: Type, required: boolean): void {
    const { type: inferred, problems } = inferTemplate(text, this.scope);
    const { document } = this.context.automation;
    const place = [...this.base, ...path];
    for (const { code, message, start, end, help } of problems) {
      this.context.report(
        document.diagnostic(codeOfProblem(code), place, message, {
          help,
          range: document.rangeInString(place, start, end),
        }),
      );
    }
    if (problems.length > 0) return;
    // What is absent is left out: that is fine for a field that need not be there.
    const type = required ? inferred : without(inferred, 'absent');
    const fit = assignable(type, target);
    if (fit.verdict === 'no' || fit.verdict === 'undecided') {
      const inner = fit.path.length === 0 ? '' : `\`${fit.path.join('.')}\` of it: `;
      const code =
        fit.verdict === 'undecided'
          ? 'WB3005'
          : mayBe(type, 'absent') || fit.reason === 'it may be absent'
            ? 'WB3004'
            : 'WB3003';
      this.report(code, path, `this does not fit \`${fieldName(path)}\`: ${inner}${fit.reason}`, helpFor(code, target));
    }
    const words = { type: describeType(inferred), expects: describeType(target) };
    const guarded = fit.verdict === 'guarded' || this.open ? ({ guarded: true } as const) : {};
    this.mappings.push({ to: formatPointer(path), from: text, ...words, ...guarded });
  }

  private checkConstant(value: Json, path: PointerToken[], target: Type, schema: Json | undefined): void {
    const fit = assignable(typeOfConstant(value), target);
    if (fit.verdict === 'no') {
      this.report('WB3003', path, `this does not fit \`${fieldName(path)}\`: ${fit.reason}`);
    } else if (fit.verdict === 'guarded' && isJsonObject(schema)) {
      // Nothing is open about a constant: the check that a guard would make is made now.
      const [issue] = compileSchema(this.withDefinitions(schema))(value);
      if (issue !== undefined)
        this.report('WB3003', path, `this does not fit \`${fieldName(path)}\`: it ${issue.message}`);
    }
  }

  /** The schema with what its references name. */
  private withDefinitions(schema: JsonObject): JsonObject {
    const definitions = ownProperty(this.rootSchema, '$defs');
    return definitions === undefined ? schema : { ...schema, $defs: definitions };
  }

  private reportExtra(name: string, path: PointerToken[], fields: ObjectType): void {
    const known = [...fields.properties.keys()];
    const near = nearestName(name, known);
    const help = near === undefined ? `fields: ${known.join(', ')}` : `did you mean \`${near}\`?`;
    const { document } = this.context.automation;
    const place = [...this.base, ...path];
    this.context.report(
      document.diagnostic('WB3002', place, `there is no field \`${name}\``, {
        help,
        range: document.rangeOf(place, 'key'),
      }),
    );
  }

  private report(
    code: 'WB3001' | 'WB3003' | 'WB3004' | 'WB3005',
    path: PointerToken[],
    message: string,
    help?: string,
  ): void {
    const place = [...this.base, ...path];
    const { document } = this.context.automation;
    // A missing field has no place of its own: the step's name stands for it.
    const range =
      code === 'WB3001' && path.length === 0
        ? document.rangeOf([...this.base.slice(0, 2), 'uses'])
        : document.rangeOf(place);
    this.context.report(document.diagnostic(code, place, message, { help, range }));
  }
}

function propertySchema(schema: Json | undefined, name: string): Json | undefined {
  const properties = isJsonObject(schema) ? ownProperty(schema, 'properties') : undefined;
  return isJsonObject(properties) ? ownProperty(properties, name) : undefined;
}

function fieldName(path: readonly PointerToken[]): string {
  return path.length === 0 ? 'output' : path.join('.');
}

function helpFor(code: string, target: Type): string | undefined {
  if (code === 'WB3004') return 'give a value for that case: `… ?? …`';
  return code === 'WB3005' && target.kind !== 'union'
    ? `say what it must be: \`expect(…, '${target.kind}')\``
    : undefined;
}
