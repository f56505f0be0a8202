import type { Json } from '../json/value.ts';
import type { Failure } from '../run/failure.ts';
import type { Instant } from '../run/records.ts';

/**
 * What becomes of a subscription. What is to be done is written before it is done.
 * - `creating`: asked for, and nobody knows yet whether the service has it.
 * - `active`: the service has it.
 * - `deleting`: to be ended at the service, and then forgotten.
 */
export type SubscriptionStatus = 'creating' | 'active' | 'deleting';

/** Events that a service was asked to send to the address of a connection. */
export interface SubscriptionRecord {
  /** Follows from account, connection, service, name and key. */
  id: string;
  account: string;
  connection: string;
  /** The connector. */
  service: string;
  /** Of the connector's subscription. */
  name: string;
  key: string;
  status: SubscriptionStatus;
  /** Its id at the service, once there is one. */
  remoteId?: string;
  /** Id at the service of one that it takes the place of, and that is still to be ended. */
  replaced?: string;
  /** As the service has them, or as they were asked for. */
  events: string[];
  url: string;
  /** When it ends by itself. */
  expiresAt?: Instant;
  /** When the service last said yes. */
  changedAt: Instant;
  /** Keys of its deliveries, sealed, newest first. */
  keys: string[];
  /** What its requests are made with. */
  madeWith: Json;
  /** The connection's secrets file, encrypted as it is in git: ending it may outlast the account's files. */
  credential?: string;
  /** That of the credential which accounts share, where the connection names one. */
  sharedCredential?: string;
  /** Why the last try failed, and how many did since one succeeded. */
  failure?: Failure;
  failures: number;
  /** When it is tried again. */
  dueAt?: Instant;
}

export interface SubscriptionStore {
  /** In order of account and connection. */
  list(): SubscriptionRecord[];
  /** Those of one connection. */
  of(account: string, connection: string): SubscriptionRecord[];
  /** Keeps it in place of the one with its id, if there is one. */
  put(record: SubscriptionRecord): Promise<void>;
  drop(id: string): Promise<void>;
}

/** Keys that services gave to an address by a handshake. */
export interface SigningKeyStore {
  /** The sealed key; `address` is the digest of the secret part. */
  get(account: string, hook: string, address: string): string | undefined;
  /** False where the address has one already: that one stays. */
  insert(account: string, hook: string, address: string, sealed: string): Promise<boolean>;
}
