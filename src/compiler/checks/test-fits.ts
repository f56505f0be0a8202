import type { SchemaCheck } from '../../json/schema.ts';
import type { SchemaIssue } from '../../json/schema-issue.ts';
import type { Catalog } from '../../connectors/catalog.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import type { Trigger } from '../../generated/automation.ts';
import type { TestCase } from '../../generated/test.ts';
import { parsePointer, type PointerToken } from '../../json/pointer.ts';
import { ownProperty, type JsonObject } from '../../json/value.ts';
import { SHARED } from '../../workspace/workspace.ts';
import type { CompileContext } from '../context.ts';
import { compileOrSkip } from '../schema-problems.ts';
import { allSteps, stepTree } from '../step-tree.ts';
import { testedAutomation } from '../tested-automation.ts';
import { triggerSchemas } from '../trigger-schemas.ts';

/** A place within a case and what is wrong there. */
interface Finding {
  at: PointerToken[];
  message: string;
  help?: string;
}

/** A test sends what its trigger takes, or refuses where the case expects that, and speaks of steps that exist. */
export function checkTests(context: CompileContext): void {
  const { workspace, catalog, report } = context;
  for (const test of workspace.tests) {
    const { document, value, account, automation: name } = test;
    const automation = testedAutomation(context, test);
    if (automation === undefined) {
      const help =
        account === SHARED
          ? 'a shared automation is tested in an account that installs it: move the test to its folder'
          : `write automations/${account}/${name}.json`;
      report(document.diagnostic('WB7005', [], `there is no valid automation \`${name}\` to test`, { help }));
      continue;
    }
    const ids = allSteps(stepTree(automation.value.steps, ['steps'])).map(({ step }) => step.id);
    const parts = triggerParts(automation.value.trigger, catalog);
    for (const [index, one] of value.cases.entries()) {
      const findings = [
        ...foreignParts(automation.value.trigger, parts, one),
        ...checkDelivery(parts, one),
        ...namedSteps(one).flatMap((named) => checkStep(named, ids)),
      ];
      for (const { at, message, help } of findings)
        report(document.diagnostic('WB7005', ['cases', index, ...at], message, { help }));
    }
  }
}

interface TriggerPart {
  name: string;
  check: SchemaCheck | undefined;
}

function triggerParts(trigger: Trigger, catalog: Catalog): TriggerPart[] {
  return triggerSchemas(trigger, catalog).map(({ name, schema }) => ({ name, check: compileOrSkip(schema) }));
}

/** A request may have query parameters and headers of which the trigger says nothing. */
const REQUEST = ['body', 'query', 'headers'];

/** What another kind of trigger takes. */
function foreignParts({ webhook }: Trigger, parts: readonly TriggerPart[], { trigger }: TestCase): Finding[] {
  const taken = webhook === undefined ? parts.map(({ name }) => name) : REQUEST;
  return Object.keys(trigger)
    .filter((name) => !taken.includes(name))
    .map((name) => ({ at: ['trigger', name], message: `the trigger takes no \`${name}\`` }));
}

function checkDelivery(parts: readonly TriggerPart[], { trigger, expect }: TestCase): Finding[] {
  const refusals = parts.flatMap(({ name, check }): Finding[] => {
    const given = ownProperty({ ...trigger }, name) ?? ABSENT[name];
    if (given === undefined)
      return [{ at: ['trigger'], message: `the trigger has a schema of \`${name}\`, and the case gives none` }];
    return onePerObject(check?.(given) ?? []).map(({ pointer, message }) => ({
      at: ['trigger', ...(name in trigger ? [name, ...parsePointer(pointer)] : [])],
      message: `the trigger would refuse this: it ${message}`,
      ...(name === 'event'
        ? { help: "the connector's page has a sample, and so has `waybill connector describe`" }
        : {}),
    }));
  });
  if (expect.refused === undefined) return refusals;
  const undecided = parts.some(({ check }) => check === undefined);
  return refusals.length > 0 || undecided
    ? []
    : [{ at: ['expect', 'refused'], message: 'the trigger takes what the case sends, and does not refuse it' }];
}

/** All that one object lacks is told at once: events of services have many fields. */
function onePerObject(issues: readonly SchemaIssue[]): SchemaIssue[] {
  const lacking = Map.groupBy(
    issues.filter(({ keyword }) => keyword === 'required'),
    ({ pointer }) => pointer,
  );
  return issues.flatMap((issue) => {
    const group = lacking.get(issue.pointer) ?? [];
    if (issue.keyword !== 'required' || group.length === 1) return [issue];
    const names = group.map(({ property }) => `\`${property}\``).join(', ');
    return issue === group[0] ? [{ ...issue, message: `lacks the properties ${names}` }] : [];
  });
}

interface NamedStep {
  name: string;
  at: PointerToken[];
}

/** All names of steps in a case. */
function namedSteps({ answers = [], expect }: TestCase): NamedStep[] {
  const { steps = [], requests = [], attempts = {}, waits = {}, error } = expect;
  return [
    ...answers.flatMap(({ to }, index) => named(to?.step, ['answers', index, 'to', 'step'])),
    ...steps.flatMap((name, index) => named(name, ['expect', 'steps', index])),
    ...requests.flatMap(({ step }, index) => named(step, ['expect', 'requests', index, 'step'])),
    ...Object.keys(attempts).flatMap((name) => named(name, ['expect', 'attempts', name])),
    ...Object.keys(waits).flatMap((name) => named(name, ['expect', 'waits', name])),
    ...named(error?.step, ['expect', 'error', 'step']),
  ];
}

function named(name: string | undefined, at: PointerToken[]): NamedStep[] {
  return name === undefined ? [] : [{ name, at }];
}

/** Each part of a name such as `each[2].send`, or of a later try `each~2[2].send`, is a step. */
function checkStep({ name, at }: NamedStep, ids: readonly string[]): Finding[] {
  const unknown = name
    .split('.')
    .map((part) => part.replace(/(~\d+)?(\[\d+\])?$/, ''))
    .filter((id) => !ids.includes(id));
  return unknown.map((id) => {
    const near = nearestName(id, ids);
    const help = near === undefined ? `steps: ${ids.join(', ')}` : `did you mean \`${near}\`?`;
    return { at, message: `there is no step \`${id}\``, help };
  });
}

/** What a request without query parameters, or without headers, has. */
const ABSENT: JsonObject = { query: {}, headers: {} };
