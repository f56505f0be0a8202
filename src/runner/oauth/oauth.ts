import { CallFailure } from '../../connectors/call-failure.ts';
import type { HttpCaller } from '../../connectors/http-caller.ts';
import type { Failure } from '../../run/failure.ts';
import type { Instant } from '../../run/records.ts';
import type { CredentialSource } from '../../secrets/credential.ts';
import type { Vault } from '../../secrets/vault.ts';
import type { ConsentNeed, GrantRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import type { LiveDeployment } from '../live-deployment.ts';
import { ConsentTargets, type ConsentTarget } from './consent-targets.ts';
import { Consents, failureOf } from './consents.ts';
import { Grants } from './grants.ts';

export interface OAuthOptions {
  store: Pick<Store, 'grants' | 'consents'>;
  vault: Vault;
  credentials: CredentialSource;
  live: () => LiveDeployment;
  /** It takes its tokens from here, and is made after this. */
  caller: () => HttpCaller;
  /** Where browsers reach the runner, if the operator says so. */
  publicUrl: string | undefined;
  now: () => Instant;
  granted: () => void;
  onError: (error: unknown) => void;
}

/** How a consent is: `lacking` where automations need rights that were not given. */
export type ConsentStatus = 'missing' | 'granted' | 'lacking' | 'expired' | 'revoked';

/** A connection to which people consent, and how that is. */
export interface ConsentState {
  target: ConsentTarget;
  grant: GrantRecord | undefined;
  status: ConsentStatus;
  /** The rights that are needed and were not given. */
  missing: string[];
}

/** Where a person who is signed in to the runner consents, below its address. */
export function consentPath(account: string, connection: string): string {
  return `/oauth/start/${account}/${connection}`;
}

/** All that the runner knows of consents: what was granted, what is owed, and the ways of people to services and back. */
export class OAuth {
  readonly grants: Grants;
  readonly consents: Consents;
  readonly targets: ConsentTargets;
  private readonly options: OAuthOptions;

  constructor(options: OAuthOptions) {
    const { store, vault, credentials, live, caller, now, granted } = options;
    const endpoint = () => caller().endpoint;
    this.options = options;
    this.targets = new ConsentTargets(live, credentials);
    this.grants = new Grants({
      store: store.grants,
      vault,
      endpoint,
      howToConsent: (account, connection) => this.howToConsent(account, connection),
      now,
    });
    this.consents = new Consents({
      store: store.consents,
      vault,
      targets: this.targets,
      grants: this.grants,
      caller: { call: (call) => caller().call(call) },
      endpoint,
      now,
      granted,
    });
  }

  /** Makes refreshes again that an end of the runner cut off, at once: services take the token before for a short while. Never rejects. */
  async recover(): Promise<void> {
    const cut = this.options.store.grants
      .list()
      .filter(({ status, refreshingAt }) => status === 'granted' && refreshingAt !== undefined);
    for (const { account, connection } of cut) {
      try {
        const target = this.targets.find(account, connection);
        if (target === undefined) continue;
        const { auth, call } = await this.targets.open(target);
        await this.grants.token(auth, call);
      } catch (error) {
        // What a service refuses is told to the runs that need it, and by `waybill oauth status`.
        if (!(error instanceof CallFailure)) this.options.onError(error);
      }
    }
  }

  /** Forgets what was granted, and gives it back to the service. Gives why the service did not take it, if so. */
  async revoke(target: ConsentTarget): Promise<Failure | undefined> {
    try {
      const giveBack = await this.grants.forget(target.account, target.connection);
      await giveBack?.(await this.targets.open(target));
      return undefined;
    } catch (error) {
      return failureOf(error);
    }
  }

  /** How all consents are, in order of account and connection. */
  states(): ConsentState[] {
    return this.targets.list().map((target) => {
      const { account, connection, scopes } = target;
      const grant = this.grants.get(account, connection);
      const missing = scopes.filter((scope) => grant?.scopes.includes(scope) !== true);
      if (grant === undefined) return { target, grant, status: 'missing', missing };
      return {
        target,
        grant,
        status: grant.status === 'granted' && missing.length > 0 ? 'lacking' : grant.status,
        missing,
      };
    });
  }

  /** Why an automation is stalled until a person consents; `undefined` where it is not. */
  stalled(name: string): string | undefined {
    const account = name.slice(0, name.indexOf('/'));
    for (const need of this.options.live().consentsOf(name)) {
      const reason = this.owed(account, need);
      const where = need.through === undefined ? '' : `it calls ${need.through}, and `;
      if (reason !== undefined) return `${where}${reason}; ${this.howToConsent(account, need.connection)}`;
    }
    return undefined;
  }

  /** The way out, in words. */
  howToConsent(account: string, connection: string): string {
    const { publicUrl } = this.options;
    const command = `waybill oauth link ${account} ${connection}`;
    if (publicUrl === undefined) return `a person consents by the link of: ${command}`;
    return `consent at ${publicUrl}${consentPath(account, connection)}, or send somebody the link of: ${command}`;
  }

  /** What ended at the service fails its runs: whoever looks sees why. What was never there starts none. */
  private owed(account: string, { connection, scopes }: ConsentNeed): string | undefined {
    const grant = this.grants.get(account, connection);
    if (grant === undefined) return `nobody has consented to the connection ${connection} yet`;
    if (grant.status === 'revoked') return `the consent to the connection ${connection} was given back`;
    const missing = scopes.filter((scope) => !grant.scopes.includes(scope));
    if (missing.length === 0 || grant.status === 'expired') return undefined;
    return `the consent to the connection ${connection} lacks ${missing.join(', ')}`;
  }
}
