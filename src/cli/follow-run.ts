import type { RunDetailView } from '../server/api-types.ts';
import type { RunnerClient } from './runner-client.ts';

/** Seconds that one request waits for the end of the run. */
const WAIT_S = 20;

/** Resolves with the run when it has ended. */
export async function followRun(client: RunnerClient, id: string): Promise<RunDetailView> {
  for (;;) {
    const detail = await client.get<RunDetailView>(`/runs/${id}`, { wait: WAIT_S });
    if (detail.run.finished_at !== undefined) return detail;
  }
}
