/** Holds the write lock of a database for so many milliseconds, as a tool of the operator may. */
import { DatabaseSync } from 'node:sqlite';

const [file = '', milliseconds = '0'] = process.argv.slice(2);
const database = new DatabaseSync(file);
database.exec('BEGIN IMMEDIATE');
process.stdout.write('locked\n');
setTimeout(() => {
  database.exec('COMMIT');
  database.close();
}, Number(milliseconds));
