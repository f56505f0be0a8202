import { nearestName } from '../../diagnostics/nearest-name.ts';
import type { TracedStep } from '../../engine/trace.ts';
import type { PlanStep } from '../../generated/plan.ts';
import { isJsonObject, type Json } from '../../json/value.ts';
import { calledRunId } from '../../run/run-id.ts';
import { computedOutput, partOf } from './computed-output.ts';
import { readsOf, type Read } from './reads.ts';
import { isEmpty, type RunReading } from './run-reading.ts';

/** Why there was no value, from the mapping back to where it should have come from. */
export interface Cause {
  /** One sentence each, the nearest first. */
  because: string[];
  /** What to change, where that is known. */
  edit: string | undefined;
}

/** Why the template gave nothing at the path; a cause for each empty value that it reads, or where none is, what it read. */
export function whyNothing(reading: RunReading, template: string, path: string): Cause[] {
  const reads = readsOf(template, reading.scopeAt(path));
  const empty = reads.filter(({ value }) => isEmpty(value));
  if (empty.length === 0) return reads.map((read) => ({ because: [whatWasRead(read)], edit: undefined }));
  return empty.map((read) => (read.keys[0] === 'steps' ? whyOfStep(reading, read, path) : whyOfRoot(reading, read)));
}

/** What to change, each once. */
export function editsOf(causes: readonly Cause[]): string[] {
  return [...new Set(causes.flatMap(({ edit }) => edit ?? []))];
}

/** What a condition read, so that one sees why it was false. */
function whatItRead(reading: RunReading, condition: string, path: string): string[] {
  return readsOf(condition, reading.scopeAt(path)).map(whatWasRead);
}

function whatWasRead({ keys, value }: Read): string {
  return `\`${keys.join('.')}\` was ${value === undefined ? 'absent' : shown(value)}`;
}

/** A value on one line, cut. */
export function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}

const MAX_SHOWN = 80;

function whyOfRoot(reading: RunReading, { keys, value, missing }: Read): Cause {
  const name = `\`${keys.join('.')}\``;
  if (missing === undefined) return { because: [`${name} was ${shown(value ?? null)}`], edit: defaultFor(name) };
  const edit = insteadOf(keys, { ...missing, has: unasked(reading, missing) }) ?? defaultFor(name);
  return { because: [lacking(missing)], edit };
}

/** What is there and was not asked for: of a body, what its schema does not name has come in the place of something else. */
function unasked({ plan }: RunReading, { within, has }: NonNullable<Read['missing']>): string[] | undefined {
  const { trigger } = plan;
  if (within !== 'trigger.body' || trigger.kind !== 'webhook') return has;
  const { properties } = trigger.body;
  return has?.filter((name) => !isJsonObject(properties) || !Object.hasOwn(properties, name));
}

function whyOfStep(reading: RunReading, read: Read, path: string): Cause {
  const [, id = '', ...inner] = read.keys;
  const source = reading.stepSeenFrom(path, id);
  if (source === undefined) return { because: [`step \`${id}\` was not reached`], edit: undefined };
  switch (source.end?.kind) {
    case undefined:
      return { because: [`step \`${id}\` was not reached`], edit: undefined };
    case 'not_taken':
    case 'skipped':
      return { because: [`step \`${id}\` was not done`, ...whySkipped(reading, source)], edit: undefined };
    case 'failed':
    case 'handled':
      return { because: [`step \`${id}\` failed: ${source.end.failure.message}`], edit: undefined };
    case 'stopped':
    case 'done':
      return whyOfOutput(reading, read, source, inner);
  }
}

/** The condition that left a step out, and what it read. */
export function whySkipped(reading: RunReading, { path, step, end }: TracedStep): string[] {
  const condition = reading.planned(step.id)?.if;
  if (end?.kind !== 'skipped' || condition === undefined) return [];
  return [`its condition was false: ${condition}`, ...whatItRead(reading, condition, path)];
}

function whyOfOutput(reading: RunReading, read: Read, source: TracedStep, inner: readonly string[]): Cause {
  const planned = reading.planned(source.step.id);
  const name = `\`${read.keys.join('.')}\``;
  const computed = planned && whyComputed(reading, planned, source.path, inner, name);
  if (computed !== undefined) return computed;
  const { missing, value } = read;
  const edit = missing && insteadOf(read.keys, missing);
  if (planned?.kind !== 'action') {
    const reason = missing === undefined ? `${name} was ${shown(value ?? null)}` : lacking(missing);
    return { because: [reason], edit: edit ?? whereToLook(reading, planned, source) };
  }
  const { title } = reading.plan.connectors[planned.connector] ?? { title: planned.connector };
  const reason =
    missing === undefined ? `${title} answered with ${shown(value ?? null)} for ${name}` : lacking(missing, title);
  return { because: [reason], edit: edit ?? `look at what step \`${source.path}\` sent, and at its output` };
}

/** Why the output of a step that calls nothing is empty there; `name`: how the expression calls it. */
function whyComputed(
  reading: RunReading,
  planned: PlanStep,
  path: string,
  inner: readonly string[],
  name: string,
): Cause | undefined {
  const through = (first: string, template: string): Cause => {
    const [cause] = whyNothing(reading, template, path);
    return { because: [first, ...(cause?.because ?? [])], edit: cause?.edit };
  };
  const computed = computedOutput(planned, reading.scopeAt(path));
  switch (computed?.kind) {
    case undefined:
      return undefined;
    case 'template': {
      const template = partOf(computed.template, inner);
      return typeof template === 'string' ? through(`${name} is set to ${template}`, template) : undefined;
    }
    case 'no_items':
      return through(`the list of step \`${path}\` was empty: ${computed.items}`, computed.items);
    case 'no_arm': {
      const read = computed.conditions.flatMap((condition) => whatItRead(reading, condition, path));
      const because = computed.conditions.map((condition) => `a condition of step \`${path}\` was false: ${condition}`);
      return { because: [...because, ...new Set(read)], edit: undefined };
    }
  }
}

function whereToLook({ run }: RunReading, planned: PlanStep | undefined, { path }: TracedStep): string | undefined {
  if (planned?.kind !== 'call' || !planned.wait_for_end) return undefined;
  return `see why the called run gave nothing: waybill explain ${calledRunId(run.id, path)}`;
}

/** `the body has \`message\`, not \`text\`` */
function lacking({ key, within, has }: NonNullable<Read['missing']>, service?: string): string {
  if (within === 'steps') return `step \`${key}\` gave nothing`;
  const what = service === undefined ? subjectOf(within) : `what ${service} gave`;
  if (has === undefined) return `${what} has no \`${key}\``;
  if (has.length === 0) return `${what} is empty: it has no \`${key}\``;
  return `${what} has ${has.map((name) => `\`${name}\``).join(', ')}, not \`${key}\``;
}

function subjectOf(within: string): string {
  const [root, part, ...more] = within.split('.');
  if (root === 'trigger' && part !== undefined && more.length === 0)
    return part === 'headers' ? 'the headers' : `the ${part}`;
  if (root === 'steps' && part !== undefined && more.length === 0) return `the output of step \`${part}\``;
  return `\`${within}\``;
}

/** The key that was most likely meant: the nearest one, or the only one. */
function insteadOf(
  keys: readonly string[],
  { key, within, has = [] }: NonNullable<Read['missing']>,
): string | undefined {
  const [only] = has;
  const near = nearestName(key, has) ?? (has.length === 1 ? only : undefined);
  if (near === undefined) return undefined;
  const rest = keys.slice(within.split('.').length + 1);
  return `read \`${[within, near, ...rest].join('.')}\` in place of \`${keys.join('.')}\``;
}

function defaultFor(name: string): string {
  return `let the sender give it, or say what is taken without it: \`${name.slice(1, -1)} ?? …\``;
}
