import { Pool } from 'undici';

/** What one burst of requests came to. Durations are milliseconds. */
export interface LoadResult {
  requests: number;
  /** From the first request until every run had finished. */
  elapsedMs: number;
  p50: number;
  p99: number;
}

/**
 * Sends `requests` POSTs with `concurrency` of them under way at a time, then waits until `finished` says that all runs
 * are done. Throws where an answer is not the expected status: a benchmark of failures measures nothing.
 */
export async function burst(options: {
  url: string;
  body: string;
  expectedStatus: number;
  requests: number;
  concurrency: number;
  allFinished(): Promise<boolean>;
}): Promise<LoadResult> {
  const { origin, pathname } = new URL(options.url);
  const pool = new Pool(origin, { connections: options.concurrency });
  const latencies: number[] = [];
  let left = options.requests;
  const started = performance.now();
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const sent = performance.now();
      const answer = await pool.request({
        method: 'POST',
        path: pathname,
        headers: { 'content-type': 'application/json' },
        body: options.body,
      });
      const text = await answer.body.text();
      if (answer.statusCode !== options.expectedStatus) throw new Error(`answered ${answer.statusCode}: ${text}`);
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, client));
  while (!(await options.allFinished())) await new Promise((resolve) => setTimeout(resolve, 5));
  const elapsedMs = performance.now() - started;
  await pool.close();
  latencies.sort((a, b) => a - b);
  return { requests: options.requests, elapsedMs, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
