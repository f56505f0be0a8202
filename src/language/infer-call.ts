import type { Argument, Expression } from './expression.ts';
import { EXPECTABLE, FUNCTION_NAMES } from './functions/library.ts';
import type { Inference } from './infer.ts';
import { nearestName } from '../diagnostics/nearest-name.ts';
import type { TypeScope } from './scope.ts';
import { marked, sensitivityOf } from './sensitivity.ts';
import { UNKNOWN, membersOf, unionOf, without, type Type } from './types.ts';

type Call = Extract<Expression, { kind: 'call' }>;

/** `try(…)` and `expect(…)`. */
export function inferCall(inference: Inference, call: Call, scope: TypeScope): Type {
  const [first, second] = call.args;
  if (call.callee === 'try') return inferTry(inference, call, first, second, scope);
  if (call.callee === 'expect') return inferExpect(inference, call, first, second, scope);
  const near = nearestName(call.callee, FUNCTION_NAMES);
  const help = near === undefined ? `known functions: ${FUNCTION_NAMES.join(', ')}` : `did you mean \`${near}\`?`;
  return inference.report('unknown_function', call, `there is no function \`${call.callee}\``, help);
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
  return marked(kept.kind === 'never' ? expected(kind) : kept, sensitivityOf(type));
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
