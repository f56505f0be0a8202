/** The whole of `waybill check`, without its start and without what an earlier check left. */
import { checkInParts } from '../../src/runner/check-cache.ts';
import { readFolder } from '../../src/workspace/read-folder.ts';

const [folder = ''] = process.argv.slice(2);
const before = process.cpuUsage();
const { diagnostics, stats } = checkInParts(readFolder(folder), 'bench', new Map()).summary;
const { user, system } = process.cpuUsage(before);
if (diagnostics.some(({ severity }) => severity === 'error')) throw new Error(JSON.stringify(diagnostics.slice(0, 3)));
console.log(
  JSON.stringify({ cpuMs: (user + system) / 1000, memoryMiB: process.memoryUsage().rss / 1024 ** 2, ...stats }),
);
