import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Runner } from '../runner/runner.ts';
import { callerOf } from './access/guard.ts';
import type { Callers } from './access/callers.ts';
import { covers } from './access/scope.ts';
import type { Views } from './views.ts';

const name = { type: 'string', maxLength: 200 };
/** Milliseconds between the comments that keep an idle stream from being cut by what lies between. */
const HEARTBEAT_MS = 15_000;
/** Bytes that wait for a slow reader; one that is further behind is cut off rather than kept in memory. */
const MAX_BEHIND = 4 * 1024 * 1024;

/** `GET /events`: what happens to runs from now on, as server-sent events (WHATWG HTML §9.2). */
export function addEventRoute(app: FastifyInstance, runner: Runner, views: Views, callers: Callers): void {
  const open = new Set<ServerResponse>();
  app.get<{ Querystring: { account?: string; automation?: string } }>(
    '/events',
    { schema: { querystring: { type: 'object', properties: { account: name, automation: name } } } },
    (request, reply) => {
      const { query } = request;
      const { id, accounts } = callerOf(request);
      const { raw } = reply.hijack();
      raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      raw.write(': open\n\n');
      open.add(raw);
      const unwatch = runner.engine.watch((event) => {
        const { account, automation } = event.run;
        if ((query.account ?? account) !== account || (query.automation ?? automation) !== automation) return;
        if (!covers(accounts, [account])) return;
        raw.write(`data: ${JSON.stringify(views.event(event))}\n\n`);
        if (raw.writableLength > MAX_BEHIND) raw.destroy();
      });
      const heartbeat = setInterval(() => {
        // A stream may be open for days: the token can be gone meanwhile.
        if (callers.byId(id) === undefined) raw.end();
        else raw.write(': \n\n');
      }, HEARTBEAT_MS);
      raw.on('close', () => {
        clearInterval(heartbeat);
        unwatch();
        open.delete(raw);
      });
    },
  );
  app.addHook('preClose', (done) => {
    for (const response of open) response.end();
    done();
  });
}
