import type { Subscription } from '../../generated/connector.ts';
import type { PlanConnection, PlanConnector } from '../../generated/plan.ts';
import type { JsonObject } from '../../json/value.ts';
import { compileTemplate } from '../../language/evaluate.ts';
import { digestOf } from '../../plan/digest.ts';
import type { Listener } from '../events/connection-hooks.ts';
import { addressPath } from '../hook-address.ts';
import type { LiveDeployment } from '../live-deployment.ts';

/** What requests of a subscription are made with; kept with it, so that it can be ended when nothing else is left. */
export interface MadeWith {
  subscription: Subscription;
  connector: PlanConnector;
  connection: PlanConnection;
  /** `with` of the first automation that wants it. */
  input: JsonObject;
}

/** A subscription that automations want. */
export interface Wanted {
  id: string;
  account: string;
  connection: string;
  service: string;
  name: string;
  key: string;
  /** Of all automations, in order. */
  events: string[];
  /** Where the service is to send to; `undefined` where nobody can reach the runner. */
  url: string | undefined;
  automations: string[];
  madeWith: MadeWith;
}

/** What the automations that serve want services to send, by id. `tell` is told of what cannot be named. */
export function wantedSubscriptions(
  live: LiveDeployment,
  publicUrl: string | undefined,
  tell: (error: unknown) => void,
): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const listener of live.startedBy('event')) {
    try {
      const one = wantedBy(listener, live, publicUrl);
      if (one === undefined) continue;
      const known = wanted.get(one.id);
      wanted.set(one.id, known === undefined ? one : together(known, one));
    } catch (error) {
      tell(error);
    }
  }
  return wanted;
}

function wantedBy(
  { plan, trigger }: Listener,
  live: LiveDeployment,
  publicUrl: string | undefined,
): Wanted | undefined {
  const { on, verify, webhook, subscription } = trigger.trigger;
  const [service = ''] = on.split('.');
  const [connector, connection] = [plan.connectors[service], plan.connections[verify.connection]];
  const { subscription: name } = webhook;
  if (subscription === undefined || name === undefined) return undefined;
  if (connector === undefined || connection === undefined)
    throw new TypeError(`the plan lacks the connector ${service}`);
  const { account } = plan;
  const events = trigger.kinds ?? [];
  const key = compileTemplate(subscription.key ?? '')({ ...trigger.roots, events });
  if (typeof key !== 'string') throw new TypeError(`the key of the subscription of ${on} is no text`);
  const names = { account, connection: verify.connection, service, name, key };
  const secret = live.addressSecret(account, trigger.hook);
  const reachable = publicUrl !== undefined && secret !== undefined;
  const { calls_per_run: _calls, ...called } = connection;
  return {
    id: digestOf(names),
    ...names,
    events: events.toSorted(),
    url: reachable ? publicUrl + addressPath(account, trigger.hook, secret) : undefined,
    automations: [plan.automation],
    madeWith: {
      subscription,
      connector: { ...connector, actions: {} },
      connection: called,
      input: trigger.roots.input,
    },
  };
}

function together(left: Wanted, right: Wanted): Wanted {
  const events = [...new Set([...left.events, ...right.events])].toSorted();
  return { ...left, events, automations: [...left.automations, ...right.automations] };
}
