/** Deploys a folder, brings subscriptions to what it wants, tells what is kept of them, and ends, unless it is killed before. */
import { join } from 'node:path';
import { FolderSource } from '../../../src/runner/deploy/folder-source.ts';
import { Runner } from '../../../src/runner/runner.ts';

const [folder = '', identity = '', url = ''] = process.argv.slice(2);
const runner = new Runner({
  source: new FolderSource(folder),
  data: join(folder, 'data'),
  identities: () => Promise.resolve([identity]),
  reroutes: new Map(['github', 'forge'].map((service) => [service, url])),
  publicUrl: 'https://waybill.example',
  onError: (error) => {
    throw error;
  },
});
await runner.begin();
for (const { severity, message } of await runner.deploy()) if (severity === 'error') process.stderr.write(message);
await runner.subscriptions.idle();
const kept = runner.store.subscriptions.list();
process.stdout.write(JSON.stringify(kept.map(({ key, status, remoteId }) => ({ key, status, remoteId }))));
await runner.stop(0);
await runner.close();
