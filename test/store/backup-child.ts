/** Backs up a data folder into a file, and prints why that failed and what lies beside the file as JSON. Arguments: both. */
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { backUp } from '../../src/store/sqlite/backup.ts';

const [folder = '', file = ''] = process.argv.slice(2);
let failure = '';
try {
  backUp(folder, file);
} catch (error) {
  failure = String(error);
}
process.stdout.write(JSON.stringify({ failure, left: readdirSync(dirname(file)) }));
