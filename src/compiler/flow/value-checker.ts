import { formatPointer, type PointerToken } from '../../json/pointer.ts';
import { isJsonObject, ownProperty, type Json, type JsonObject } from '../../json/value.ts';
import { assignable, type Assignability, type FormatRisk } from '../../language/assign.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import { disjoint } from '../../language/intersect.ts';
import { typeFromSchema, typeOfConstant } from '../../language/schema-type.ts';
import type { TypeScope } from '../../language/scope.ts';
import { sensitivityOf } from '../../language/sensitivity.ts';
import { freshSteps } from '../../language/steps.ts';
import { hasExpression, mayHoldExpression } from '../../language/template.ts';
import {
  UNKNOWN,
  describeType,
  itemAt,
  mayBe,
  membersOf,
  without,
  type ArrayType,
  type ObjectType,
  type Property,
  type Sensitivity,
  type Type,
} from '../../language/types.ts';
import type { AutomationContext } from '../context.ts';
import { compileOrSkip } from '../schema-problems.ts';
import { explainFit, explainRisk, fieldName, nameOf } from './explain-fit.ts';
import { readExpression } from './read-expression.ts';
import type { Sink } from './sink.ts';

/** An expression of a value, and what was found of it. The plan says it in words. */
export interface CheckedMapping {
  path: PointerToken[];
  text: string;
  type: Type;
  target: Type;
  guarded: boolean;
  /** Why a risky format is taken as it comes. */
  accepted: string | undefined;
  sensitive: Sensitivity | undefined;
}

/** What a value was found to be. */
export interface CheckedValue {
  type: Type;
  mappings: CheckedMapping[];
  /** How many values were looked at. */
  count: number;
  /** The acceptances that were needed. */
  accepted: ReadonlySet<string>;
}

/** Fields, as `a.b`, whose risky formats the author takes as they come, each with the reason. */
export interface Acceptances {
  [field: string]: string;
}

const ANY_OBJECT: ObjectType = { kind: 'object', properties: new Map(), additional: UNKNOWN };
const ANY_ARRAY: ArrayType = { kind: 'array', items: UNKNOWN };

/**
 * Decides for a value of the file, constants and expressions, whether it fits a schema. Without a schema, anything fits.
 * `base` is the place of the value in the file.
 */
export function checkValue(
  context: AutomationContext,
  scope: TypeScope,
  value: Json,
  base: readonly PointerToken[],
  schema?: JsonObject,
  accepted: Acceptances = {},
  sink?: Sink,
): CheckedValue {
  const checker = new ValueChecker(context, scope, base, accepted, sink);
  const type = checker.visit(value, schema === undefined ? UNKNOWN : typeFromSchema(schema), false);
  if (schema !== undefined && checker.open && !checker.failed) checker.checkOpen(value, schema);
  return { type, mappings: checker.mappings, count: checker.count, accepted: checker.used };
}

class ValueChecker {
  readonly mappings: CheckedMapping[] = [];
  count = 0;
  failed = false;
  /** The types alone do not prove that the whole fits. */
  open = false;
  readonly used = new Set<string>();
  private readonly context: AutomationContext;
  private readonly scope: TypeScope;
  private readonly base: readonly PointerToken[];
  private readonly acceptances: Acceptances;
  private readonly sink: Sink | undefined;
  /** The place of what is looked at, within the value. */
  private readonly path: PointerToken[] = [];

  constructor(
    context: AutomationContext,
    scope: TypeScope,
    base: readonly PointerToken[],
    acceptances: Acceptances,
    sink: Sink | undefined,
  ) {
    this.context = context;
    this.scope = scope;
    this.base = base;
    this.acceptances = acceptances;
    this.sink = sink;
  }

  /** The value's type; what does not fit the target is reported, the innermost place first. */
  visit(value: Json, target: Type, required: boolean): Type {
    if (Array.isArray(value)) return this.array(value, target);
    if (isJsonObject(value)) return this.object(value, target);
    this.count++;
    if (typeof value === 'string' && mayHoldExpression(value)) return this.expression(value, target, required);
    return this.constant(value, target);
  }

  /** What is open is only known of the whole value: of a constant at once, otherwise before the call. */
  checkOpen(value: Json, schema: JsonObject): void {
    // Any would do; this one is the same whatever the order of keys.
    const [first] = this.mappings.toSorted((left, right) =>
      formatPointer(left.path) < formatPointer(right.path) ? -1 : 1,
    );
    if (first !== undefined) {
      if (!this.mappings.some(({ guarded }) => guarded)) first.guarded = true;
      return;
    }
    // A schema that cannot be used is told where it stands.
    for (const { pointer, message } of compileOrSkip(schema)?.(value) ?? []) {
      const path = pointer.split('/').slice(1);
      this.report('WB3003', path, `this does not fit \`${fieldName(path)}\`: it ${message}`);
    }
  }

  private visitAt(token: PointerToken, value: Json, target: Type, required: boolean): Type {
    this.path.push(token);
    const type = this.visit(value, target, required);
    this.path.pop();
    return type;
  }

  /** Nothing is open about a constant but what the type of the field cannot say. */
  private constant(value: Json, target: Type): Type {
    const type = typeOfConstant(value);
    const fit = assignable(type, target);
    if (fit.verdict === 'yes') return type;
    const said = membersOf(target).filter((arm) => arm.open !== true && arm.kind === type.kind);
    if (fit.verdict !== 'guarded' || said.length < membersOf(target).length) {
      this.requireFit(type, target, 'this');
      return type;
    }
    const issues = said.map((one) => compileOrSkip(schemaOf(one))?.(value) ?? []);
    const arm = said[issues.findIndex((of) => of.length === 0)];
    if (arm !== undefined) return arm;
    const [[issue] = []] = issues;
    const field = fieldName(this.path);
    this.report('WB3003', this.path, `this does not fit \`${field}\`: it ${issue?.message ?? 'is not allowed'}`);
    return type;
  }

  private object(value: JsonObject, target: Type): Type {
    const failedBefore = this.failed;
    this.failed = false;
    const fields = candidate(target, value) ?? ANY_OBJECT;
    for (const [name, { type, required }] of fields.properties) {
      if (required && !Object.hasOwn(value, name))
        this.report('WB3001', this.path, `the field \`${name}\` is missing`, `it must be ${describeType(type)}`);
    }
    const properties = new Map<string, Property>();
    for (const name of Object.keys(value)) {
      const field = fields.properties.get(name);
      if (field === undefined && fields.additional === false) {
        this.reportExtra(name, fields);
        continue;
      }
      const wanted = field?.type ?? (fields.additional === false ? UNKNOWN : fields.additional);
      const type = this.visitAt(name, value[name] ?? null, wanted, field?.required ?? false);
      // What is absent is left out.
      properties.set(name, { type: without(type, 'absent'), required: !mayBe(type, 'absent') });
    }
    const type: Type = { kind: 'object', properties, additional: false };
    // Where the target is these fields and nothing else, what there is to say of the whole was said of its parts.
    if (target === fields) this.open ||= fields.open === true;
    else this.requireWhole(type, target);
    this.failed ||= failedBefore;
    return type;
  }

  private array(value: readonly Json[], target: Type): Type {
    const failedBefore = this.failed;
    this.failed = false;
    const arms = membersOf(target).filter((arm) => arm.kind === 'array');
    const [list = ANY_ARRAY] = arms.length === 1 ? arms : [];
    const prefix = value.map((item, index) => this.visitAt(index, item, itemAt(list, index), true));
    const bounds = { minItems: value.length, maxItems: value.length };
    const type: Type = { kind: 'array', prefix, items: { kind: 'never' }, ...bounds };
    this.requireWhole(type, target);
    this.failed ||= failedBefore;
    return type;
  }

  /** What only the whole shows, such as too few items, where nothing is wrong with the parts. */
  private requireWhole(type: Type, target: Type): void {
    if (!this.failed) this.requireFit(type, target, 'this');
  }

  private expression(text: string, target: Type, required: boolean): Type {
    const type = readExpression(this.context, this.scope, text, this.base, this.path);
    if (type === undefined) {
      this.failed = true;
      // What is wrong is told; that nothing is known of it now is not told again.
      return { kind: 'never' };
    }
    const fit = this.requireFit(required ? type : without(type, 'absent'), target, text);
    const guarded = fit.verdict === 'guarded';
    const accepted = guarded && fit.risk !== undefined ? this.acceptances[this.path.join('.')] : undefined;
    const sensitive = sensitivityOf(type);
    if (sensitive !== undefined) this.requireAllowed(sensitive, text, target);
    this.mappings.push({ path: [...this.path], text, type, target, guarded, accepted, sensitive });
    return type;
  }

  private requireFit(type: Type, target: Type, subject: string): Assignability {
    const fit = assignable(type, target);
    if (fit.verdict === 'guarded') {
      this.open = true;
      if (fit.risk !== undefined) this.requireAcceptance(fit.risk, subject);
    }
    if (fit.verdict === 'no' || fit.verdict === 'undecided') {
      const { code, message, help } = explainFit(fit, { type, target, subject, path: this.path });
      this.report(code, this.path, message, help);
    }
    return fit;
  }

  /** A risky format is converted, or taken as it comes with a reason. */
  private requireAcceptance(risk: FormatRisk, subject: string): void {
    const field = this.path.join('.');
    if (Object.hasOwn(this.acceptances, field)) this.used.add(field);
    // What only shows in the whole was told of its part.
    else if (subject !== 'this') this.report('WB4001', this.path, ...explainRisk(risk, subject, this.path));
  }

  private requireAllowed(mark: Sensitivity, subject: string, target: Type): void {
    const { path, sink } = this;
    if (sink === undefined) return;
    const what = `${nameOf(subject)} holds ${mark} data`;
    if (sink.kind === 'callee') {
      const kept = sensitivityOf(target);
      if (kept === mark || kept === 'secret') return;
      const message = `${what}; \`${fieldName(path)}\` of \`${sink.name}\` is not marked so, and the mark would be lost`;
      this.report('WB2019', path, message, `mark it in that automation's input: "x-sensitive": "${mark}"`);
    } else if (sink.inAddress.has(String(path[0]))) {
      const place = `\`${fieldName(path)}\` stands in the address of the request, which is logged on its way`;
      this.report('WB4004', path, `${what}; ${place}`, 'send it in the body or in a header');
    }
  }

  private reportExtra(name: string, fields: ObjectType): void {
    const known = [...fields.properties.keys()];
    const near = nearestName(name, known);
    const help = near === undefined ? `fields: ${known.join(', ')}` : `did you mean \`${near}\`?`;
    const { document } = this.context.automation;
    const place = [...this.base, ...this.path, name];
    const range = document.rangeOf(place, 'key');
    this.failed = true;
    this.context.report(document.diagnostic('WB3002', place, `there is no field \`${name}\``, { help, range }));
  }

  private report(
    code: 'WB2019' | 'WB3001' | 'WB3003' | 'WB3004' | 'WB3005' | 'WB4001' | 'WB4004',
    path: readonly PointerToken[],
    message: string,
    help?: string,
  ): void {
    this.failed = true;
    const place = [...this.base, ...path];
    const { document } = this.context.automation;
    // A missing field has no place of its own: the action's name stands for it.
    const above = this.base.slice(0, -1);
    const range =
      code === 'WB3001' && path.length === 0
        ? document.rangeOf([...above, this.sink?.kind === 'callee' ? 'call' : 'uses'])
        : document.rangeOf(place);
    this.context.report(document.diagnostic(code, place, message, { help, range }));
  }
}

/** What the type of a text, a number or a boolean says, as a schema. */
function schemaOf(type: Type): JsonObject {
  const schema: JsonObject = {};
  for (const [key, value] of Object.entries(type)) {
    const said = typeof value === 'string' || typeof value === 'number';
    if (said && key !== 'kind') schema[key] = value;
  }
  return schema;
}

/** The object type that the value is surely meant to be of: the only one that its constants do not rule out. */
function candidate(target: Type, value: JsonObject): ObjectType | undefined {
  if (target.kind === 'object') return target;
  const objects = membersOf(target).filter((arm) => arm.kind === 'object');
  if (objects.length <= 1) return objects[0];
  const possible = objects.filter((arm) =>
    [...arm.properties].every(([name, { type }]) => {
      const given = ownProperty(value, name);
      const constant = given === undefined || (typeof given === 'string' && hasExpression(given)) || isComposite(given);
      return constant || !disjoint(typeOfConstant(given), type, freshSteps());
    }),
  );
  return possible.length === 1 ? possible[0] : undefined;
}

function isComposite(value: Json): boolean {
  return isJsonObject(value) || Array.isArray(value);
}
