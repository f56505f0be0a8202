import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunRecord } from '../../src/run/records.ts';
import { newRunId } from '../../src/run/run-id.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';

export interface StoreSetup {
  folder: string;
  store: Store;
  /** Writes of each commit, in order. */
  commits: number[];
  /** Closes the store and opens the same folder anew. */
  reopen: () => Promise<Store>;
}

/** A real store in a temporary folder. */
export async function withStore(use: (setup: StoreSetup) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-store-'));
  const commits: number[] = [];
  let store = openSqliteStore(folder, { onCommit: (writes) => commits.push(writes) });
  // Runs name the plan that they began with, which must be kept.
  await store.deployments.activate('/', 0, [], new Map([['sha256:x', '{}']]));
  commits.length = 0;
  const reopen = async (): Promise<Store> => {
    await store.close();
    store = openSqliteStore(folder);
    return store;
  };
  try {
    await use({ folder, store, commits, reopen });
  } finally {
    await store.close();
    await rm(folder, { recursive: true });
  }
}

export function aRun(more: Partial<RunRecord> = {}): RunRecord {
  const createdAt = Date.now();
  const named = { account: 'acme', automation: 'example', plan: 'sha256:x' };
  return { id: newRunId(createdAt), ...named, status: 'queued', trigger: { body: { n: 1 } }, createdAt, ...more };
}
