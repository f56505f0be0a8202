import { copyFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedDurable, type DurableHost } from '../../src/engine/embedded/embedded-durable.ts';
import { Limiter } from '../../src/engine/limiter.ts';
import { calledOutcome } from '../../src/engine/perform-call.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { newFolder } from '../store/sample-store.ts';
import type { Harness, MakeHarness } from './harness.ts';

/** In memory where the system has such a place: what a kill leaves is what the kernel holds, be there a disk below or not. */
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** The embedded engine's durable on the real store. */
export const embeddedHarness: MakeHarness = async (clock, runs): Promise<Harness> => {
  let folder = newFolder(PLACE);
  let store = openSqliteStore(folder);
  const stores: Store[] = [store];
  let durables: EmbeddedDurable[] = [];
  await store.deployments.activate('test', 1, [], new Map(runs.map(({ plan }) => [plan, '{}'])));
  await Promise.all(runs.map((run) => store.runs.insert(run)));

  const host = (): DurableHost => ({
    runs: store.runs,
    limiter: new Limiter(clock),
    now: () => clock.now(),
    at: (instant, wake) => {
      void clock.delay(instant - clock.now()).then(wake);
      return () => {};
    },
    idle: () => {},
    groupOf: () => undefined,
    runCalled: () => {},
    endCalled: async (id, failure) => {
      const run = store.runs.get(id);
      const key = { step: run?.parent?.step ?? '', attempt: 1 };
      const answer = { run: run?.parent?.run ?? '', key, outcome: { ok: false as const, failure } };
      await store.runs.finish(id, clock.now(), { status: 'canceled', failure }, answer);
    },
    stands: () => {},
    stopping: () => false,
    attemptStarted: () => {},
    attemptFinished: () => {},
  });

  return {
    resume: (run) => {
      const durable = EmbeddedDurable.of(host(), run, store.runs.attempts(run.id), new AbortController().signal);
      durables.push(durable);
      return durable;
    },
    crash: () => {
      // The files as they are now are just what a kill leaves: nothing of this process comes between the two copies.
      const left = newFolder(PLACE);
      for (const name of ['waybill.db', 'waybill.db-wal']) copyFileSync(join(folder, name), join(left, name));
      folder = left;
      store = openSqliteStore(folder);
      stores.push(store);
      durables = [];
    },
    settled: async () => {
      await Promise.all(durables.map((durable) => durable.written()));
    },
    called: (run) => store.runs.called(run.id, 10).flatMap(({ id }) => store.runs.get(id) ?? []),
    end: async (called, result) => {
      const key = { step: called.parent?.step ?? '', attempt: 1 };
      const answer = { run: called.parent?.run ?? '', key, outcome: calledOutcome({ ...called, ...result }) };
      await store.runs.finish(called.id, clock.now(), result, answer);
      for (const durable of durables) durable.waits.deliver(answer.key, answer.outcome);
    },
    answer: async (run, key, outcome) => {
      await store.runs.answer({ run: run.id, key, outcome }, clock.now());
      for (const durable of durables) durable.waits.deliver(key, outcome);
    },
    retry: async (run, forgotten) => {
      const failure = { class: 'permanent', code: 'http_status', message: 'no' } as const;
      await store.runs.finish(run.id, clock.now(), { status: 'failed', failure });
      await store.runs.reopenFailed([{ run, forgotten, open: [] }]);
    },
    close: async () => {
      for (const opened of stores) await opened.close();
    },
  };
};
