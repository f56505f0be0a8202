import type { Wait } from '../../generated/automation.ts';
import type { PointerToken } from '../../json/pointer.ts';
import type { Json } from '../../json/value.ts';
import { typeFromSchema } from '../../language/schema-type.ts';
import { extendScope, type TypeScope } from '../../language/scope.ts';
import { sensitivityOf } from '../../language/sensitivity.ts';
import { ABSENT, STRING, mayBe, unionOf, without, type Type } from '../../language/types.ts';
import type { AutomationContext, Callee, ResolvedActions, ResolvedCalls } from '../context.ts';
import { firstScope } from '../scope.ts';
import type { Settings } from '../settings.ts';
import { allSteps, type BlockNode, type StepNode } from '../step-tree.ts';
import { isImpossible, join, outside, withAbsent, withHidden, withOutput, type FlowEnd } from './flow-scope.ts';
import { WAIT_UNTIL, outputOfWait } from '../wait-types.ts';
import { sinkOf } from './sink.ts';
import { readCondition, readList, readText, type Condition } from './read-expression.ts';
import { checkValue, type CheckedMapping } from './value-checker.ts';

/** What the mappings of an automation were found to be. */
export interface CheckedFlow {
  mappings: ReadonlyMap<StepNode | BlockNode, CheckedMapping[]>;
  output: CheckedMapping[];
  /** The type of what a run gives. */
  gives: Type;
  /** How many items each loop has at most, where its list's type says so. */
  bounds: ReadonlyMap<StepNode, number>;
  /** How many values were looked at. */
  count: number;
}

/** What expressions read as `error` in the steps of `on_error`. */
const ERROR: Type = {
  kind: 'object',
  properties: new Map(['code', 'message', 'step'].map((name) => [name, { type: STRING, required: true }])),
  additional: false,
};

/** Goes every way through the steps and decides for each value whether it fits, with what is known on that way. */
export function checkFlow(
  context: AutomationContext,
  actions: ResolvedActions,
  calls: ResolvedCalls,
  settings: Settings | undefined,
): CheckedFlow {
  const flow = new Flow(context, actions, calls);
  const { scope, reachable } = flow.steps(context.steps, firstScope(context, settings));
  const { output } = context.automation.value;
  const { type, mappings } = output === undefined ? NOTHING : flow.value(scope, output, ['output']);
  const gives = unionOf([...flow.stopped, ...(reachable ? [type] : [])]);
  return { mappings: flow.mappings, output: mappings, gives, bounds: flow.bounds, count: flow.count };
}

/** What a block without an output gives. */
const NOTHING: { type: Type; mappings: CheckedMapping[] } = { type: ABSENT, mappings: [] };

class Flow {
  readonly mappings = new Map<StepNode | BlockNode, CheckedMapping[]>();
  readonly bounds = new Map<StepNode, number>();
  count = 0;
  /** What the run gives where a step stops it. */
  readonly stopped: Type[] = [];
  private readonly context: AutomationContext;
  private readonly actions: ResolvedActions;
  private readonly calls: ResolvedCalls;
  /** Names of branches and parallel loops around the step that is looked at. */
  private readonly atOnce: string[] = [];

  constructor(context: AutomationContext, actions: ResolvedActions, calls: ResolvedCalls) {
    this.context = context;
    this.actions = actions;
    this.calls = calls;
  }

  steps(nodes: readonly StepNode[], before: TypeScope): FlowEnd {
    let end: FlowEnd = { scope: before, reachable: true };
    let told = false;
    for (const node of nodes) {
      const { reachable } = end;
      if (!reachable && !told) {
        told = true;
        this.report('WB2010', [...node.path, 'id'], 'no run comes to this step: the one before always ends it');
      }
      const next = this.step(node, end.scope);
      end = { ...next, reachable: reachable && next.reachable };
    }
    return end;
  }

  /** Looks at a value that may be anything. */
  value(scope: TypeScope, value: Json, path: readonly PointerToken[]): ReturnType<typeof checkValue> {
    const checked = checkValue(this.context, scope, value, path);
    this.count += checked.count;
    return checked;
  }

  private step(node: StepNode, scope: TypeScope): FlowEnd {
    const { if: text } = node.step;
    if (text === undefined) return this.attempt(node, scope, scope);
    const condition = this.condition(text, [...node.path, 'if'], scope);
    const done = this.attempt(node, condition.when(true), scope);
    const skipped = withAbsent(condition.when(false), idsWithin(node));
    return join(scope, [done, { scope: skipped, reachable: true }]);
  }

  /**
   * The step, and where it or its condition fails, what is done then: there nothing is known but what was `before` it. At a
   * deadline nobody can say how far the step came, so no handler reads that.
   */
  private attempt(node: StepNode, scope: TypeScope, before: TypeScope): FlowEnd {
    const done = this.body(node, scope);
    if (node.onError === undefined) return done;
    const hidden = withHidden(before, idsWithin(node), `here \`${node.step.id}\` has failed: read \`error\``);
    const handled = this.steps(node.onError, extendScope(hidden, [['error', ERROR]]));
    return join(before, [done, { ...handled, scope: outside(handled.scope, before) }]);
  }

  private body(node: StepNode, scope: TypeScope): FlowEnd {
    const { body, step, path } = node;
    switch (body.kind) {
      case 'action':
        return this.action(node, scope);
      case 'call':
        return this.call(node, this.calls.get(node), scope);
      case 'wait':
        return this.wait(node, body.wait, scope);
      case 'set': {
        const { type, mappings } = this.value(scope, body.set, [...path, 'set']);
        this.mappings.set(node, mappings);
        return { scope: withOutput(scope, step.id, type), reachable: true };
      }
      case 'switch':
        return this.switch(node, body.arms, scope);
      case 'for_each':
        return this.forEach(node, body.items, body.block, scope);
      case 'branches':
        return this.branches(node, body.branches, scope);
      case 'stop':
        return this.stop(node, body.output, scope);
      case 'fail':
        this.message(body.message, [...path, 'fail'], scope);
        this.count++;
        return { scope, reachable: false };
    }
  }

  private action(node: StepNode, scope: TypeScope): FlowEnd {
    const resolved = this.actions.get(node);
    // The output of a step whose action is unknown could be anything; that the action is unknown is already said.
    if (resolved === undefined) return { scope: withOutput(scope, node.step.id, { kind: 'never' }), reachable: true };
    const { input, output } = resolved.action;
    const { with: given = {}, accept = {} } = node.step;
    const sink = sinkOf(resolved);
    const checked = checkValue(this.context, scope, given, [...node.path, 'with'], input, accept, sink);
    this.reportAcceptances(node, accept, checked.accepted);
    this.count += checked.count;
    this.mappings.set(node, checked.mappings);
    return { scope: withOutput(scope, node.step.id, typeFromSchema(output)), reachable: true };
  }

  private call(node: StepNode, callee: Callee | undefined, scope: TypeScope): FlowEnd {
    const { with: given, wait_for_end: wait = true, accept = {}, id } = node.step;
    const input = callee?.trigger.manual?.input;
    if (input !== undefined && callee?.broken === false) {
      const sink = { kind: 'callee', name: node.step.call ?? '' } as const;
      const checked = checkValue(this.context, scope, given ?? {}, [...node.path, 'with'], input, accept, sink);
      this.count += checked.count;
      this.mappings.set(node, checked.mappings);
      this.reportAcceptances(node, accept, checked.accepted);
    }
    // What is wrong with the call is told; what it gives could be anything.
    const output: Type = wait ? (callee?.broken === false ? callee.output : { kind: 'never' }) : STARTED;
    return { scope: withOutput(scope, id, output), reachable: true };
  }

  private wait(node: StepNode, wait: Wait, scope: TypeScope): FlowEnd {
    const { accept = {}, id } = node.step;
    const path = [...node.path, 'wait'];
    let needed: ReadonlySet<string> = new Set();
    if (wait.until !== undefined) {
      const checked = checkValue(this.context, scope, { until: wait.until }, path, WAIT_UNTIL, accept);
      this.count += checked.count;
      this.mappings.set(node, checked.mappings);
      needed = checked.accepted;
    }
    if (wait.approval !== undefined) {
      this.message(wait.approval.message, [...path, 'approval', 'message'], scope);
      this.count++;
    }
    this.reportAcceptances(node, accept, needed);
    return { scope: withOutput(scope, id, outputOfWait(wait)), reachable: true };
  }

  private stop(node: StepNode, output: Json | undefined, scope: TypeScope): FlowEnd {
    if (this.atOnce.length > 0) this.reportStopAtOnce(node);
    const { type, mappings } = output === undefined ? NOTHING : this.value(scope, output, [...node.path, 'output']);
    this.mappings.set(node, mappings);
    this.stopped.push(type);
    return { scope, reachable: false };
  }

  private switch(
    node: StepNode,
    arms: readonly { condition: string | undefined; block: BlockNode }[],
    before: TypeScope,
  ): FlowEnd {
    const ends: FlowEnd[] = [];
    const all = idsWithin(node);
    let scope = before;
    for (const { condition: text, block } of arms) {
      const condition = text === undefined ? undefined : this.condition(text, [...block.path, 'if'], scope);
      const { end, output } = this.block(block, condition?.when(true) ?? scope);
      const others = all.filter((id) => !allSteps(block.steps).some(({ step }) => step.id === id));
      ends.push({ ...end, scope: withOutput(withAbsent(end.scope, others), node.step.id, output) });
      if (condition !== undefined) scope = condition.when(false);
    }
    const complete = arms.at(-1)?.condition === undefined || isImpossible(scope);
    if (!complete) ends.push({ scope: withAbsent(scope, all), reachable: true });
    const end = join(before, ends);
    if (arms.some(({ block }) => block.output !== undefined)) return end;
    return { ...end, scope: withHidden(end.scope, [node.step.id], 'give its arms an output') };
  }

  private forEach(node: StepNode, list: string, block: BlockNode, scope: TypeScope): FlowEnd {
    const { as = 'item', index, parallel = 1, id } = node.step;
    this.count++;
    const { items: type, maxItems } = readList(this.context, scope, list, [...node.path, 'for_each']);
    if (maxItems !== undefined) this.bounds.set(node, maxItems);
    const names: [string, Type][] = [[as, type], ...(index === undefined ? [] : [[index, INDEX] as [string, Type]])];
    if (parallel > 1) this.atOnce.push(id);
    const { output } = this.block(block, extendScope(scope, names));
    if (parallel > 1) this.atOnce.pop();
    const inner = allSteps(block.steps).map(({ step }) => step.id);
    const hidden = withHidden(scope, inner, `it is done for each item of \`${id}\`: give the loop an output`);
    const collects = node.step.on_item_error === 'collect';
    // An item whose output is absent gives null, so that the list stays as long as its source; so does one that failed.
    const open = collects || mayBe(output, 'absent');
    const items: Type = { kind: 'array', items: open ? unionOf([without(output, 'absent'), NULL]) : output };
    const outputs = block.output === undefined ? undefined : items;
    if (collects) return { scope: withOutput(hidden, id, collectedType(outputs)), reachable: true };
    if (outputs === undefined) return { scope: withHidden(hidden, [id], 'give the loop an output'), reachable: true };
    return { scope: withOutput(hidden, id, outputs), reachable: true };
  }

  private branches(node: StepNode, branches: readonly { name: string; block: BlockNode }[], scope: TypeScope): FlowEnd {
    this.atOnce.push(node.step.id);
    const own = new Map(branches.map(({ block }) => [block, allSteps(block.steps).map(({ step }) => step.id)]));
    const ends = branches.map(({ name, block }) => {
      const others = [...own].flatMap(([other, ids]) => (other === block ? [] : ids));
      const apart = withHidden(scope, others, `it is done at the same time as this one`);
      return { name, block, ...this.block(block, apart) };
    });
    this.atOnce.pop();
    const properties = new Map(
      ends.flatMap(({ name, block, output }) =>
        block.output === undefined ? [] : [[name, { type: output, required: !mayBe(output, 'absent') }] as const],
      ),
    );
    const outputs = new Map(
      ends.flatMap(({ block, end }) =>
        (own.get(block) ?? []).map((id): [string, Type] => [id, end.scope.steps?.before.get(id) ?? { kind: 'never' }]),
      ),
    );
    const after = [...outputs].reduce((one, [id, type]) => withOutput(one, id, type), scope);
    const output: Type = { kind: 'object', properties, additional: false };
    return { scope: withOutput(after, node.step.id, output), reachable: ends.every(({ end }) => end.reachable) };
  }

  private block(block: BlockNode, scope: TypeScope): { end: FlowEnd; output: Type } {
    const end = this.steps(block.steps, scope);
    if (block.output === undefined) return { end, output: ABSENT };
    const { type, mappings } = this.value(end.scope, block.output, [...block.path, 'output']);
    this.mappings.set(block, mappings);
    return { end, output: type };
  }

  private condition(text: string, path: PointerToken[], scope: TypeScope): Condition {
    this.count++;
    const condition = readCondition(this.context, scope, text, path);
    if (condition.always !== undefined) this.report('WB2011', path, `this is always ${condition.always}`);
    return condition;
  }

  /** A message is logged and shown to everyone who may see the run. */
  private message(text: string, path: PointerToken[], scope: TypeScope): void {
    const type = readText(this.context, scope, text, path);
    const mark = type && sensitivityOf(type);
    if (mark !== undefined)
      this.report(
        'WB4004',
        path,
        `the message holds ${mark} data, and messages are logged`,
        'name the case, not the data',
      );
  }

  private reportAcceptances({ path }: StepNode, given: object, needed: ReadonlySet<string>): void {
    for (const field of Object.keys(given)) {
      if (!needed.has(field))
        this.report('WB4002', [...path, 'accept', field], `\`${field}\` has no risky format here`, 'leave it out');
    }
  }

  private reportStopAtOnce(node: StepNode): void {
    const message = 'a run cannot be stopped here, while other steps are done at the same time';
    this.report('WB2012', [...node.path, 'stop'], message, `stop it after \`${this.atOnce.at(-1)}\``);
  }

  private report(
    code: 'WB2010' | 'WB2011' | 'WB2012' | 'WB4002' | 'WB4004',
    path: PointerToken[],
    message: string,
    help?: string,
  ): void {
    this.context.report(this.context.automation.document.diagnostic(code, path, message, { help }));
  }
}

/** What a call gives that does not wait. */
const STARTED: Type = {
  kind: 'object',
  properties: new Map([['run', { type: STRING, required: true }]]),
  additional: false,
};

const INDEX: Type = { kind: 'number', integer: true, minimum: 0 };

const NULL: Type = { kind: 'null' };

/** What a loop gives that collects the failures of its items. */
function collectedType(outputs: Type | undefined): Type {
  const fields: [string, Type][] = [
    ['index', INDEX],
    ...['code', 'message', 'step'].map((name): [string, Type] => [name, STRING]),
  ];
  const failure = closed(fields);
  return closed([
    ...(outputs === undefined ? [] : [['outputs', outputs] as [string, Type]]),
    ['failures', { kind: 'array', items: failure }],
  ]);
}

function closed(fields: readonly (readonly [string, Type])[]): Type {
  const properties = new Map(fields.map(([name, type]) => [name, { type, required: true }]));
  return { kind: 'object', properties, additional: false };
}

/** The ids of the step and of all within it. */
function idsWithin(node: StepNode): string[] {
  return allSteps([node]).map(({ step }) => step.id);
}
