import type { PointerToken } from '../../json/pointer.ts';
import type { Json } from '../../json/value.ts';
import { typeFromSchema } from '../../language/schema-type.ts';
import { extendScope, type TypeScope } from '../../language/scope.ts';
import { sensitivityOf } from '../../language/sensitivity.ts';
import { ABSENT, STRING, mayBe, unionOf, without, type Type } from '../../language/types.ts';
import type { AutomationContext, ResolvedActions } from '../context.ts';
import { firstScope } from '../scope.ts';
import type { Settings } from '../settings.ts';
import { allSteps, type BlockNode, type StepNode } from '../step-tree.ts';
import { isImpossible, join, outside, withAbsent, withHidden, withOutput, type FlowEnd } from './flow-scope.ts';
import { sinkOf } from './sink.ts';
import { readCondition, readList, readText, type Condition } from './read-expression.ts';
import { checkValue, type CheckedMapping } from './value-checker.ts';

/** What the mappings of an automation were found to be. */
export interface CheckedFlow {
  mappings: ReadonlyMap<StepNode | BlockNode, CheckedMapping[]>;
  output: CheckedMapping[];
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
  settings: Settings | undefined,
): CheckedFlow {
  const flow = new Flow(context, actions);
  const { scope } = flow.steps(context.steps, firstScope(context, settings));
  const { output } = context.automation.value;
  const mappings = output === undefined ? [] : flow.value(scope, output, ['output']).mappings;
  return { mappings: flow.mappings, output: mappings, bounds: flow.bounds, count: flow.count };
}

class Flow {
  readonly mappings = new Map<StepNode | BlockNode, CheckedMapping[]>();
  readonly bounds = new Map<StepNode, number>();
  count = 0;
  private readonly context: AutomationContext;
  private readonly actions: ResolvedActions;
  /** Names of branches and parallel loops around the step that is looked at. */
  private readonly atOnce: string[] = [];

  constructor(context: AutomationContext, actions: ResolvedActions) {
    this.context = context;
    this.actions = actions;
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

  /** The step, and where it or its condition fails, what is done then: there nothing is known but what was `before` it. */
  private attempt(node: StepNode, scope: TypeScope, before: TypeScope): FlowEnd {
    const done = this.body(node, scope);
    if (node.onError === undefined) return done;
    const failed = extendScope(withAbsent(before, idsWithin(node)), [['error', ERROR]]);
    const handled = this.steps(node.onError, failed);
    return join(before, [done, { ...handled, scope: outside(handled.scope, before) }]);
  }

  private body(node: StepNode, scope: TypeScope): FlowEnd {
    const { body, step, path } = node;
    switch (body.kind) {
      case 'action':
        return this.action(node, scope);
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
        if (this.atOnce.length > 0) this.reportStopAtOnce(node);
        this.mappings.set(
          node,
          body.output === undefined ? [] : this.value(scope, body.output, [...path, 'output']).mappings,
        );
        return { scope, reachable: false };
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
    for (const field of Object.keys(accept)) {
      if (!checked.accepted.has(field))
        this.report('WB4002', [...node.path, 'accept', field], `\`${field}\` has no risky format here`, 'leave it out');
    }
    this.count += checked.count;
    this.mappings.set(node, checked.mappings);
    return { scope: withOutput(scope, node.step.id, typeFromSchema(output)), reachable: true };
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

  private forEach(node: StepNode, items: string, block: BlockNode, scope: TypeScope): FlowEnd {
    const { as = 'item', index, parallel = 1, id } = node.step;
    this.count++;
    const { items: type, maxItems } = readList(this.context, scope, items, [...node.path, 'for_each']);
    if (maxItems !== undefined) this.bounds.set(node, maxItems);
    const names: [string, Type][] = [[as, type], ...(index === undefined ? [] : [[index, INDEX] as [string, Type]])];
    if (parallel > 1) this.atOnce.push(id);
    const { output } = this.block(block, extendScope(scope, names));
    if (parallel > 1) this.atOnce.pop();
    const inner = allSteps(block.steps).map(({ step }) => step.id);
    const hidden = withHidden(scope, inner, `it is done for each item of \`${id}\`: give the loop an output`);
    if (block.output === undefined)
      return { scope: withHidden(hidden, [id], 'give the loop an output'), reachable: true };
    // An item whose output is absent gives null, so that the list stays as long as its source.
    const item = mayBe(output, 'absent') ? unionOf([without(output, 'absent'), { kind: 'null' }]) : output;
    return { scope: withOutput(hidden, id, { kind: 'array', items: item }), reachable: true };
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

const INDEX: Type = { kind: 'number', integer: true, minimum: 0 };

/** The ids of the step and of all within it. */
function idsWithin(node: StepNode): string[] {
  return allSteps([node]).map(({ step }) => step.id);
}
