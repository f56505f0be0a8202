import { createHmac } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { isSameSecret } from '../secrets/same-secret.ts';
import { errorView } from './error-view.ts';

export interface PushOptions {
  secret: string;
  /** Called for each push that is the host's; must return at once. */
  pushed: () => void;
}

/** `POST /push`: the webhook of the repository's host. What it says is not looked at: the repository itself is asked. */
export function addPushRoute(app: FastifyInstance, { secret, pushed }: PushOptions): void {
  app.post('/push', async ({ body, headers }, reply) => {
    const text = typeof body === 'string' ? body : '';
    if (!isFromHost(text, headers, secret)) {
      return reply.status(401).send(errorView('push_refused', 'the push does not carry the shared secret'));
    }
    pushed();
    return reply.status(202).send({ status: 'accepted' });
  });
}

/**
 * GitHub, Gitea and Forgejo sign the body (https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries);
 * GitLab sends the secret itself (https://docs.gitlab.com/user/project/integrations/webhooks/).
 */
function isFromHost(body: string, headers: { [name: string]: unknown }, secret: string): boolean {
  const { 'x-hub-signature-256': signature, 'x-gitlab-token': token } = headers;
  if (typeof signature === 'string') {
    return isSameSecret(signature, `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  }
  return typeof token === 'string' && isSameSecret(token, secret);
}
