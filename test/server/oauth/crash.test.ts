import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { RunListView } from '../../../src/server/api-types.ts';
import type { OAuthLinkView, OAuthListView } from '../../../src/server/oauth-types.ts';
import { withWorkspace } from '../with-workspace.ts';
import { startRunner, type Child } from './child-runner.ts';
import { OPTIONS, thingsConnector, thingsWorkspace } from './identity-server.ts';
import { goThrough, PlainService } from './plain-service.ts';

/**
 * A service that changes its refresh tokens, and takes the one before for a while. Where it is asked for the first time, it
 * has made new tokens, and the runner is killed before it could keep them.
 */
test('a runner that is killed between the answer and its keeping loses no token', async () => {
  let runner: Child | undefined;
  let refreshes = 0;
  let ended = false;
  const service = {
    token: (form: { [name: string]: string }): { body: object } => {
      const isRefresh = form['grant_type'] === 'refresh_token';
      if (!isRefresh) return { body: { access_token: 'access-1', refresh_token: 'refresh-1' } };
      assert.equal(form['refresh_token'], 'refresh-1');
      refreshes += 1;
      if (refreshes === 1) runner?.process.kill('SIGKILL');
      return { body: { access_token: 'access-2', refresh_token: 'refresh-2' } };
    },
    // The first one ends after the request that tests the connection.
    takes: (token: string): boolean => token === 'access-2' || (token === 'access-1' && !ended),
  };
  await PlainService.during(service, ({ url }) =>
    withWorkspace(
      thingsWorkspace(url, thingsConnector({ issuer: undefined })),
      async (served) => {
        try {
          runner = await startRunner(served);
          const { url: link } = await runner.api<OAuthLinkView>('/oauth/acme/things/link', 'POST');
          assert.match((await goThrough(link)).page, /Things is connected/);
          ended = true;
          const gone = once(runner.process, 'exit');
          await fetch(runner.hook, POST).catch(() => undefined);
          await gone;
          assert.equal(refreshes, 1);
          runner = await startRunner(served);
          // The run of then goes on.
          assert.equal((await lastRun(runner)).status, 'succeeded');
          assert.equal(refreshes, 2, 'the refresh was made again, once');
          const { connections } = await runner.api<OAuthListView>('/oauth');
          assert.equal(connections[0]?.status, 'granted');
        } finally {
          runner?.process.kill('SIGKILL');
        }
      },
      OPTIONS,
    ),
  );
});

const POST = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };

async function lastRun(child: Child): Promise<RunListView['runs'][number]> {
  for (;;) {
    const { runs } = await child.api<RunListView>('/runs?limit=1');
    const [run] = runs;
    if (run?.finished_at !== undefined) return run;
  }
}
