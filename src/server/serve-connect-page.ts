import Fastify from 'fastify';
import type { Connecting } from '../runner/connecting/connecting.ts';
import { addConnectPage } from './pages/connect-page.ts';
import { takeForms } from './pages/forms.ts';
import { securityHeaders } from './security-headers.ts';

export interface ServedConnectPage {
  /** With the link's secret in it. */
  url: string;
  /** The files that were written, once the page that says so has been sent. */
  saved: Promise<string[]>;
  close: () => Promise<void>;
}

/** Serves the page of one link on this machine alone. */
export async function serveConnectPage(connecting: Connecting, secret: string): Promise<ServedConnectPage> {
  const app = Fastify({ forceCloseConnections: true });
  const saved = new Promise<string[]>((resolve) => {
    app.addHook('onResponse', async (request) => {
      const state = connecting.find(secret)?.state;
      if (request.method === 'GET' && state?.kind === 'saved') resolve(state.written.paths);
    });
  });
  app.addHook('onRequest', async (_request, reply) => void reply.headers(securityHeaders(undefined)));
  takeForms(app);
  addConnectPage(app, {
    connecting,
    publicUrl: undefined,
    isValid: () => true,
    saved: () => Promise.resolve(),
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url: `${url}/connect/${secret}`, saved, close: () => app.close() };
}
