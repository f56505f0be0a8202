import fs, {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdtempSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { DATABASE_FILE } from '../../src/store/sqlite/database-file.ts';
import type { Random } from './random.ts';

const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const LOG_FILE = `${DATABASE_FILE}-wal`;
const { openSync: open } = fs;
// oxlint-disable-next-line typescript/unbound-method -- they are called on the database that they are called for.
const REAL = { exec: DatabaseSync.prototype.exec, prepare: DatabaseSync.prototype.prepare };

/** https://sqlite.org/fileformat2.html#the_write_ahead_log */
const WAL_HEADER = 32;
const FRAME_HEADER = 24;
const PAGE = 4096;
/** From so many frames on, each commit brings the log into the database, which syncs both before. */
const CHECKPOINT_FRAMES = 1000;

/** https://sqlite.org/rescode.html */
const FAULTS = [
  { at: 'COMMIT', errcode: 13, message: 'database or disk is full' },
  { at: 'SAVEPOINT one_write', errcode: 13, message: 'database or disk is full' },
  { at: 'COMMIT', errcode: 778, message: 'disk I/O error' },
  { at: 'BEGIN IMMEDIATE', errcode: 5, message: 'database is locked' },
] as const;

/** The frames of a generation of the log. */
interface Written {
  salt: string;
  frames: number;
}

const NOTHING: Written = { salt: '', frames: 0 };
/** Of the look at a log, and of a sector that is written over. */
const [HEADER, FRAME, GARBAGE] = [Buffer.alloc(WAL_HEADER), Buffer.alloc(FRAME_HEADER), Buffer.alloc(512, 0xa5)];

/** A data folder with a real SQLite store, on a disk that fails, and that loses what was not synced when the power goes. */
export class Disk {
  folder = mkdtempSync(join(PLACE, 'waybill-simulation-'));
  /** How likely a statement fails, and a sync. */
  faults = { statement: 0, sync: 0 };
  private readonly random: Random;
  private readonly databases = new Set<DatabaseSync>();
  private readonly logs = new Set<number>();
  private durable = NOTHING;
  /** What the last look at the log found. */
  private found = NOTHING;
  /** A sync failed in this process. */
  private failing = false;

  constructor(random: Random, template: string | undefined) {
    this.random = random;
    if (template !== undefined) copyFileSync(join(template, DATABASE_FILE), join(this.folder, DATABASE_FILE));
  }

  /** Comes between Node's databases and those who use them. Gives what takes that back. */
  install(): () => void {
    const opened = (database: DatabaseSync): void => void this.databases.add(database);
    const faulty = (statement: StatementSync, sql: string): StatementSync => this.faulty(statement, sql);
    DatabaseSync.prototype.exec = function (sql) {
      opened(this);
      REAL.exec.call(this, sql);
    };
    DatabaseSync.prototype.prepare = function (sql) {
      opened(this);
      return whenUsed(() => faulty(REAL.prepare.call(this, sql), sql));
    };
    // What a dead process held open is closed with it.
    const openSync: typeof fs.openSync = (path, flags, mode) => {
      const file = open(path, flags, mode);
      if (String(path).endsWith('-wal') && flags === 'r') this.logs.add(file);
      return file;
    };
    Object.assign(fs, { openSync });
    syncBuiltinESMExports();
    return () => {
      Object.assign(DatabaseSync.prototype, REAL);
      Object.assign(fs, { openSync: open });
      syncBuiltinESMExports();
    };
  }

  /** What is in the log now, an open file, is on the disk when what this gives is called, unless it gives an error. */
  beginSync(log: number): () => Error | null {
    const written = this.written(log);
    const fails = this.random.chance(this.faults.sync);
    return () => {
      // What a sync could not bring to the disk no later one does: https://wiki.postgresql.org/wiki/Fsync_Errors
      this.failing ||= fails;
      if (fails) return new Error('EIO: i/o error, fdatasync');
      if (this.failing) return null;
      if (written.salt !== this.durable.salt || written.frames > this.durable.frames) this.durable = written;
      return null;
    };
  }

  /** The process died. `power`: what was not synced is lost, from anywhere on, or is garbage. */
  crash(power: boolean): void {
    const left = mkdtempSync(join(PLACE, 'waybill-simulation-'));
    for (const name of [DATABASE_FILE, LOG_FILE])
      if (existsSync(join(this.folder, name))) copyFileSync(join(this.folder, name), join(left, name));
    this.remove();
    this.folder = left;
    this.failing = false;
    if (power) this.durable = this.lookAtLog((log) => this.tear(log));
    this.found = NOTHING;
  }

  remove(): void {
    for (const database of this.databases) if (database.isOpen) database.close();
    this.databases.clear();
    for (const file of this.logs) closeSync(file);
    this.logs.clear();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What `look` finds in the log of a process that died, where there is one. */
  private lookAtLog(look: (log: number) => Written): Written {
    const path = join(this.folder, LOG_FILE);
    if (!existsSync(path)) return NOTHING;
    const log = open(path, 'r+');
    try {
      return look(log);
    } finally {
      closeSync(log);
    }
  }

  /** Gives what is left. */
  private tear(log: number): Written {
    const { size } = fstatSync(log);
    const { salt, frames } = this.written(log);
    const kept = salt === this.durable.salt ? this.durable.frames : frames < CHECKPOINT_FRAMES ? 0 : frames;
    const from = frames >= CHECKPOINT_FRAMES ? size : endOf(kept);
    const cut = this.random.between(from, Math.max(from, endOf(frames)));
    const way = this.random.between(0, 2);
    if (cut < size && way < 2) ftruncateSync(log, cut);
    if (cut < size && way === 1) ftruncateSync(log, size);
    // One sector did not make it, though later ones did.
    if (cut < size && way === 2) writeSync(log, GARBAGE, 0, Math.min(GARBAGE.length, size - cut), cut);
    this.found = NOTHING;
    return this.written(log);
  }

  /** The frames of the log's present generation. */
  private written(log: number): Written {
    if (readSync(log, HEADER, 0, WAL_HEADER, 0) < WAL_HEADER) return NOTHING;
    const salt = HEADER.subarray(16, 24);
    const name = salt.toString('hex');
    for (let frames = name === this.found.salt ? this.found.frames : 0; ; frames++) {
      const read = readSync(log, FRAME, 0, FRAME_HEADER, endOf(frames));
      if (read === FRAME_HEADER && FRAME.subarray(8, 16).equals(salt)) continue;
      this.found = { salt: name, frames };
      return this.found;
    }
  }

  private faulty(statement: StatementSync, sql: string): StatementSync {
    const faults = FAULTS.filter(({ at }) => at === sql);
    const [first, ...others] = faults;
    if (first === undefined) return statement;
    const run = statement.run.bind(statement);
    statement.run = () => {
      if (this.random.chance(this.faults.statement)) {
        const { message, errcode } = this.random.pick([first, ...others]);
        throw Object.assign(new Error(message), { errcode });
      }
      return run();
    };
    return statement;
  }
}

/** A store prepares more than a hundred statements at its start, of which a short life uses few. */
function whenUsed(prepare: () => StatementSync): StatementSync {
  let statement: StatementSync | undefined;
  const used = {
    get: (_target: object, name: string): unknown => {
      statement ??= prepare();
      const value: unknown = Reflect.get(statement, name);
      return typeof value === 'function' ? value.bind(statement) : value;
    },
  };
  return new Proxy(Object.create(null), used);
}

function endOf(frames: number): number {
  return WAL_HEADER + frames * (FRAME_HEADER + PAGE);
}
