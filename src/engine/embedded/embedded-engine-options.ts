import type { Store } from '../../store/store.ts';
import type { Services } from '../perform-action.ts';

export interface EmbeddedEngineOptions {
  store: Store;
  services: Services;
  now: () => number;
  /** Runs under way at a time that do more than stand before a limit; the others wait in a fair queue. */
  maxConcurrentRuns: number;
  /** Told of what cannot be laid to a run: a full disk, after which it goes on by itself, or a missing key, as soon as that is there. */
  onError(error: unknown, run: string): void;
}
