/** The whole of `waybill check`, without its start. */
import { checkWorkspace } from '../../src/runner/check-workspace.ts';

const [folder = ''] = process.argv.slice(2);
const before = process.cpuUsage();
const { diagnostics, stats } = await checkWorkspace(folder);
const { user, system } = process.cpuUsage(before);
if (diagnostics.some(({ severity }) => severity === 'error')) throw new Error(JSON.stringify(diagnostics.slice(0, 3)));
console.log(
  JSON.stringify({ cpuMs: (user + system) / 1000, memoryMiB: process.memoryUsage().rss / 1024 ** 2, ...stats }),
);
