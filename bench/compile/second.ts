/** `waybill check` with what an earlier one left, without its start. */
import { join } from 'node:path';
import { checkWithCache } from '../../src/runner/check-cache.ts';
import { readFolder } from '../../src/workspace/read-folder.ts';

const [folder = ''] = process.argv.slice(2);
const before = process.cpuUsage();
checkWithCache(readFolder(folder), 'bench', join(folder, 'cache.json'));
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ cpuMs: (user + system) / 1000, memoryMiB: process.memoryUsage().rss / 1024 ** 2 }));
