import type {
  EventTrigger,
  Mapping,
  PlanBlock,
  PlanConcurrency,
  PlanConnection,
  PlanStep,
  PlanTrigger,
  PlanWait,
  WebhookTrigger,
} from '../generated/plan.ts';
import type { NamedPlan } from './digest.ts';

/** A plan as a reviewer reads it. */
export function renderPlan({ plan, digest }: NamedPlan): string {
  const lines = [
    `${plan.account}/${plan.automation}: ${plan.name}`,
    `  plan      ${digest}`,
    `  trigger   ${describeTrigger(plan.trigger)}`,
    ...(plan.concurrency === undefined ? [] : [`  at a time ${describeConcurrency(plan.concurrency)}`]),
    ...(plan.shared === true ? [`  shared    automations/shared/${plan.automation}.json`] : []),
    ...Object.entries(plan.settings ?? {}).map(([name, value]) => `  settings  ${name} = ${JSON.stringify(value)}`),
    ...Object.entries(plan.connections).map(
      ([name, connection]) =>
        `  connects  ${name} (${connection.connector}): credential goes to ${connection.hosts.join(', ') || 'nobody'}; ${callsOf(connection)}${rightsOf(connection)}`,
    ),
    ...(plan.trigger.kind === 'poll' || plan.trigger.kind === 'event'
      ? renderMappings(plan.trigger.mappings, '  trigger   ')
      : []),
    ...Object.entries(plan.tables ?? {}).map(([name, { rows }]) => `  table     ${name}: ${rows.length} rows`),
    '  steps',
    ...renderSteps(plan.steps, '    '),
    ...(plan.output_mappings ?? []).map((mapping) => `  output    ${renderMapping(mapping)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Of a connection by OAuth 2.0. */
function rightsOf({ scopes = [] }: PlanConnection): string {
  return scopes.length === 0 ? '' : `; needs the rights ${scopes.join(', ')}`;
}

function describeTrigger(trigger: PlanTrigger): string {
  switch (trigger.kind) {
    case 'webhook':
      return `webhook, ${describeVerify(trigger)}, answered when ${trigger.respond}${trigger.dedupe === undefined ? '' : `, once for each ${trigger.dedupe}`}`;
    case 'schedule':
      return `schedule ${trigger.cron} (${trigger.timezone}), missed times: ${trigger.missed}`;
    case 'poll': {
      const through = trigger.connection === undefined ? '' : ` through ${trigger.connection}`;
      const first = trigger.first === 'all' ? 'from all that is there' : 'from now';
      return `${trigger.on}${through}, asked every ${trigger.every_ms / 1000} s, ${first}`;
    }
    case 'event':
      return `${trigger.on}, sent to the address of ${trigger.verify.connection}, ${describeEvents(trigger)}`;
    case 'manual':
      return trigger.input === undefined ? 'by hand' : 'by hand, with input';
  }
}

function describeEvents({ webhook, subscription, verify }: EventTrigger): string {
  const events = webhook.events === undefined ? '' : ` for ${webhook.events.join(', ')}`;
  const asked = subscription === undefined ? 'entered by hand' : `subscribed by the runner (${subscription.title})`;
  return `${asked}${events}, verified by ${verify.name}`;
}

function describeConcurrency({ key, limit, policy }: PlanConcurrency): string {
  const counted = key === undefined ? '' : ` for each ${key}`;
  const others = { queue: 'others wait', skip: 'others are skipped', cancel_running: 'the newest take their places' };
  return `${limit} ${limit === 1 ? 'run' : 'runs'}${counted}, ${others[policy]}`;
}

function callsOf({ calls_per_run: calls }: PlanConnection): string {
  return calls === undefined ? 'calls without a bound' : `at most ${calls} ${calls === 1 ? 'call' : 'calls'} a run`;
}

function describeVerify({ verify, dedupe }: WebhookTrigger): string {
  if (verify === 'none') return 'not verified';
  const known = verify.scheme.delivery_id !== undefined && dedupe === undefined;
  return `verified by ${verify.name} through ${verify.connection}${known ? ', once for each delivery' : ''}`;
}

function renderSteps(steps: readonly PlanStep[], indent: string): string[] {
  return steps.flatMap((step) => renderStep(step, indent));
}

function renderStep(step: PlanStep, indent: string): string[] {
  const deeper = `${indent}  `;
  const condition = step.if === undefined ? '' : `, if ${step.if}`;
  const lines = [`${indent}${step.id}: ${describe(step)}${renderBounds(step)}${condition}`];
  switch (step.kind) {
    case 'action':
    case 'call':
    case 'wait':
    case 'set':
    case 'stop':
      lines.push(...renderMappings(step.mappings, deeper));
      break;
    case 'switch':
      for (const arm of step.arms) lines.push(`${deeper}${arm.if ?? 'else'}`, ...renderBlock(arm.block, deeper));
      break;
    case 'for_each':
      lines.push(...renderBlock(step.block, indent));
      break;
    case 'branches':
      for (const [name, block] of Object.entries(step.branches))
        lines.push(`${deeper}${name}`, ...renderBlock(block, deeper));
      break;
    case 'fail':
      break;
  }
  if ('on_error' in step && step.on_error !== undefined)
    lines.push(`${deeper}on error, then go on`, ...renderSteps(step.on_error, `${deeper}  `));
  return lines;
}

/** Of a step as a whole: an action has its own. */
function renderBounds(step: PlanStep): string {
  if (step.kind === 'action') return '';
  const tries = 'retry' in step && step.retry !== undefined ? `, tried ${step.retry.attempts} times at most` : '';
  const within = 'timeout_ms' in step ? `, within ${step.timeout_ms / 1000} s` : '';
  return `${tries}${within}${tries === '' || within === '' ? '' : ' each'}`;
}

function renderBlock({ steps, mappings }: PlanBlock, indent: string): string[] {
  return [...renderSteps(steps, `${indent}  `), ...renderMappings(mappings, `${indent}  output `)];
}

function renderMappings(mappings: readonly Mapping[], indent: string): string[] {
  return mappings.map((mapping) => `${indent}${renderMapping(mapping)}`);
}

function describe(step: PlanStep): string {
  switch (step.kind) {
    case 'action': {
      const through = step.connection === undefined ? '' : ` through ${step.connection}`;
      const limits = `at most ${step.retry.attempts} attempts of ${step.timeout_ms / 1000} s`;
      const doubt = step.if_uncertain === 'repeat' ? ', repeated where uncertain' : '';
      return `${step.connector}.${step.action}${through} (${step.effect}${doubt}, ${limits})`;
    }
    case 'call':
      return `runs ${step.automation} (${step.plan})${step.wait_for_end ? '' : ', without waiting for its end'}`;
    case 'wait':
      return `waits ${describeWait(step.wait)}`;
    case 'for_each':
      return `for each ${step.as} of ${step.items}${step.parallel === 1 ? '' : `, ${step.parallel} at a time`}${step.on_item_error === undefined ? '' : ', failures collected'}`;
    case 'branches':
      return 'at the same time';
    case 'stop':
      return 'ends the run';
    case 'fail':
      return `fails the run: ${step.message}`;
    default:
      return step.kind;
  }
}

function describeWait(wait: PlanWait): string {
  switch (wait.kind) {
    case 'duration':
      return `for ${wait.for_ms / 1000} s`;
    case 'instant':
      return `until ${wait.until}`;
    case 'window':
      return `until it is between ${wait.from} and ${wait.to} in ${wait.timezone}, ${wait.days.join(', ')}`;
    case 'approval':
      return `for an approval${expiry(wait.expires_ms)}: ${wait.message}`;
    case 'event':
      return `for an event${expiry(wait.expires_ms)}`;
  }
}

function expiry(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '' : `, at most ${milliseconds / 1000} s`;
}

function renderMapping({ to, from, type, expects, guarded, accepted, sensitive }: Mapping): string {
  const checked = guarded === undefined ? '' : '  [checked before the call]';
  const mark = sensitive === undefined ? '' : `  [${sensitive}]`;
  const reason = accepted === undefined ? '' : `  [accepted: ${accepted}]`;
  return `${to.slice(1).replaceAll('/', '.')}${to === '' ? '' : ' '}← ${from}  : ${type}${expects === 'unknown' ? '' : ` → ${expects}`}${checked}${reason}${mark}`;
}
