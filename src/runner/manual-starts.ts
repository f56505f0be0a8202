import type { Engine } from '../engine/engine.ts';
import type { SchemaIssue } from '../json/schema-issue.ts';
import type { Json, JsonObject } from '../json/value.ts';
import type { RunRecord } from '../run/records.ts';
import type { LiveDeployment, LiveManual } from './live-deployment.ts';
import { misfitOf } from './trigger-fits.ts';

export interface StartRequest {
  account: string;
  automation: string;
  /** Of a manual trigger. */
  input?: Json | undefined;
  /** What expressions read as `trigger`, of whatever kind it is, in place of input: a trial, on the word of who asks. */
  trigger?: JsonObject | undefined;
}

/** What becomes of a run that is asked for by hand. */
export type ManualStart =
  | { kind: 'unknown' }
  /** Something else starts this automation. */
  | { kind: 'not_manual'; trigger: string }
  | { kind: 'refused'; reason: string; issues: SchemaIssue[] }
  /** A person has to consent first. */
  | { kind: 'stalled'; reason: string }
  | { kind: 'accepted'; run: RunRecord };

/** Starts a run of an automation with a manual trigger, or as a trial of any; it is on disk when this resolves. */
export async function startByHand(
  engine: Engine,
  live: LiveDeployment,
  { account, automation, input, trigger: given }: StartRequest,
): Promise<ManualStart> {
  const target = live.get(`${account}/${automation}`);
  if (target === undefined) return { kind: 'unknown' };
  const { trigger, digest } = target;
  if (given !== undefined) {
    const misfit = misfitOf(trigger, given);
    if (misfit !== undefined) return { kind: 'refused', reason: misfit, issues: [] };
    return { kind: 'accepted', run: await engine.start({ account, automation, plan: digest, trigger: given }) };
  }
  if (trigger.kind !== 'manual') return { kind: 'not_manual', trigger: trigger.kind };
  const refused = refusalOf(trigger, input);
  if (refused !== undefined) return { kind: 'refused', ...refused };
  const run = await engine.start({ account, automation, plan: digest, trigger: input === undefined ? {} : { input } });
  return { kind: 'accepted', run };
}

/** Why an input is not taken, if so. */
export function refusalOf(
  { input: check }: LiveManual,
  input: Json | undefined,
): { reason: string; issues: SchemaIssue[] } | undefined {
  if (check === undefined)
    return input === undefined ? undefined : { reason: 'the automation takes no input', issues: [] };
  if (input === undefined) return { reason: 'the automation needs an input', issues: [] };
  const issues = check(input);
  if (issues.length === 0) return undefined;
  const words = issues.map(({ pointer, message }) => `the input${pointer.replaceAll('/', '.')} ${message}`);
  return { reason: words.join('; '), issues };
}
