/** Serves a workspace, whose shop is rerouted to an address, until it is killed, or its input ends and all runs have. Says where `take` is. */
import { once } from 'node:events';
import { FolderSource } from '../../src/runner/deploy/folder-source.ts';
import { hookPath } from '../../src/runner/live-deployment.ts';
import { Runner } from '../../src/runner/runner.ts';
import { serve } from '../../src/server/serve.ts';

const [folder = '', data = '', shop = ''] = process.argv.slice(2);
const runner = new Runner({
  source: new FolderSource(folder),
  data,
  identities: () => Promise.resolve([]),
  reroutes: new Map([['shop', shop]]),
  onError: (error) => {
    throw error;
  },
});
await runner.begin();
await runner.deploy();
const server = await serve({ runner, port: 0 });
const take = runner.deployed().get('acme/take');
if (take === undefined) throw new Error('the workspace does not compile');
process.stdout.write(`${server.url}${hookPath(take)}\n`);
process.stdin.resume();
await once(process.stdin, 'end');
const unfinished = ['queued', 'running', 'waiting'] as const;
while (unfinished.some((status) => runner.store.runs.list({ status, limit: 1 }).length > 0))
  await new Promise((resolve) => setTimeout(resolve, 5));
await server.close(0);
