import { readBody } from '../../connectors/webhooks/body.ts';
import type { WebhookRequest } from '../../connectors/webhooks/request.ts';
import type { Engine, TogetherRequest } from '../../engine/engine.ts';
import { EvaluationError } from '../../language/evaluation-error.ts';
import type { Instant } from '../../run/records.ts';
import { SecretError } from '../../secrets/secret-error.ts';
import { REFUSED_BODY_KEPT } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { isFull, type BacklogLimits } from '../backlog.ts';
import { webhookRequest, type Delivery } from '../delivery.ts';
import { addressPath, connectionOf } from '../hook-address.ts';
import type { DeliveryResult, Refusal } from '../hooks.ts';
import { keepRefusal, nameOfRefusal } from '../keep-refusal.ts';
import type { LiveAutomation } from '../live-deployment.ts';
import type { Proof, Verifier } from '../verifier.ts';
import { eventWarnings } from './event-warnings.ts';
import type { LiveEvent } from './live-event.ts';
import { readEvents } from './read-events.ts';
import type { SigningKeys } from './signing-keys.ts';

/** An automation that events of a connection can start. */
export type Listener = LiveAutomation & { trigger: LiveEvent };

/** A run that an event starts. */
interface Start {
  request: TogetherRequest;
  /** Its place among the events of the delivery that start the automation. */
  index: number;
  name?: string;
}

export interface ConnectionHooksOptions {
  store: Store;
  engine: Engine;
  verifier: Verifier;
  keys: SigningKeys;
  /** Takes the key that a service gives while it is being subscribed to; false where none is expected. */
  keyOfSubscription: (account: string, connection: string, key: string) => Promise<boolean>;
  /** Why an automation starts no runs for now, if so. */
  stalled: (name: string) => string | undefined;
  /** Where senders reach the runner, without a slash at the end, if the operator says so. */
  publicUrl: string | undefined;
  backlog: BacklogLimits;
}

/**
 * Takes what services send to the addresses of connections: proved genuine once, then looked at for each automation that
 * listens, then all runs on disk in one transaction, and only then is the service told.
 */
export class ConnectionHooks {
  private readonly options: ConnectionHooksOptions;

  constructor(options: ConnectionHooksOptions) {
    this.options = options;
  }

  /**
   * `secret` is the secret part of the address that was called. `again` names a refused delivery that a person takes once more,
   * where nothing of its own names it: that is taken however many runs wait.
   */
  async take(
    listeners: readonly Listener[],
    delivery: Delivery,
    secret: string,
    again?: string,
  ): Promise<DeliveryResult> {
    const read = readBody([delivery.headers['content-type']].flat()[0], delivery.body);
    const path = addressPath(delivery.account, delivery.automation, secret);
    const request = webhookRequest(delivery, path, this.options.publicUrl, 'value' in read ? read.value : undefined);
    const proofs = await this.prove(listeners, request, delivery, secret);
    for (const { proof, listeners: group } of proofs)
      if (proof.kind === 'handshake') return this.answer(proof, group, delivery, secret);
    // A GET that is no handshake is a person with a browser.
    if (request.method !== 'POST') return { kind: 'unknown' };
    const proved = proofs.filter(({ proof }) => proof.kind === 'proved').flatMap((group) => group.listeners);
    const [first] = proofs;
    if (proved.length === 0 && first?.proof.kind === 'refused') return refusal(first.proof.status, first.proof.reason);
    if ('reason' in read) return refusal(read.status, read.reason);
    const { starts, refused } = this.read(proved, request);
    if (again === undefined && isFull(this.options.engine, delivery.account, this.options.backlog))
      return refused ?? this.repeat(starts, delivery.receivedAt);
    return refused === undefined
      ? { kind: 'events', runs: await this.start(starts, again) }
      : this.takePart(starts, refused, delivery, again);
  }

  /** Nothing more is taken; what was taken before, or starts nothing, is answered as ever. */
  private repeat(starts: readonly Start[], now: Instant): DeliveryResult {
    const { deliveries } = this.options.store;
    const runs = starts.flatMap(({ request: { account, automation }, name }) =>
      name === undefined ? [] : (deliveries.first(account, automation, name, now) ?? []),
    );
    return runs.length === starts.length ? { kind: 'events', runs } : { kind: 'full' };
  }

  /**
   * One automation cannot take what others can. Where all runs have a name, the service may send it again: those that can
   * take it know it then. Otherwise it is kept and answered as taken, and the name under which it is taken once more is
   * that of the runs; what is too long to be kept starts nothing until all can take it.
   */
  private async takePart(
    starts: readonly Start[],
    refused: Refusal,
    delivery: Delivery,
    name: string | undefined,
  ): Promise<DeliveryResult> {
    if (name !== undefined || starts.every((start) => start.name !== undefined)) {
      await this.start(starts, name);
      return refused;
    }
    if (delivery.body.length > REFUSED_BODY_KEPT) return refused;
    const id = await keepRefusal(this.options.store, delivery, refused);
    return { kind: 'events', runs: await this.start(starts, nameOfRefusal(id)) };
  }

  /** The runs of the automations that can take it, and why others cannot. */
  private read(listeners: readonly Listener[], request: WebhookRequest): { starts: Start[]; refused?: Refusal } {
    const starts: Start[] = [];
    const stalled: string[] = [];
    const unread: string[] = [];
    for (const listener of listeners) {
      const { account, automation } = listener.plan;
      try {
        const found = startsOf(listener, request);
        const reason = found.length === 0 ? undefined : this.options.stalled(`${account}/${automation}`);
        if (reason === undefined) starts.push(...found);
        else stalled.push(reason);
      } catch (error) {
        if (!(error instanceof EvaluationError) && !(error instanceof TypeError)) throw error;
        unread.push(`${automation}: ${error.message}`);
      }
    }
    const [reason] = stalled;
    if (reason !== undefined) return { starts, refused: { ...refusal(503, reason), stalled: true } };
    if (unread.length === 0) return { starts };
    const message = `the event cannot be read as its connector says (${unread.join('; ')})`;
    return { starts, refused: refusal(400, message) };
  }

  /** Once for each scheme by which the connection's deliveries are proved. */
  private async prove(
    listeners: readonly Listener[],
    request: WebhookRequest,
    { account, automation, receivedAt }: Delivery,
    secret: string,
  ): Promise<{ listeners: Listener[]; proof: Proof }[]> {
    let kept: string[];
    try {
      kept = await this.options.keys.of(account, connectionOf(automation) ?? '', secret);
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      const reason = `the keys that are kept of ${account} cannot be opened: ${error.message}`;
      return [{ listeners: [...listeners], proof: { kind: 'refused', status: 503, reason } }];
    }
    const schemes = Map.groupBy(listeners, ({ trigger }) => trigger.trigger.verify.name);
    return Promise.all(
      [...schemes.values()].flatMap((group) =>
        group.slice(0, 1).map(async ({ plan, trigger }) => {
          const { verify } = trigger.trigger;
          return {
            listeners: group,
            proof: await this.options.verifier.prove(plan, verify, request, receivedAt, kept),
          };
        }),
      ),
    );
  }

  private async answer(
    { reply, keep }: Extract<Proof, { kind: 'handshake' }>,
    listeners: readonly Listener[],
    { account, automation }: Delivery,
    secret: string,
  ): Promise<DeliveryResult> {
    const connection = connectionOf(automation) ?? '';
    if (keep === undefined) return { kind: 'handshake', reply };
    try {
      if (await this.options.keyOfSubscription(account, connection, keep)) return { kind: 'handshake', reply };
      // What the runner subscribes to gives its key while that is done, and never else.
      const byHand = listeners.some(({ trigger }) => trigger.trigger.subscription === undefined);
      if (!byHand) return refusal(401, 'it gives a key, and nothing is being subscribed to');
      if (await this.options.keys.keep(account, connection, secret, keep)) return { kind: 'handshake', reply };
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      return refusal(503, `the key that the service gave cannot be kept: ${error.message}`);
    }
    const way = `waybill url ${account} ${automation} --rotate gives an address that takes a new one`;
    return refusal(401, `the address has its key already, and this is another one: ${way}`);
  }

  /** All in one transaction. Gives their ids; of repeats, those of the first time. `fallback` names what has no name. */
  private async start(starts: readonly Start[], fallback: string | undefined): Promise<string[]> {
    if (starts.length === 0) return [];
    const { store, engine } = this.options;
    let ids: string[] = [];
    await engine.startTogether(
      starts.map(({ request }) => request),
      async (runs) => {
        ids = await store.deliveries.acceptAll(runs.map((run, index) => ({ run, ...nameIn(starts[index], fallback) })));
        return runs.filter(({ id }, index) => ids[index] === id);
      },
    );
    return ids;
  }
}

function startsOf({ plan, digest, trigger }: Listener, request: WebhookRequest): Start[] {
  const { account, automation } = plan;
  return readEvents(trigger, request).map(({ event, name }, index): Start => ({
    request: { account, automation, plan: digest, trigger: { event }, ...eventWarnings(trigger.output, event) },
    index,
    ...(name === undefined ? {} : { name }),
  }));
}

function nameIn(start: Start | undefined, fallback: string | undefined): { name?: string } {
  const name = start?.name ?? (fallback === undefined ? undefined : `${fallback} ${start?.index}`);
  return name === undefined ? {} : { name };
}

function refusal(status: number, reason: string): Refusal {
  return { kind: 'refused', status, reason, issues: [], stalled: false };
}
