import { Temporal } from 'temporal-polyfill';
import type { PlanWait } from '../generated/plan.ts';
import type { JsonObject } from '../json/value.ts';
import type { Failure, Outcome } from '../run/failure.ts';
import type { Instant } from '../run/records.ts';
import type { Durable, WaitCall } from './durable.ts';
import { evaluateAt } from './evaluate-at.ts';
import type { PreparedWait } from './prepared-plan.ts';
import { nextInWindow } from './wait-window.ts';

type Wanted = { ok: true; wait: Omit<WaitCall, 'key'> } | { ok: false; failure: Failure };

/** Waits as the step says. `path` names the step within the run. */
export async function performWait(
  prepared: PreparedWait,
  path: string,
  scope: JsonObject,
  durable: Durable,
): Promise<Outcome> {
  const wanted = wantedWait(prepared, path, scope);
  return wanted.ok ? durable.wait({ key: { step: path, attempt: 1 }, ...wanted.wait }) : wanted;
}

function wantedWait({ wait, text }: PreparedWait, path: string, scope: JsonObject): Wanted {
  switch (wait.kind) {
    case 'duration':
      return clock({ for_ms: wait.for_ms }, (begun) => begun + wait.for_ms);
    case 'window': {
      const { kind: _kind, ...window } = wait;
      return clock({ window }, (begun) => nextInWindow(begun, window));
    }
    case 'event':
      return { ok: true, wait: { input: { event: 'awaited' }, ...expiring(wait, path) } };
    case 'instant':
    case 'approval':
      break;
  }
  const evaluated = evaluateAt(text ?? (() => undefined), scope, path);
  if (!evaluated.ok) return evaluated;
  const value = typeof evaluated.value === 'string' ? evaluated.value : JSON.stringify(evaluated.value ?? null);
  if (wait.kind === 'approval') return { ok: true, wait: { input: { approval: value }, ...expiring(wait, path) } };
  const instant = instantOf(value);
  if (instant !== undefined) return clock({ until: value }, () => instant);
  const message = `step ${path}: ${JSON.stringify(value)} is no date-time to wait until`;
  const help = 'convert it with `date.parse`, which names the pattern and the zone';
  return { ok: false, failure: { class: 'permanent', code: 'guard_failed', message, help } };
}

function clock(input: JsonObject, until: (begun: Instant) => Instant): Wanted {
  return { ok: true, wait: { input, until, over: waited } };
}

function waited(until: Instant): Outcome {
  return { ok: true, output: { until: new Date(until).toISOString() } };
}

/** Nobody came in time. */
function expiring(
  { kind, expires_ms }: Extract<PlanWait, { expires_ms?: number }>,
  path: string,
): Pick<WaitCall, 'until' | 'over'> {
  const what = kind === 'approval' ? 'nobody decided' : 'the event did not come';
  return {
    until: (begun) => (expires_ms === undefined ? undefined : begun + expires_ms),
    over: (until) => ({
      ok: false,
      failure: {
        class: 'permanent',
        code: 'wait_expired',
        message: `step ${path}: ${what} until ${new Date(until).toISOString()}`,
        help: 'give the step a longer `expires`, or say with `on_error` what is done then',
      },
    }),
  };
}

function instantOf(text: string): Instant | undefined {
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    return undefined;
  }
}
