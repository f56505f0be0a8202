import type { RunRecord } from '../../run/records.ts';
import type { EmbeddedDurable } from './embedded-durable.ts';

/** A run under way in this process. */
export interface ActiveRun {
  account: string;
  automation: string;
  canceled: boolean;
  /** Ends what is under way in the midst of it. */
  abort: AbortController;
  durable: EmbeddedDurable | undefined;
  /** Its end was told. */
  announced: boolean;
  /** Never rejects. */
  ended: Promise<void>;
}

export function newActiveRun({ account, automation }: RunRecord): ActiveRun {
  return {
    account,
    automation,
    canceled: false,
    abort: new AbortController(),
    durable: undefined,
    announced: false,
    ended: Promise.resolve(),
  };
}
