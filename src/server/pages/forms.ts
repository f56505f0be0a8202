import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Bodies of this context are forms of browsers, and nothing else. */
export function takeForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  );
}

/** Browsers say where a form came from: https://fetch.spec.whatwg.org/#origin-header. `publicUrl`: where they reach the runner. */
export function isFromOwnPage({ headers }: FastifyRequest, publicUrl: string | undefined): boolean {
  const own = publicUrl === undefined ? `http://${headers.host}` : new URL(publicUrl).origin;
  return headers.origin === own;
}
