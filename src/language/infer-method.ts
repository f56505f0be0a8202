import { nearestName } from '../diagnostics/nearest-name.ts';
import { assignable } from './assign.ts';
import type { Argument, Expression } from './expression.ts';
import { signatureOf, type InferredArgument, type LibraryFunction, type ValueParam } from './functions/function.ts';
import { LIST_METHOD, NAMESPACES, TEXT_METHOD, namesWithin, namespaceFunction } from './functions/library.ts';
import type { Inference } from './infer.ts';
import type { TypeScope } from './scope.ts';
import { marked, sensitivityOf, stricter } from './sensitivity.ts';
import {
  ABSENT,
  UNKNOWN,
  describeType,
  everyMember,
  itemOf,
  mapMembers,
  mayBe,
  membersOf,
  unionOf,
  without,
  type Type,
} from './types.ts';

type MethodCall = Extract<Expression, { kind: 'method' }>;

/** A method of a text or a list, or a function of a namespace. */
export function inferMethod(inference: Inference, call: MethodCall, scope: TypeScope): Type {
  if (call.object.kind === 'name' && NAMESPACES.has(call.object.name) && !scope.locals?.has(call.object.name))
    return inferNamespaceCall(inference, call, call.object.name, scope);
  const base = inference.infer(call.object, scope);
  const missing = mayBe(base, 'absent') || mayBe(base, 'null');
  if (missing && !call.optional) {
    const help = 'use `?.` to go on only where it is there';
    return inference.report('maybe_absent', call.object, 'this may be absent or null', help);
  }
  const present = missing ? without(base, 'absent', 'null') : base;
  if (present.kind === 'never') return missing ? ABSENT : present;
  const method = methodFor(inference, call, present);
  if (method === undefined) return UNKNOWN;
  const self = mapMembers(present, (member) => (member.kind === 'array' ? itemOf(member) : member));
  const args = inferArguments(inference, call, method, self, scope);
  if (args === undefined) return UNKNOWN;
  if (method.name === 'join') inference.requireText(call.object, self);
  if (method.name === 'sum') inference.require(call.object, self, 'number');
  const type = withMarks(method, method.infer(self, args), self, args);
  return missing ? unionOf([type, ABSENT]) : type;
}

function inferNamespaceCall(inference: Inference, call: MethodCall, namespace: string, scope: TypeScope): Type {
  const found = namespaceFunction(`${namespace}.${call.name}`);
  if (found === undefined) {
    const names = namesWithin(namespace);
    const near = nearestName(call.name, names);
    const help = near === undefined ? `known: ${names.join(', ')}` : `did you mean \`${namespace}.${near}\`?`;
    return inference.report('unknown_function', call, `there is no function \`${namespace}.${call.name}\``, help);
  }
  const args = inferArguments(inference, call, found, UNKNOWN, scope);
  if (args === undefined) return UNKNOWN;
  return withMarks(found, found.infer(UNKNOWN, args), UNKNOWN, args);
}

/** What makes a text or a number of its source passes its marks on; a list or an object keeps those of its parts. */
function withMarks(called: LibraryFunction, type: Type, self: Type, args: readonly InferredArgument[]): Type {
  let mark = sensitivityOf(self);
  for (const argument of args) mark = stricter(mark, sensitivityOf(argument.type));
  if (mark === undefined || type.kind === 'boolean' || called.name.startsWith('object.')) return type;
  if (called.on === 'list' && !['join', 'sum'].includes(called.name)) return type;
  return marked(type, mark);
}

function methodFor(inference: Inference, call: MethodCall, base: Type): LibraryFunction | undefined {
  const [{ kind } = base] = membersOf(base);
  if ((kind !== 'string' && kind !== 'array') || !everyMember(base, (member) => member.kind === kind)) {
    if (inference.hasProblemWithin(call.object)) return undefined;
    const help = kind === 'unknown' ? "say what it must be: `expect(…, 'array')`" : undefined;
    inference.report('wrong_operand', call.object, `this is ${describeType(base)}, which has no methods`, help);
    return undefined;
  }
  const methods = kind === 'string' ? TEXT_METHOD : LIST_METHOD;
  const method = methods.get(call.name);
  if (method !== undefined) return method;
  const near = nearestName(call.name, [...methods.keys()]);
  const help = near === undefined ? `known methods: ${[...methods.keys()].join(', ')}` : `did you mean \`${near}\`?`;
  inference.report(
    'unknown_function',
    call,
    `a ${kind === 'string' ? 'text' : 'list'} has no method \`${call.name}\``,
    help,
  );
  return undefined;
}

function inferArguments(
  inference: Inference,
  call: MethodCall,
  called: LibraryFunction,
  self: Type,
  scope: TypeScope,
): InferredArgument[] | undefined {
  const least = leastArguments(called);
  const most = called.params.length;
  if (call.args.length < least || call.args.length > most) {
    const words = least === most ? String(most) : `${least} to ${most}`;
    const message = `\`${called.name}\` takes ${words} argument${most === 1 ? '' : 's'}`;
    inference.report('wrong_operand', call, message, signatureOf(called));
    return undefined;
  }
  const inferred: InferredArgument[] = [];
  for (const [index, argument] of call.args.entries()) {
    const one = inferArgument(inference, argument, called, index, self, scope);
    if (one !== undefined) inferred.push(one);
  }
  return inferred.length === call.args.length ? inferred : undefined;
}

function leastArguments({ params }: LibraryFunction): number {
  let count = 0;
  for (const one of params) if (one.kind === 'arrow' || one.optional !== true) count++;
  return count;
}

function inferArgument(
  inference: Inference,
  argument: Argument,
  called: LibraryFunction,
  index: number,
  self: Type,
  scope: TypeScope,
): InferredArgument | undefined {
  const param = called.params[index];
  if (param === undefined || (param.kind === 'arrow') !== (argument.kind === 'arrow')) {
    inference.report('wrong_operand', argument, 'this argument does not fit', signatureOf(called));
    return undefined;
  }
  if (argument.kind !== 'arrow') {
    const type = param.kind === 'value' ? inferValue(inference, argument, param, called, scope) : undefined;
    return type === undefined ? undefined : { kind: 'value', type };
  }
  const type = inference.inferArrow(argument, [self], scope);
  if (param.kind === 'arrow' && param.returns !== 'any') inference.require(argument.body, type, param.returns);
  else if (mayBe(type, 'absent')) inference.reportAbsent(argument.body);
  return { kind: 'arrow', type: without(type, 'absent') };
}

/** The argument's type, or `undefined` where it does not fit. */
function inferValue(
  inference: Inference,
  argument: Expression,
  param: ValueParam,
  called: LibraryFunction,
  scope: TypeScope,
): Type | undefined {
  const wrong = wrongArgument(argument, param);
  if (wrong !== undefined) {
    inference.report('wrong_operand', argument, wrong, signatureOf(called));
    return undefined;
  }
  const type = inference.infer(argument, scope);
  const fit = assignable(type, param.type);
  if (fit.verdict === 'yes') return type;
  if (inference.hasProblemWithin(argument)) return undefined;
  if (mayBe(type, 'absent')) inference.reportAbsent(argument);
  else if (fit.verdict === 'undecided') {
    const help = `say what it must be: \`expect(…, '${param.type.kind}')\``;
    inference.report(
      'wrong_operand',
      argument,
      `nothing is known of this, and \`${param.name}\` must be ${describeType(param.type)}`,
      help,
    );
  } else {
    const help = fit.verdict === 'guarded' ? 'make it whole: `number.round(…)`' : signatureOf(called);
    inference.report(
      'wrong_operand',
      argument,
      `this is ${describeType(type)}, and \`${param.name}\` must be ${describeType(param.type)}`,
      help,
    );
  }
  return undefined;
}

function wrongArgument(argument: Expression, { name, written, constant }: ValueParam): string | undefined {
  if (argument.kind === 'literal') return (constant ?? written)?.(argument.value);
  return constant === undefined ? undefined : `\`${name}\` must be written out here`;
}
