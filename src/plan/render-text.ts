import type { Mapping, PlanStep } from '../generated/plan.ts';
import type { NamedPlan } from './digest.ts';

/** A plan as a reviewer reads it. */
export function renderPlan({ plan, digest }: NamedPlan): string {
  const { webhook } = plan.trigger;
  const lines = [
    `${plan.account}/${plan.automation}: ${plan.name}`,
    `  plan      ${digest}`,
    `  trigger   webhook, ${webhook.verify === 'none' ? 'not verified' : webhook.verify}, answered when ${webhook.respond}`,
    ...Object.entries(plan.connections).map(
      ([name, connection]) =>
        `  connects  ${name} (${connection.connector}): credential goes to ${connection.hosts.join(', ')}`,
    ),
    ...plan.steps.flatMap((step, index) => renderStep(step, index + 1)),
    ...(plan.output_mappings ?? []).map((mapping) => `  output    ${renderMapping(mapping)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function renderStep(step: PlanStep, number: number): string[] {
  const through = step.connection === undefined ? '' : ` through ${step.connection}`;
  const limits = `at most ${step.retry.attempts} attempts of ${step.timeout_ms / 1000} s`;
  return [
    `  step ${number}    ${step.id}: ${step.connector}.${step.action}${through} (${step.effect}, ${limits})`,
    ...step.mappings.map((mapping) => `              ${renderMapping(mapping)}`),
  ];
}

function renderMapping({ to, from, type, expects, guarded }: Mapping): string {
  const checked = guarded === undefined ? '' : '  [checked before the call]';
  return `${to.slice(1).replaceAll('/', '.')} ← ${from}  : ${type} → ${expects}${checked}`;
}
