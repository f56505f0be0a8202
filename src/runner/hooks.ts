import { packing, readBody } from '../connectors/webhooks/body.ts';
import type { HandshakeReply } from '../connectors/webhooks/handshake.ts';
import type { Engine } from '../engine/engine.ts';
import type { SchemaIssue } from '../json/schema-issue.ts';
import type { JsonObject } from '../json/value.ts';
import { EvaluationError } from '../language/evaluation-error.ts';
import type { Instant, RunRecord } from '../run/records.ts';
import { isFull, type BacklogLimits } from './backlog.ts';
import type { Store } from '../store/store.ts';
import { nameOf, takeDelivery, webhookRequest, type Delivery } from './delivery.ts';
import type { ConnectionHooks } from './events/connection-hooks.ts';
import { connectionOf, isAddress } from './hook-address.ts';
import { keepRefusal, nameOfRefusal } from './keep-refusal.ts';
import { hookPath, type LiveAutomation, type LiveDeployment, type LiveWebhook } from './live-deployment.ts';
import type { Verifier } from './verifier.ts';

/** What becomes of a delivery. */
export type DeliveryResult =
  | { kind: 'unknown' }
  | { kind: 'stopping' }
  /** So many runs wait already that no more are taken for now. */
  | { kind: 'full' }
  /** The service tried the address. */
  | { kind: 'handshake'; reply: HandshakeReply }
  | Refusal
  /** Ids of the runs of those events that are wanted; of a repeat, those of the first time. */
  | { kind: 'events'; runs: string[] }
  | { kind: 'accepted'; run: RunRecord; respond: 'accepted' | 'finished'; deadlineMs: number | undefined };

/**
 * `status` is 401 where it is not proved genuine, 413 where it is too large, 503 where a person has to act first, otherwise
 * says what does not fit.
 */
export interface Refusal {
  kind: 'refused';
  status: number;
  reason: string;
  issues: SchemaIssue[];
  /** A person has to consent first. */
  stalled: boolean;
}

/** What becomes of a refused delivery that is taken once more. */
export type ReplayResult = DeliveryResult | { kind: 'no_refusal' } | { kind: 'cut' };

export interface HooksOptions {
  store: Store;
  engine: Engine;
  verifier: Verifier;
  /** Takes what comes to the addresses of connections. */
  connections: ConnectionHooks;
  live: () => LiveDeployment;
  /** Why an automation starts no runs for now, if so. */
  stalled: (name: string) => string | undefined;
  /** Where senders reach the runner, without a slash at the end; `undefined` where that is the host that they name. */
  publicUrl: string | undefined;
  backlog: BacklogLimits;
}

/**
 * Takes deliveries: proved genuine, then as the schemas want them, then on disk as a run, and only then is anyone told. What
 * is refused is kept with the reason, so that it can be taken once more.
 */
export class Hooks {
  private readonly options: HooksOptions;
  private stopped = false;

  constructor(options: HooksOptions) {
    this.options = options;
  }

  /** From now on senders are asked to come again. */
  stop(): void {
    this.stopped = true;
  }

  /** `secret` is the secret part of the address that was called. */
  async deliver(delivery: Delivery, secret: string): Promise<DeliveryResult> {
    if (this.stopped) return { kind: 'stopping' };
    if (!this.isHere(delivery, secret)) return { kind: 'unknown' };
    // A signature covers the address that was called, which may be a former one.
    const result = await this.takeAt(delivery, secret);
    return result.kind === 'refused' ? this.keep(delivery, result) : result;
  }

  /** Refuses a delivery whose body was not read, because it is larger than what is taken: `delivery` has none. */
  async refuseTooLarge(delivery: Delivery, secret: string, maxBytes: number): Promise<DeliveryResult> {
    if (this.stopped) return { kind: 'stopping' };
    // Whoever does not know the address must not fill the store.
    if (!this.isHere(delivery, secret)) return { kind: 'unknown' };
    return this.keep(delivery, refusal(413, `the body has more than ${maxBytes} bytes`), true);
  }

  /**
   * Takes a refused delivery as if it came now, except that it is as old as it was then. A second time gives the run of
   * the first.
   */
  async replay(id: string): Promise<ReplayResult> {
    if (this.stopped) return { kind: 'stopping' };
    const { refusals } = this.options.store;
    const kept = refusals.get(id);
    if (kept === undefined) return { kind: 'no_refusal' };
    if (kept.cut) return { kind: 'cut' };
    const secret = this.options.live().addressSecret(kept.account, kept.automation);
    if (secret === undefined) return { kind: 'unknown' };
    const result = await this.takeAt({ ...kept, method: 'POST' }, secret, nameOfRefusal(id));
    const [run] = result.kind === 'accepted' ? [result.run.id] : result.kind === 'events' ? result.runs : [];
    if (run !== undefined) await refusals.markReplayed(id, run);
    return result;
  }

  /** While so many runs wait, nothing is kept, nor why something was refused: whoever sends it again is told then. */
  private async keep(delivery: Delivery, result: Refusal, cut = false): Promise<DeliveryResult> {
    if (this.isFull(delivery.account)) return { kind: 'full' };
    await keepRefusal(this.options.store, delivery, result, cut);
    return result;
  }

  private isFull(account: string): boolean {
    return isFull(this.options.engine, account, this.options.backlog);
  }

  private isHere(delivery: Delivery, secret: string): boolean {
    const current = this.options.live().addressSecret(delivery.account, delivery.automation);
    return current !== undefined && isAddress(this.options.store, delivery, current, secret);
  }

  /**
   * `secret` is the secret part of the address, which was found right. `again` names a refused delivery that a person takes
   * once more: that is taken however many runs wait.
   */
  private takeAt(delivery: Delivery, secret: string, again?: string): DeliveryResult | Promise<DeliveryResult> {
    const { account, automation } = delivery;
    const coding = packing(delivery.headers['content-encoding']);
    if (coding !== undefined) return refusal(415, `the body is packed (${coding}): send it without Content-Encoding`);
    const live = this.options.live();
    if (connectionOf(automation) !== undefined) {
      const listeners = live.listeners(account, automation);
      return listeners.length === 0
        ? { kind: 'unknown' }
        : this.options.connections.take(listeners, delivery, secret, again);
    }
    const target = live.get(`${account}/${automation}`);
    if (target?.trigger.kind !== 'webhook') return { kind: 'unknown' };
    const trigger = { ...target.trigger, secret };
    return this.take({ ...target, trigger }, trigger, delivery, again);
  }

  /** `again` names the delivery where nothing of its own does. */
  private async take(
    target: LiveAutomation,
    live: LiveWebhook,
    delivery: Delivery,
    again?: string,
  ): Promise<DeliveryResult> {
    const contentType = [delivery.headers['content-type']].flat()[0];
    const read = readBody(contentType, delivery.body);
    const path = hookPath(target) ?? '';
    const request = webhookRequest(delivery, path, this.options.publicUrl, 'value' in read ? read.value : undefined);
    const proved = await this.options.verifier.prove(target.plan, live.webhook.verify, request, delivery.receivedAt);
    if (proved.kind === 'handshake') return { kind: 'handshake', reply: proved.reply };
    // A GET that is no handshake is a person with a browser.
    if (request.method !== 'POST') return { kind: 'unknown' };
    if (proved.kind === 'refused') return refusal(proved.status, proved.reason);
    const taken = takeDelivery(live, delivery, read);
    if ('reason' in taken) return refusal(taken.status, taken.reason, taken.issues);
    const stalled = this.options.stalled(`${target.plan.account}/${target.plan.automation}`);
    if (stalled !== undefined) return { ...refusal(503, stalled), stalled: true };
    const { trigger } = taken;
    let own: string | undefined;
    try {
      own = nameOf(live, request, trigger);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      return refusal(400, `\`dedupe\` has no value: ${error.message}`);
    }
    const { account } = target.plan;
    if (again === undefined && this.isFull(account)) return this.repeat(target, live, own, delivery.receivedAt);
    return this.start(target, live, trigger, own ?? again);
  }

  /** Nothing more is taken; what was taken before is answered as ever. */
  private repeat(
    { plan: { account, automation } }: LiveAutomation,
    { webhook }: LiveWebhook,
    name: string | undefined,
    now: Instant,
  ): DeliveryResult {
    const { deliveries, runs } = this.options.store;
    const first = name === undefined ? undefined : deliveries.first(account, automation, name, now);
    const run = first === undefined ? undefined : runs.get(first);
    return run === undefined ? { kind: 'full' } : accepted(run, webhook);
  }

  private async start(
    { plan, digest }: LiveAutomation,
    { webhook }: LiveWebhook,
    trigger: JsonObject,
    delivery: string | undefined,
  ): Promise<DeliveryResult> {
    const { account, automation } = plan;
    const named = delivery === undefined ? {} : { delivery };
    const run = await this.options.engine.start({ account, automation, plan: digest, trigger, ...named });
    return accepted(run, webhook);
  }
}

function accepted(run: RunRecord, { respond, deadline_ms }: LiveWebhook['webhook']): DeliveryResult {
  return { kind: 'accepted', run, respond, deadlineMs: deadline_ms };
}

function refusal(status: number, reason: string, issues: SchemaIssue[] = []): Refusal {
  return { kind: 'refused', status, reason, issues, stalled: false };
}
