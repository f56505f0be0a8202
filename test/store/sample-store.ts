import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { RunRecord } from '../../src/run/records.ts';
import { newRunId } from '../../src/run/run-id.ts';
import type { CommitListeners } from '../../src/store/sqlite/commit-queue.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';

export const PLAN = 'sha256-sample';

/** A folder that goes when the tests of the file have ended. */
export function newFolder(place = tmpdir()): string {
  const folder = mkdtempSync(join(place, 'waybill-store-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A store in a folder of its own, which knows the plan of the sample runs. */
export async function newStore(options?: CommitListeners): Promise<Store> {
  const store = openSqliteStore(newFolder(), options);
  after(() => store.close());
  await keepPlan(store);
  return store;
}

export async function keepPlan(store: Pick<Store, 'deployments'>): Promise<void> {
  await store.deployments.activate('test', 1, [], new Map([[PLAN, '{}']]));
}

export function sampleRun(change: Partial<RunRecord> = {}): RunRecord {
  return {
    id: newRunId(Date.now()),
    account: 'acme',
    automation: 'example',
    plan: PLAN,
    status: 'queued',
    trigger: { body: { n: 1 } },
    createdAt: 1000,
    ...change,
  };
}
