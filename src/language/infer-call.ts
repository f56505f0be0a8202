import { assignable } from './assign.ts';
import type { Argument, Expression } from './expression.ts';
import { EXPECTABLE, FUNCTION_NAMES, LIST_METHOD, TEXT_METHOD } from './functions/library.ts';
import type { InferredArgument, Method } from './functions/method.ts';
import type { Inference } from './infer.ts';
import { nearestName } from '../diagnostics/nearest-name.ts';
import type { TypeScope } from './scope.ts';
import { ABSENT, UNKNOWN, describeType, itemOf, mayBe, membersOf, unionOf, without, type Type } from './types.ts';

type Call = Extract<Expression, { kind: 'call' }>;
type MethodCall = Extract<Expression, { kind: 'method' }>;

/** `try(…)` and `expect(…)`. */
export function inferCall(inference: Inference, call: Call, scope: TypeScope): Type {
  const [first, second] = call.args;
  if (call.callee === 'try') return inferTry(inference, call, first, second, scope);
  if (call.callee === 'expect') return inferExpect(inference, call, first, second, scope);
  const near = nearestName(call.callee, FUNCTION_NAMES);
  const help = near === undefined ? `known functions: ${FUNCTION_NAMES.join(', ')}` : `did you mean \`${near}\`?`;
  return inference.report('unknown_function', call, `there is no function \`${call.callee}\``, help);
}

/** A method of a text or a list. */
export function inferMethod(inference: Inference, call: MethodCall, scope: TypeScope): Type {
  const base = inference.infer(call.object, scope);
  const missing = mayBe(base, 'absent') || mayBe(base, 'null');
  if (missing && !call.optional) {
    return inference.report(
      'maybe_absent',
      call.object,
      'this may be absent or null',
      'use `?.` to go on only where it is there',
    );
  }
  const present = without(base, 'absent', 'null');
  if (present.kind === 'never') return missing ? ABSENT : present;
  const method = methodFor(inference, call, present);
  if (method === undefined) return UNKNOWN;
  const items = unionOf(membersOf(present).map((member) => (member.kind === 'array' ? itemOf(member) : member)));
  const args = inferArguments(inference, call, method, items, scope);
  if (args === undefined) return UNKNOWN;
  if (method.name === 'join') inference.requireText(call.object, items);
  const type = method.infer(items, args);
  return missing ? unionOf([type, ABSENT]) : type;
}

function methodFor(inference: Inference, call: MethodCall, base: Type): Method | undefined {
  const kinds = new Set(membersOf(base).map((member) => member.kind));
  const [kind] = kinds;
  if (kinds.size !== 1 || (kind !== 'string' && kind !== 'array')) {
    if (inference.hasProblemWithin(call.object)) return undefined;
    const help = kind === 'unknown' ? "say what it must be: `expect(…, 'array')`" : undefined;
    inference.report('wrong_operand', call.object, `this is ${describeType(base)}, which has no methods`, help);
    return undefined;
  }
  const methods: ReadonlyMap<string, Method> = kind === 'string' ? TEXT_METHOD : LIST_METHOD;
  const method = methods.get(call.name);
  if (method !== undefined) return method;
  const near = nearestName(call.name, [...methods.keys()]);
  const help = near === undefined ? `known methods: ${[...methods.keys()].join(', ')}` : `did you mean \`${near}\`?`;
  inference.report('unknown_function', call, `a ${kind} has no method \`${call.name}\``, help);
  return undefined;
}

function inferArguments(
  inference: Inference,
  call: MethodCall,
  method: Method,
  items: Type,
  scope: TypeScope,
): InferredArgument[] | undefined {
  if (call.args.length !== method.params.length) {
    inference.report(
      'wrong_operand',
      call,
      `\`${call.name}\` takes ${method.params.length} arguments`,
      method.signature,
    );
    return undefined;
  }
  const inferred: InferredArgument[] = [];
  for (const [index, argument] of call.args.entries()) {
    const param = method.params[index];
    if (param === undefined || (param.kind === 'arrow') !== (argument.kind === 'arrow')) {
      inference.report('wrong_operand', argument, 'this argument does not fit', method.signature);
      return undefined;
    }
    if (argument.kind === 'arrow') {
      const result = inference.inferArrow(argument, [items], scope);
      if (param.kind === 'arrow' && param.returns === 'boolean') inference.require(argument.body, result, 'boolean');
      else if (mayBe(result, 'absent')) inference.reportAbsent(argument.body);
      inferred.push({ kind: 'arrow', result: () => without(result, 'absent') });
    } else {
      inferred.push({ kind: 'value', type: inferValueArgument(inference, argument, param, scope) });
    }
  }
  return inferred;
}

function inferValueArgument(
  inference: Inference,
  argument: Expression,
  param: Method['params'][number],
  scope: TypeScope,
): Type {
  const type = inference.infer(argument, scope);
  if (param.kind === 'value' && param.type.kind === 'string') inference.require(argument, type, 'string');
  else if (param.kind === 'value' && assignable(type, param.type).verdict === 'no') inference.reportAbsent(argument);
  return type;
}

/** What goes wrong at run time within the first argument is caught; mistakes that are known before are not. */
function inferTry(
  inference: Inference,
  call: Call,
  first: Argument | undefined,
  second: Argument | undefined,
  scope: TypeScope,
): Type {
  if (
    call.args.length !== 2 ||
    first === undefined ||
    second === undefined ||
    first.kind === 'arrow' ||
    second.kind === 'arrow'
  ) {
    return inference.report('wrong_operand', call, '`try` takes two arguments', 'try(value, default)');
  }
  return unionOf([without(inference.infer(first, scope), 'absent'), inference.infer(second, scope)]);
}

function inferExpect(
  inference: Inference,
  call: Call,
  first: Argument | undefined,
  second: Argument | undefined,
  scope: TypeScope,
): Type {
  const kind = second?.kind === 'literal' ? EXPECTABLE.find((name) => name === second.value) : undefined;
  if (call.args.length !== 2 || first === undefined || first.kind === 'arrow' || kind === undefined) {
    const kinds = EXPECTABLE.map((name) => `'${name}'`).join(', ');
    return inference.report(
      'wrong_operand',
      call,
      '`expect` takes a value and what it must be',
      `expect(value, kind), where kind is one of ${kinds}`,
    );
  }
  const type = inference.infer(first, scope);
  const kept = unionOf(membersOf(type).filter((member) => member.kind === kind));
  return kept.kind === 'never' ? expected(kind) : kept;
}

function expected(kind: (typeof EXPECTABLE)[number]): Type {
  switch (kind) {
    case 'array':
      return { kind, items: UNKNOWN };
    case 'object':
      return { kind, properties: new Map(), additional: UNKNOWN };
    case 'number':
      return { kind, integer: false };
    default:
      return { kind };
  }
}
