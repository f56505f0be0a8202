import { timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorView } from './error-view.ts';

/** Lets through who sends the token as `Authorization: Bearer …` (RFC 6750). */
export function requireToken(token: string) {
  const expected = Buffer.from(`Bearer ${token}`);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const given = Buffer.from(request.headers.authorization ?? '');
    if (given.length === expected.length && timingSafeEqual(given, expected)) return undefined;
    const help = 'send the token that the runner printed at its start as Authorization: Bearer …';
    return reply
      .status(401)
      .header('www-authenticate', 'Bearer')
      .send(errorView('unauthorized', 'the token is missing or is not the one of this runner', help));
  };
}
