import type { Json } from '../json/value.ts';

/** An operation on the key-value storage of the run's account. */
export type StorageOperation =
  | { kind: 'get'; key: string }
  | { kind: 'set'; key: string; value: Json }
  | { kind: 'delete'; key: string }
  | { kind: 'list'; prefix: string; limit: number }
  | { kind: 'increment'; key: string; by: number };
