import type { Limits } from '../../generated/connector.ts';
import { milliseconds } from '../../plan/duration.ts';
import { callsPerRun } from '../calls-per-run.ts';
import type { AutomationContext, ResolvedActions } from '../context.ts';
import type { CheckedFlow } from '../flow/flow.ts';

/** A run that a limit stretches longer than this is one that its author should know of. */
const LONG_MS = 3_600_000;

/** A run that makes all the calls that it can make does not wait for hours until the service takes them. */
export function checkCallLimits(context: AutomationContext, actions: ResolvedActions, flow: CheckedFlow): void {
  const told = new Set<string>();
  for (const [node, { service, name, connector, action }] of actions) {
    // Without a name, it is the only connection of the account to this service.
    const { connection } = node.step;
    const sharing = [...actions].filter(([{ step }, one]) => one.service === service && step.connection === connection);
    const same = sharing.filter(([, one]) => one.name === name);
    for (const [key, limits, sharers] of [
      [`${service} ${connection}`, connector.limits, sharing],
      [`${service}.${name} ${connection}`, action.limits, same],
    ] as const) {
      if (limits === undefined || told.has(key)) continue;
      told.add(key);
      const nodes = new Set(sharers.map(([one]) => one));
      const calls = callsPerRun(context.steps, (one) => nodes.has(one), actions, flow.bounds);
      const { document } = context.automation;
      const message = problemOf(limits, calls, connector.title);
      const help = 'give the list fewer items (maxItems), or use an action that takes several at a time';
      if (message !== undefined)
        context.report(document.diagnostic('WB6015', [...node.path, 'uses'], message, { help }));
    }
  }
}

/** What is wrong with so many calls in a run; nothing is said of a run without a bound. */
function problemOf({ requests = [] }: Limits, calls: number, title: string): string | undefined {
  if (!Number.isFinite(calls)) return undefined;
  // Nobody knows how many of them share what has a limit of its own.
  const shared = requests.filter(({ per }) => per === undefined);
  const waits = shared.map(({ count, period }) => ({
    count,
    period,
    wait: (Math.ceil(calls / count) - 1) * milliseconds(period),
  }));
  const [longest] = waits.toSorted((left, right) => right.wait - left.wait);
  if (longest === undefined || longest.wait <= LONG_MS) return undefined;
  const { count, period, wait } = longest;
  return `a run can make ${calls} calls here, and ${title} takes ${count} in ${period}: it would wait for ${hours(wait)}`;
}

function hours(wait: number): string {
  const whole = Math.round(wait / 3_600_000);
  return whole === 1 ? 'an hour' : `${whole} hours`;
}
