import { readBody } from '../../connectors/webhooks/body.ts';
import type { WebhookRequest } from '../../connectors/webhooks/request.ts';
import type { Engine, TogetherRequest } from '../../engine/engine.ts';
import { EvaluationError } from '../../language/evaluation-error.ts';
import { SecretError } from '../../secrets/secret-error.ts';
import type { Store } from '../../store/store.ts';
import { webhookRequest, type Delivery } from '../delivery.ts';
import { addressPath, connectionOf } from '../hook-address.ts';
import type { DeliveryResult, Refusal } from '../hooks.ts';
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

  /** `secret` is the secret part of the address that was called; `name` names the delivery where nothing of its own does. */
  async take(
    listeners: readonly Listener[],
    delivery: Delivery,
    secret: string,
    name?: string,
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
    const reasons = proved.map(({ plan }) => this.options.stalled(`${plan.account}/${plan.automation}`));
    const free = proved.filter((_listener, index) => reasons[index] === undefined);
    const stalled = reasons.find((reason) => reason !== undefined);
    const started = await this.start(free, request, name);
    // Sent again, it starts those that wait now; the others know it already.
    return stalled === undefined ? started : { ...refusal(503, stalled), stalled: true };
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

  private async start(listeners: readonly Listener[], request: WebhookRequest, name?: string): Promise<DeliveryResult> {
    const { store, engine } = this.options;
    const starts: Start[] = [];
    const unread: string[] = [];
    for (const listener of listeners) {
      try {
        starts.push(...startsOf(listener, request, name));
      } catch (error) {
        if (!(error instanceof EvaluationError) && !(error instanceof TypeError)) throw error;
        unread.push(`${listener.plan.automation}: ${error.message}`);
      }
    }
    let ids: string[] = [];
    if (starts.length > 0)
      await engine.startTogether(
        starts.map((one) => one.request),
        async (runs) => {
          ids = await store.deliveries.acceptAll(runs.map((run, index) => ({ run, ...nameIn(starts[index]) })));
          return runs.filter(({ id }, index) => ids[index] === id);
        },
      );
    if (unread.length === 0) return { kind: 'events', runs: ids };
    return refusal(400, `the event cannot be read as its connector says (${unread.join('; ')})`);
  }
}

function startsOf({ plan, digest, trigger }: Listener, request: WebhookRequest, fallback: string | undefined): Start[] {
  const { account, automation } = plan;
  return readEvents(trigger, request).map(({ event, name }, index): Start => {
    const known = name ?? (fallback === undefined ? undefined : `${fallback} ${index}`);
    return {
      request: { account, automation, plan: digest, trigger: { event }, ...eventWarnings(trigger.output, event) },
      ...(known === undefined ? {} : { name: known }),
    };
  });
}

function nameIn(start: Start | undefined): { name?: string } {
  return start?.name === undefined ? {} : { name: start.name };
}

function refusal(status: number, reason: string): Refusal {
  return { kind: 'refused', status, reason, issues: [], stalled: false };
}
