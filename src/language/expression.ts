import type { AnyNode, Expression as AcornExpression } from 'acorn';
import { isExact } from '../json/parse.ts';
import { parseJavaScriptExpression } from './parser.ts';
import type { Problem, ProblemCode } from './problem.ts';

interface Place {
  /** UTF-16 offsets in the string that holds the expression. */
  start: number;
  end: number;
}

/** The checked subset of JavaScript expressions (ECMA-262 §13) that Waybill knows. */
export type Expression = Place &
  (
    | { kind: 'literal'; value: null | boolean | number | string }
    | { kind: 'name'; name: string }
    | { kind: 'member'; object: Expression; key: Expression; optional: boolean }
    | { kind: 'call'; callee: string; args: Argument[] }
    | { kind: 'method'; object: Expression; name: string; args: Argument[]; optional: boolean }
    | { kind: 'unary'; operator: '!' | '-'; operand: Expression }
    | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }
    | { kind: 'logical'; operator: '&&' | '||' | '??'; left: Expression; right: Expression }
    | { kind: 'conditional'; test: Expression; consequent: Expression; alternate: Expression }
    | { kind: 'template'; texts: string[]; values: Expression[] }
    | { kind: 'array'; items: Expression[] }
    | { kind: 'object'; entries: { key: string; value: Expression }[] }
  );

export interface Arrow extends Place {
  kind: 'arrow';
  params: string[];
  body: Expression;
}

export type Argument = Expression | Arrow;

export type BinaryOperator = '===' | '!==' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%';

/** Deeper nesting is a finding, so that no expression can exhaust the stack. */
const MAX_DEPTH = 100;
const BINARY_OPERATORS = new Set<string>(['===', '!==', '<', '<=', '>', '>=', '+', '-', '*', '/', '%']);

export interface ParsedExpression {
  /** Absent where something in it is not allowed. */
  expression?: Expression;
  /** Where the expression ends in the text. */
  end: number;
  problems: Problem[];
}

/** Parses the expression that begins at `offset` of `text`. Never throws. */
export function parseExpression(text: string, offset: number): ParsedExpression {
  let parsed: { node: AcornExpression; end: number };
  try {
    // A shorter text cannot be nested so deeply.
    if (text.length - offset > MAX_DEPTH * 2 && nestingDepth(text, offset) > MAX_DEPTH * 2) throw new RangeError();
    parsed = parseJavaScriptExpression(text, offset);
  } catch (error) {
    return { end: text.length, problems: [syntaxProblem(error, text, offset)] };
  }
  const problems: Problem[] = [];
  const expression = convert(parsed.node, { problems, depth: 0 });
  return { ...(expression === undefined || problems.length > 0 ? {} : { expression }), end: parsed.end, problems };
}

interface Context {
  problems: Problem[];
  /** How many nodes stand around the one that is converted. */
  depth: number;
}

/** Counts open brackets and prefix operators up to the end of the expression: what makes a recursive parser recurse. */
function nestingDepth(text: string, offset: number): number {
  let depth = 0;
  let deepest = 0;
  let prefixes = 0;
  for (let index = offset; index < text.length; index++) {
    const character = text.charAt(index);
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character) && --depth < 0) break;
    prefixes = '!-?~+'.includes(character) ? prefixes + 1 : character === ' ' ? prefixes : 0;
    deepest = Math.max(deepest, depth, prefixes);
  }
  return deepest;
}

function syntaxProblem(error: unknown, text: string, offset: number): Problem {
  if (!(error instanceof SyntaxError)) {
    return { code: 'syntax', message: 'the expression is nested too deeply', start: offset, end: text.length };
  }
  const at = 'pos' in error && typeof error.pos === 'number' ? error.pos : offset;
  const message = error.message
    .replace(/ \(\d+:\d+\)$/, '')
    .replace(/^Unexpected token$/, 'this was not expected here');
  return {
    code: 'syntax',
    message: `the expression cannot be read: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
    start: Math.min(at, text.length),
    end: Math.min(at + 1, text.length),
  };
}

function convert(node: AnyNode, context: Context): Expression | undefined {
  if (context.depth > MAX_DEPTH) return refuse(context, node, 'the expression is nested too deeply');
  context.depth++;
  const expression = convertNode(node, context);
  context.depth--;
  return expression;
}

function convertNode(node: AnyNode, context: Context): Expression | undefined {
  const { start, end } = node;
  switch (node.type) {
    case 'ParenthesizedExpression':
    case 'ChainExpression':
      return convert(node.expression, context);
    case 'Literal':
      return convertLiteral(node, context);
    case 'Identifier':
      return { start, end, kind: 'name', name: node.name };
    case 'MemberExpression':
      return convertMember(node, context);
    case 'CallExpression':
      return convertCall(node, context);
    case 'UnaryExpression': {
      const operand = convert(node.argument, context);
      if (node.operator !== '!' && node.operator !== '-')
        return refuse(context, node, `\`${node.operator}\` is not part of the language`);
      return operand && { start, end, kind: 'unary', operator: node.operator, operand };
    }
    case 'BinaryExpression': {
      const left = convert(node.left, context);
      const right = convert(node.right, context);
      if (!isBinaryOperator(node.operator)) return refuseOperator(context, node, node.operator);
      return left && right && { start, end, kind: 'binary', operator: node.operator, left, right };
    }
    case 'LogicalExpression': {
      const left = convert(node.left, context);
      const right = convert(node.right, context);
      return left && right && { start, end, kind: 'logical', operator: node.operator, left, right };
    }
    case 'ConditionalExpression': {
      const test = convert(node.test, context);
      const consequent = convert(node.consequent, context);
      const alternate = convert(node.alternate, context);
      return test && consequent && alternate && { start, end, kind: 'conditional', test, consequent, alternate };
    }
    case 'TemplateLiteral': {
      const values = convertAll(node.expressions, context);
      const texts = node.quasis.map((quasi) => quasi.value.cooked ?? '');
      return values && { start, end, kind: 'template', texts, values };
    }
    case 'ArrayExpression': {
      const items = convertAll(node.elements, context);
      return items && { start, end, kind: 'array', items };
    }
    case 'ObjectExpression':
      return convertObject(node, context);
    case 'ArrowFunctionExpression':
      return refuse(context, node, 'a function can only be an argument, as in `items.map(item => item.name)`');
    case 'AssignmentExpression':
      return refuse(context, node, 'nothing can be assigned here', 'compare with `===`');
    default:
      return refuse(context, node, `${describeNode(node.type)} is not part of the language`);
  }
}

function convertAll(nodes: readonly (AnyNode | null)[], context: Context): Expression[] | undefined {
  const converted: Expression[] = [];
  for (const node of nodes) {
    const expression = node === null ? undefined : convert(node, context);
    if (expression !== undefined) converted.push(expression);
  }
  return converted.length === nodes.length ? converted : undefined;
}

function convertLiteral(node: Extract<AnyNode, { type: 'Literal' }>, context: Context): Expression | undefined {
  const { value, raw = '' } = node;
  if (node.regex) return refuse(context, node, 'a regular expression is not part of the language');
  if (
    typeof value === 'number' &&
    (!Number.isFinite(value) || (/^[\d.]/.test(raw) && !/^0[xob]/i.test(raw) && !isExact(plainNumber(raw), value)))
  ) {
    return refuse(context, node, `a double cannot hold the number ${raw}`, `write it as a text: '${raw}'`);
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') {
    return { start: node.start, end: node.end, kind: 'literal', value };
  }
  return refuse(context, node, `${raw} is not a JSON value`);
}

/** JavaScript also writes `.5`, `5.` and `1_000`. */
function plainNumber(raw: string): string {
  return raw
    .replaceAll('_', '')
    .replace(/^\./, '0.')
    .replace(/\.(?=$|[eE])/, '');
}

function convertMember(node: Extract<AnyNode, { type: 'MemberExpression' }>, context: Context): Expression | undefined {
  const object = convert(node.object, context);
  const key = node.computed ? convert(node.property, context) : memberName(node.property, context);
  if (object === undefined || key === undefined) return undefined;
  return {
    start: node.start,
    end: node.end,
    kind: 'member',
    object,
    key,
    optional: isOptional(node, node.object, object),
  };
}

/** In `a?.b.c` there is no `c` either where there is no `a`; in `(a?.b).c` the parentheses end what `?.` says. */
function isOptional(link: { optional: boolean }, node: AnyNode, object: Expression): boolean {
  if (link.optional || node.type === 'ChainExpression') return link.optional;
  return (object.kind === 'member' || object.kind === 'method') && object.optional;
}

function memberName(node: AnyNode, context: Context): Expression | undefined {
  if (node.type !== 'Identifier') return refuse(context, node, 'a private name is not part of the language');
  return { start: node.start, end: node.end, kind: 'literal', value: node.name };
}

function convertCall(node: Extract<AnyNode, { type: 'CallExpression' }>, context: Context): Expression | undefined {
  const { start, end } = node;
  const args: Argument[] = [];
  for (const argument of node.arguments) {
    const converted = convertArgument(argument, context);
    if (converted !== undefined) args.push(converted);
  }
  const complete = args.length === node.arguments.length;
  if (node.optional) return refuse(context, node, '`?.(` is not part of the language');
  if (node.callee.type === 'Identifier')
    return complete ? { start, end, kind: 'call', callee: node.callee.name, args } : undefined;
  if (node.callee.type === 'MemberExpression' && !node.callee.computed && node.callee.property.type === 'Identifier') {
    const object = convert(node.callee.object, context);
    const { property } = node.callee;
    const optional = object !== undefined && isOptional(node.callee, node.callee.object, object);
    return object && complete ? { start, end, kind: 'method', object, name: property.name, args, optional } : undefined;
  }
  return refuse(context, node, 'only functions and methods of the library can be called');
}

function convertArgument(node: AnyNode, context: Context): Argument | undefined {
  if (node.type !== 'ArrowFunctionExpression') return convert(node, context);
  const params = node.params.map((param) => (param.type === 'Identifier' ? param.name : undefined));
  if (node.async || node.body.type === 'BlockStatement' || !params.every((param) => param !== undefined)) {
    return refuse(context, node, 'a function must have the form `item => expression`');
  }
  const body = convert(node.body, context);
  return body && { kind: 'arrow', start: node.start, end: node.end, params, body };
}

function convertObject(node: Extract<AnyNode, { type: 'ObjectExpression' }>, context: Context): Expression | undefined {
  const entries: { key: string; value: Expression }[] = [];
  for (const property of node.properties) {
    if (property.type !== 'Property' || property.computed || property.kind !== 'init' || property.method) {
      return refuse(context, property, 'only `name: value` can stand in an object');
    }
    const value = convert(property.value, context);
    const key =
      property.key.type === 'Identifier'
        ? property.key.name
        : property.key.type === 'Literal'
          ? String(property.key.value)
          : '';
    if (value !== undefined) entries.push({ key, value });
  }
  return entries.length === node.properties.length
    ? { start: node.start, end: node.end, kind: 'object', entries }
    : undefined;
}

function isBinaryOperator(operator: string): operator is BinaryOperator {
  return BINARY_OPERATORS.has(operator);
}

function refuseOperator(context: Context, node: AnyNode, operator: string): undefined {
  const strict = operator === '==' ? '===' : operator === '!=' ? '!==' : undefined;
  return refuse(context, node, `\`${operator}\` is not part of the language`, strict && `use \`${strict}\``);
}

function describeNode(type: string): string {
  const words = type
    .replace(/(Expression|Literal|Element|Statement)$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return `\`${words}\``;
}

function refuse(context: Context, node: { start: number; end: number }, message: string, help?: string): undefined {
  const code: ProblemCode = 'not_allowed';
  context.problems.push({ code, message, start: node.start, end: node.end, ...(help === undefined ? {} : { help }) });
  return undefined;
}
