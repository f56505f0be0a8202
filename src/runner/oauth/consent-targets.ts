import { tokenCall, type ConnectedCall } from '../../connectors/token-call.ts';
import type { AuthorizationCodeAuth, Plan } from '../../generated/plan.ts';
import type { CredentialSource } from '../../secrets/credential.ts';
import type { LiveDeployment } from '../live-deployment.ts';
import { consentAuth } from './consent-needs.ts';

/** A connection of what is deployed to which a person consents. */
export interface ConsentTarget {
  account: string;
  connection: string;
  /** The service's name as it writes it. */
  title: string;
  /** The connector's name. */
  service: string;
  /** The rights that the automations which use it need, together. */
  scopes: string[];
  /** Their names. */
  automations: string[];
}

/** What requests for its tokens are made with. */
export interface OpenedTarget extends ConsentTarget {
  auth: AuthorizationCodeAuth;
  call: ConnectedCall;
}

/** Knows the connections of what is deployed to which people consent. */
export class ConsentTargets {
  private readonly live: () => LiveDeployment;
  private readonly credentials: CredentialSource;

  constructor(live: () => LiveDeployment, credentials: CredentialSource) {
    this.live = live;
    this.credentials = credentials;
  }

  /** In order of account and connection. */
  list(): ConsentTarget[] {
    const found = new Map<string, ConsentTarget>();
    for (const { account, automation, consents } of this.live().needingConsent()) {
      for (const { connection, scopes, through } of consents) {
        // Whoever calls it has no part in how it is called.
        if (through !== undefined) continue;
        const key = `${account}/${connection}`;
        const known = found.get(key);
        if (known === undefined) {
          const parts = this.parts(`${account}/${automation}`, connection);
          if (parts === undefined) continue;
          const { service, connector } = parts;
          const own = { title: connector.title, service, scopes, automations: [automation] };
          found.set(key, { account, connection, ...own });
        } else {
          known.scopes = [...new Set([...known.scopes, ...scopes])].toSorted();
          known.automations.push(automation);
        }
      }
    }
    return [...found.entries()].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, target]) => target);
  }

  find(account: string, connection: string): ConsentTarget | undefined {
    return this.list().find((target) => target.account === account && target.connection === connection);
  }

  /** With the app's credentials. Throws `SecretError` where they do not open. */
  async open(target: ConsentTarget): Promise<OpenedTarget> {
    const { account, connection, automations } = target;
    const parts = this.parts(`${account}/${automations[0]}`, connection);
    if (parts === undefined) throw new TypeError(`the plan has no consent to ${connection}`);
    const { plan, service, connector, auth } = parts;
    // All rights of all automations are asked for at once.
    const own = { ...parts.connection, scopes: target.scopes };
    const credential = await this.credentials.credential(account, connection, own.shared);
    const signal = new AbortController().signal;
    const action = { effect: 'read' as const, input: {}, output: {} };
    const call = tokenCall({
      account: plan.account,
      service,
      connector,
      action,
      connection: { name: connection, plan: own, credential },
      input: {},
      signal,
    });
    return { ...target, auth, call };
  }

  private parts(name: string, connection: string): Parts | undefined {
    const plan = this.live().get(name)?.plan;
    const own = plan?.connections[connection];
    const connector = own && plan?.connectors[own.connector];
    const auth = own && connector && consentAuth(connector, own);
    if (plan === undefined || own === undefined || connector === undefined || auth === undefined) return undefined;
    return { plan, connection: own, connector, service: own.connector, auth };
  }
}

interface Parts {
  plan: Plan;
  connection: Plan['connections'][string];
  connector: Plan['connectors'][string];
  service: string;
  auth: AuthorizationCodeAuth;
}
