import type { ErrorObject } from 'ajv';
import { withoutOtherArms } from './choice-arms.ts';

/** One way in which a value does not fit its schema. */
export interface SchemaIssue {
  /** JSON Pointer of the value, or of the object that lacks or has a property. */
  pointer: string;
  keyword: string;
  /** What is wrong, without the place: `must be a string`. */
  message: string;
  /** The property that is missing or not allowed, where the issue is about one. */
  property?: string;
  /** The properties that there may be, where the issue is about one that may not. */
  known?: string[];
  /** The properties of which there must be one, where the issue is about that. */
  choices?: string[];
  /** What the schema says in words of a text that does not match its pattern, or of the property that is missing. */
  description?: string;
}

/** Puts ajv's errors in plain words, one a place: of the arms of a choice only what helps is kept. */
export function describeSchemaErrors(all: readonly ErrorObject[]): SchemaIssue[] {
  const errors = withoutOtherArms(all);
  const kinds = errors.filter(isChoiceOfProperties);
  if (kinds.length > 0) {
    const others = errors.filter((error) => !kinds.includes(error) && !kinds.some((kind) => isArmOf(error, kind)));
    return [...kinds.map(describe), ...describeSchemaErrors(others)];
  }
  const issues = errors.filter((error) => !CHOICE_KEYWORDS.has(error.keyword)).map(describe);
  const choices = errors.filter((error) => CHOICE_KEYWORDS.has(error.keyword)).map(describe);
  const told = issues.length > 0 ? issues : choices;
  const seen = new Set<string>();
  const distinct = told.filter((issue) => {
    const key = `${issue.pointer} ${issue.keyword} ${issue.message}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  });
  return distinct.length > 1 && choices.length > 0 ? joinKinds(distinct) : distinct;
}

/** Of a value that is of none of the kinds of a choice: `must be one of "fail", "continue" or an array`. */
function joinKinds(issues: readonly SchemaIssue[]): SchemaIssue[] {
  const groups = Map.groupBy(issues, ({ pointer }) => pointer);
  return issues.flatMap((issue) => {
    const group = groups.get(issue.pointer) ?? [];
    if (group.length === 1 || !group.every(({ keyword }) => KINDS.has(keyword))) return [issue];
    const kinds = group.map(({ message }) => message.replace(/^must be /, ''));
    return issue === group[0] ? [{ ...issue, message: `must be ${kinds.join(' or ')}` }] : [];
  });
}

const KINDS = new Set(['type', 'enum', 'const']);

const CHOICE_KEYWORDS = new Set(['anyOf', 'oneOf', 'allOf', 'if', 'not', 'propertyNames']);

const PROPERTY_CHOICES = new Set(['oneOf', 'anyOf']);

/** Whether the choice is which one of several properties there is. Known only where the validator is `verbose`. */
function isChoiceOfProperties(error: ErrorObject): boolean {
  return PROPERTY_CHOICES.has(error.keyword) && propertiesOfChoice(error) !== undefined;
}

function propertiesOfChoice({ schema }: ErrorObject): string[] | undefined {
  if (!Array.isArray(schema)) return undefined;
  const names = schema.map((arm: unknown) => {
    if (typeof arm !== 'object' || arm === null || Object.keys(arm).join() !== 'required') return undefined;
    const [name, ...more]: unknown[] = (arm as { required: unknown[] }).required;
    return typeof name === 'string' && more.length === 0 ? name : undefined;
  });
  return names.every((name) => name !== undefined) ? names : undefined;
}

function isArmOf({ instancePath, schemaPath, keyword }: ErrorObject, choice: ErrorObject): boolean {
  return (
    keyword === 'required' && instancePath === choice.instancePath && schemaPath.startsWith(`${choice.schemaPath}/`)
  );
}

function describe(error: ErrorObject): SchemaIssue {
  const property = propertyOf(error);
  return {
    pointer: error.instancePath,
    keyword: error.keyword,
    message: wording(error),
    ...(property === undefined ? {} : { property }),
    ...knownProperties(error),
    ...choicesOf(error),
    ...descriptionOf(error),
  };
}

/** Known only where the validator was compiled with `verbose`. */
function descriptionOf({ keyword, params, parentSchema }: ErrorObject): { description?: string } {
  const properties = parentSchema?.['properties'] as { [name: string]: { description?: unknown } } | undefined;
  const described =
    keyword === 'required' ? properties?.[String(params['missingProperty'])] : keyword === 'pattern' && parentSchema;
  const description = described ? described.description : undefined;
  return typeof description === 'string' ? { description } : {};
}

/** Known only where the validator was compiled with `verbose`. */
function knownProperties({ keyword, parentSchema }: ErrorObject): { known?: string[] } {
  const properties: unknown = parentSchema?.['properties'];
  if (!UNKNOWN_PROPERTY.has(keyword) || typeof properties !== 'object' || properties === null) return {};
  return { known: Object.keys(properties) };
}

function choicesOf(error: ErrorObject): { choices?: string[] } {
  const choices = PROPERTY_CHOICES.has(error.keyword) ? propertiesOfChoice(error) : undefined;
  return choices === undefined ? {} : { choices };
}

const UNKNOWN_PROPERTY = new Set(['additionalProperties', 'unevaluatedProperties']);

function propertyOf(error: ErrorObject): string | undefined {
  const { missingProperty, additionalProperty, unevaluatedProperty, propertyName } = error.params;
  const name: unknown = missingProperty ?? additionalProperty ?? unevaluatedProperty ?? propertyName;
  return typeof name === 'string' ? name : undefined;
}

function wording(error: ErrorObject): string {
  const params = error.params;
  switch (error.keyword) {
    case 'type':
      return `must be ${withArticle(params['type'])}`;
    case 'required':
      return `lacks the property \`${params['missingProperty']}\``;
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return `has the unknown property \`${propertyOf(error)}\``;
    case 'enum':
      return `must be one of ${(params['allowedValues'] as unknown[]).map((value) => JSON.stringify(value)).join(', ')}`;
    case 'const': {
      const beside = dependentOn(error);
      return `must be ${JSON.stringify(params['allowedValue'])}${beside === undefined ? '' : ` beside \`${beside}\``}`;
    }
    case 'minLength':
      return params['limit'] === 1 ? 'must not be empty' : `must have at least ${params['limit']} characters`;
    case 'maxLength':
      return `must have at most ${params['limit']} characters`;
    case 'pattern':
      return `must match the pattern ${params['pattern']}`;
    case 'format':
      return `must be a valid ${params['format']}`;
    case 'minProperties':
      return params['limit'] === 1 ? 'must not be empty' : `must have at least ${params['limit']} properties`;
    case 'minItems':
      return params['limit'] === 1 ? 'must not be empty' : `must have at least ${params['limit']} items`;
    case 'oneOf': {
      const names = propertiesOfChoice(error)?.map((name) => `\`${name}\``);
      return names === undefined
        ? 'must fit exactly one of the choices'
        : `must have exactly one of ${names.join(', ')}`;
    }
    case 'anyOf': {
      const names = propertiesOfChoice(error)?.map((name) => `\`${name}\``);
      const beside = dependentOn(error);
      if (names === undefined) return 'must fit one of the choices';
      return beside === undefined
        ? `must have one of ${names.join(', ')}`
        : `has \`${beside}\`, which goes only with one of ${names.join(', ')}`;
    }
    case 'dependentRequired':
      return `has \`${params['property']}\`, which goes only with \`${params['missingProperty']}\``;
    case 'uniqueItems':
      return 'must not hold the same item twice';
    default:
      return error.message ?? `does not satisfy ${error.keyword}`;
  }
}

/** The property beside which there must be something, where that is what the issue is about. */
function dependentOn({ schemaPath }: ErrorObject): string | undefined {
  return /\/dependentSchemas\/([^/]+)\/(?:anyOf|properties\/[^/]+\/const)$/.exec(schemaPath)?.[1];
}

function withArticle(type: unknown): string {
  const types = Array.isArray(type) ? type : [type];
  return types
    .map((name) => (name === 'null' ? 'null' : `${/^[aeio]/.test(String(name)) ? 'an' : 'a'} ${name}`))
    .join(' or ');
}
