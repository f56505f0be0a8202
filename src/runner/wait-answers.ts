import { createHmac } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';
import type { ApprovalWait, EventWait, Plan, PlanWait } from '../generated/plan.ts';
import { compileSchema } from '../json/schema.ts';
import type { Json } from '../json/value.ts';
import { findStep } from '../plan/list-steps.ts';
import type { RunRecord } from '../run/records.ts';
import { stepIdOf } from '../run/try-path.ts';
import { isSameSecret } from '../secrets/same-secret.ts';
import type { Store } from '../store/store.ts';

/** What becomes of an answer to a step that waits. */
export type AnswerResult =
  | { kind: 'unknown_run' }
  /** The step waits for nothing of the kind, or not any more. */
  | { kind: 'not_waiting'; reason: string }
  | { kind: 'refused'; reason: string }
  | { kind: 'answered' };

export interface Decision {
  approved: boolean;
  /** Who decides. */
  by: string;
  note: string | undefined;
}

/** An approval that is asked for. */
export interface OpenApproval {
  run: RunRecord;
  step: string;
  message: string;
}

/** Takes what people and programs outside say to runs that wait for it. */
export class WaitAnswers {
  private readonly store: Store;
  private readonly engine: Engine;

  constructor(store: Store, engine: Engine) {
    this.store = store;
    this.engine = engine;
  }

  /** `step`: its path in the run, such as `each[2].ok`. On disk when it resolves. */
  async decide(id: string, step: string, { approved, by, note }: Decision): Promise<AnswerResult> {
    const found = this.find(id, step, 'approval');
    if ('kind' in found) return found;
    const at = new Date().toISOString();
    return this.give(found.run, step, { approved, by, at, ...(note === undefined ? {} : { note }) });
  }

  /** As `decide`, for a step that waits for an event. */
  async tell(id: string, step: string, payload: Json): Promise<AnswerResult> {
    const found = this.find(id, step, 'event');
    if ('kind' in found) return found;
    const issues = compileSchema(found.wait.payload)(payload);
    if (issues.length === 0) return this.give(found.run, step, payload);
    const words = issues.map(({ pointer, message }) => `the payload${pointer.replaceAll('/', '.')} ${message}`);
    return { kind: 'refused', reason: words.join('; ') };
  }

  /** Path of the page on which the approval is decided. Its proof follows from a secret that only the store has. */
  async approvalPath(run: RunRecord, step: string): Promise<string> {
    return `/approvals/${run.id}/${encodeURIComponent(step)}/${await this.proofOf(run, step)}`;
  }

  /** The approval that the page's path names; `undefined` where the path is not a true one, or nothing waits there. */
  async openApproval(id: string, step: string, proof: string): Promise<OpenApproval | undefined> {
    const run = this.store.runs.get(id);
    if (run === undefined || !isSameSecret(proof, await this.proofOf(run, step))) return undefined;
    const attempt = this.store.runs.attemptsOf(id, step).find(({ key }) => key.attempt === 1);
    if (attempt === undefined || attempt.outcome !== undefined || run.finishedAt !== undefined) return undefined;
    const { input } = attempt;
    const message = typeof input === 'object' && input !== null && 'approval' in input ? input['approval'] : undefined;
    return typeof message === 'string' ? { run, step, message } : undefined;
  }

  private async proofOf({ id, account, automation }: RunRecord, step: string): Promise<string> {
    const secret = await this.store.deployments.hookSecret(account, automation);
    return createHmac('sha256', secret).update(`approval ${id} ${step}`).digest('base64url');
  }

  private find(id: string, step: string, kind: 'approval'): { run: RunRecord; wait: ApprovalWait } | AnswerResult;
  private find(id: string, step: string, kind: 'event'): { run: RunRecord; wait: EventWait } | AnswerResult;
  private find(id: string, step: string, kind: PlanWait['kind']): { run: RunRecord; wait: PlanWait } | AnswerResult {
    const run = this.store.runs.get(id);
    if (run === undefined) return { kind: 'unknown_run' };
    const { steps } = JSON.parse(this.store.deployments.plan(run.plan) ?? '{"steps":[]}') as Plan;
    const found = findStep(steps, stepIdOf(step));
    if (found?.kind === 'wait' && found.wait.kind === kind) return { run, wait: found.wait };
    return { kind: 'not_waiting', reason: `the run ${id} has no step ${step} that waits for an ${kind}` };
  }

  private async give(run: RunRecord, step: string, output: Json): Promise<AnswerResult> {
    if (run.finishedAt !== undefined) return { kind: 'not_waiting', reason: `the run ${run.id} has ended` };
    if (await this.engine.answer(run, { step, attempt: 1 }, { ok: true, output })) return { kind: 'answered' };
    return { kind: 'not_waiting', reason: `the step ${step} of run ${run.id} does not wait: not yet, or not any more` };
  }
}
