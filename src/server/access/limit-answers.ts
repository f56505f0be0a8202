import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorView } from '../error-view.ts';

export interface AnswerLimit {
  /** The answer that is counted. */
  status: number;
  /** How many a minute. */
  max: number;
  /** Writes the answer of those beyond it. */
  refuse?: (reply: FastifyReply) => string;
}

const WINDOW_MS = 60_000;

/**
 * Who gets a status more than so often in a minute is answered 429 in its place. It counts failures alone, by IP
 * address: whoever has a valid token or address is never locked out by what others behind the same address do.
 */
export function limitAnswers(app: FastifyInstance, { status, max, refuse = refuseAsJson }: AnswerLimit): void {
  const count = app.createRateLimit({ max, timeWindow: WINDOW_MS });
  const limit = async (request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> => {
    const counted = await count(request);
    if (counted.isAllowed || !counted.isExceeded) return payload;
    return refuse(reply.status(429).header('retry-after', counted.ttlInSeconds));
  };
  app.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode !== status) done(null, payload);
    else limit(request, reply, payload).then((limited) => done(null, limited), done);
  });
}

function refuseAsJson(reply: FastifyReply): string {
  reply.type('application/json; charset=utf-8');
  return JSON.stringify(errorView('too_many_failures', 'too many tries that failed: try again later'));
}
