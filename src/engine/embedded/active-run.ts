import type { RunRecord } from '../../run/records.ts';
import type { EmbeddedDurable } from './embedded-durable.ts';

/** A run under way in this process. */
export interface ActiveRun {
  account: string;
  automation: string;
  canceled: boolean;
  durable: EmbeddedDurable | undefined;
  /** Its end was told. */
  announced: boolean;
  /** Never rejects. */
  ended: Promise<void>;
}

export function newActiveRun({ account, automation }: RunRecord): ActiveRun {
  return { account, automation, durable: undefined, canceled: false, announced: false, ended: Promise.resolve() };
}
