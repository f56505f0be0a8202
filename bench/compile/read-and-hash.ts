/** The least that a second check must do: read the files and see that they are the same. */
import { createHash } from 'node:crypto';
import { readFolder } from '../../src/workspace/read-folder.ts';

const [folder = ''] = process.argv.slice(2);
const before = process.cpuUsage();
const { files } = readFolder(folder);
const hash = createHash('sha256');
for (const [file, text] of files) hash.update(file).update(text);
hash.digest('hex');
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ cpuMs: (user + system) / 1000, memoryMiB: process.memoryUsage().rss / 1024 ** 2 }));
