import type { PointerToken } from '../../json/pointer.ts';
import type { Assignability, FormatRisk } from '../../language/assign.ts';
import { describeType, mayBe, type Type } from '../../language/types.ts';

/** A source longer than this is not repeated in a message. */
const MAX_SUBJECT = 60;

interface Misfit {
  type: Type;
  target: Type;
  /** The source, or `this` for a constant. */
  subject: string;
  /** The field. */
  path: readonly PointerToken[];
}

/** Says why a value does not fit its field, and the way out. */
export function explainFit(
  fit: Extract<Assignability, { reason: string }>,
  { type, target, subject, path }: Misfit,
): { code: 'WB3003' | 'WB3004' | 'WB3005'; message: string; help?: string } {
  const what = nameOf(subject);
  const inner = fit.path.length === 0 ? what : `\`${fit.path.join('.')}\` of ${what}`;
  const wanted = `\`${fieldName(path)}\` requires ${describeType(target)}`;
  if (fit.reason === 'it may be absent' || (fit.verdict === 'no' && mayBe(type, 'absent'))) {
    return {
      code: 'WB3004',
      message: `${inner} may be absent; ${wanted}`,
      help: 'give a value for that case: `… ?? …`',
    };
  }
  if (fit.verdict === 'undecided') {
    const help = target.kind === 'union' ? undefined : `say what it must be: \`expect(…, '${target.kind}')\``;
    return {
      code: 'WB3005',
      message: `nothing is known of ${inner}; ${wanted}`,
      ...(help === undefined ? {} : { help }),
    };
  }
  const reason = fit.path.length === 0 ? `${what} is ${describeType(type)}` : `${inner}: ${fit.reason}`;
  const textual = target.kind === 'string' && ['number', 'boolean'].includes(type.kind) && subject !== 'this';
  const nullable = type.kind === 'union' && mayBe(type, 'null') && !mayBe(target, 'null') && subject !== 'this';
  const help = textual
    ? textHelp(what, target.format)
    : nullable
      ? 'give a value for the case that it is null: `… ?? …`'
      : (quotedHelp(type, target) ?? aroundHelp(subject, target));
  return { code: 'WB3003', message: `${reason}; ${wanted}`, ...(help === undefined ? {} : { help }) };
}

function textHelp(what: string, format: string | undefined): string {
  const conversion = format === undefined ? undefined : CONVERSIONS[format];
  return conversion === undefined
    ? `make a text of it: \`\${${what.replaceAll('`', '')}}\` in backquotes`
    : `convert it: \`${conversion}\``;
}

/** A number or a boolean that was written as a text. */
function quotedHelp(type: Type, target: Type): string | undefined {
  const [value, ...more] = type.kind === 'string' ? (type.values ?? []) : [];
  if (value === undefined || more.length > 0) return undefined;
  const number = target.kind === 'number' && /^-?\d+(\.\d+)?$/.test(value);
  const boolean = target.kind === 'boolean' && /^(true|false)$/.test(value);
  return number || boolean ? `write it without quotes: ${value}` : undefined;
}

/** A blank around an expression makes a text of it. */
function aroundHelp(subject: string, target: Type): string | undefined {
  const whole = /^\s*\$\{\{.*\}\}\s*$/s.test(subject) && subject.trim() !== subject;
  return whole && !mayBe(target, 'string') ? 'leave out the blanks around it: with them it is a text' : undefined;
}

/** Says what is risky about a text for a format, and the ways out. */
export function explainRisk(risk: FormatRisk, subject: string, path: readonly PointerToken[]): [string, string] {
  const inner = risk.path.length === 0 ? nameOf(subject) : `\`${risk.path.join('.')}\` of ${nameOf(subject)}`;
  const is = risk.from === undefined ? 'a text of any form' : `a ${risk.from}`;
  const message = `${inner} is ${is}; \`${fieldName(path)}\` requires ${WORDS[risk.to] ?? risk.to}`;
  const conversion = BETWEEN[`${risk.from} ${risk.to}`] ?? CONVERSIONS[risk.to];
  const accept = `"accept": { "${path.join('.')}": "why it is right as it comes" }`;
  return [
    message,
    conversion === undefined ? `or say so: ${accept}` : `convert it: \`${conversion}\`; or say so: ${accept}`,
  ];
}

const WORDS: { [format: string]: string } = {
  date: 'a date (2026-01-31)',
  'date-time': 'a date-time (2026-01-31T09:00:00Z)',
  time: 'a time (09:00:00Z)',
  phone: 'a phone number (+34600123456)',
  currency: 'a currency (EUR)',
  decimal: 'a decimal number (19.99)',
};

const CONVERSIONS: { [format: string]: string } = {
  date: "date.parse_day(…, 'dd/MM/yyyy')",
  'date-time': "date.parse(…, 'dd/MM/yyyy HH:mm', account.timezone)",
  phone: 'phone.e164(…, account.region)',
  decimal: 'money.decimal(money.minor(…, account.currency), account.currency)',
};

/** From one format to another. */
const BETWEEN: { [formats: string]: string } = {
  'date-time date': 'date.day(…, account.timezone)',
  'date date-time': "date.parse(…, 'yyyy-MM-dd', account.timezone)",
};

/** The field's name as messages give it. */
export function fieldName(path: readonly PointerToken[]): string {
  return path.length === 0 ? 'it' : path.join('.');
}

/** The source in words: itself where it is one short expression. */
export function nameOf(subject: string): string {
  const [, expression] = /^\$\{\{\s*(.*?)\s*\}\}$/s.exec(subject) ?? [];
  return expression === undefined || expression.length > MAX_SUBJECT || expression.includes('}}')
    ? 'this'
    : `\`${expression}\``;
}
