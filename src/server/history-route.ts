import { setImmediate as otherWork } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Runner } from '../runner/runner.ts';
import type { HistoryLimits } from '../store/history.ts';
import { callerOf } from './access/guard.ts';
import { covers } from './access/scope.ts';
import type { HistoryAccountView, HistoryView } from './history-types.ts';
import { iso } from './views.ts';

/** Runs that are measured until others have their turn. */
const MEASURED_AT_ONCE = 200;
const QUERY = { type: 'object', properties: { account: { type: 'string', maxLength: 200 } } };

/** `GET /history` */
export function addHistoryRoute(app: FastifyInstance, runner: Runner): void {
  const { history } = runner.store;
  app.get<{ Querystring: { account?: string } }>(
    '/history',
    { schema: { querystring: QUERY } },
    async (request): Promise<HistoryView> => {
      const { account: wanted } = request.query;
      const { accounts } = callerOf(request);
      const limits = history.limits();
      const known = new Set([...history.accounts(), ...limits.keys()]);
      const shown = [...known].filter((one) => covers(accounts, [one]) && (wanted === undefined || one === wanted));
      const views: HistoryAccountView[] = [];
      for (const account of shown.toSorted()) views.push(await measure(runner, account, limits.get(account) ?? {}));
      return { accounts: views };
    },
  );
}

async function measure(
  { store }: Runner,
  account: string,
  { keepMs, keepFailedMs, maxBytes }: HistoryLimits,
): Promise<HistoryAccountView> {
  let [runs, bytes, oldest] = [0, 0, Infinity];
  for (let after = ''; ;) {
    const part = store.history.measure(account, after, MEASURED_AT_ONCE);
    if (part === undefined) break;
    runs += part.runs;
    bytes += part.bytes;
    oldest = Math.min(oldest, part.oldest);
    after = part.last;
    await otherWork();
  }
  return {
    account,
    runs,
    bytes,
    oldest: runs === 0 ? undefined : iso(oldest),
    keep_ms: keepMs,
    keep_failed_ms: keepFailedMs,
    max_bytes: maxBytes,
  };
}
