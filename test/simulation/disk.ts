import fs, {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { DATABASE_FILE } from '../../src/store/sqlite/database-file.ts';
import type { Random } from './random.ts';

const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
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

/** A data folder with a real SQLite store, on a disk that fails, and that loses what was not synced when the power goes. */
export class Disk {
  folder = mkdtempSync(join(PLACE, 'waybill-simulation-'));
  /** How likely a statement fails, and a sync. */
  faults = { statement: 0, sync: 0 };
  private readonly random: Random;
  private readonly databases = new Set<DatabaseSync>();
  private readonly logs = new Set<number>();
  private durable: Written = { salt: '', frames: 0 };
  /** What the last look at the log found. */
  private found: Written = { salt: '', frames: 0 };

  constructor(random: Random, template: string | undefined) {
    this.random = random;
    if (template !== undefined) copyFileSync(join(template, DATABASE_FILE), join(this.folder, DATABASE_FILE));
  }

  /** Comes between Node's databases and those who use them. Gives what takes that back. */
  install(): () => void {
    const opened = (database: DatabaseSync): void => void this.databases.add(database);
    const failing = (statement: StatementSync, sql: string): StatementSync => this.failing(statement, sql);
    DatabaseSync.prototype.exec = function (sql) {
      opened(this);
      REAL.exec.call(this, sql);
    };
    DatabaseSync.prototype.prepare = function (sql) {
      opened(this);
      return whenUsed(() => failing(REAL.prepare.call(this, sql), sql));
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

  /** What is in the log now is on the disk when what this gives is called, unless it gives an error. */
  beginSync(): () => Error | null {
    const written = this.written();
    const fails = this.random.chance(this.faults.sync);
    return () => {
      if (fails) return new Error('EIO: i/o error, fdatasync');
      if (written.salt !== this.durable.salt || written.frames > this.durable.frames) this.durable = written;
      return null;
    };
  }

  /** The process died. `power`: what was not synced is lost, from anywhere on, or is garbage. */
  crash(power: boolean): void {
    const [file, log] = [join(this.folder, DATABASE_FILE), join(this.folder, `${DATABASE_FILE}-wal`)];
    const left = mkdtempSync(join(PLACE, 'waybill-simulation-'));
    copyFileSync(file, join(left, DATABASE_FILE));
    if (existsSync(log)) writeFileSync(join(left, `${DATABASE_FILE}-wal`), power ? this.torn(log) : bytesOf(log));
    this.remove();
    this.folder = left;
    this.found = { salt: '', frames: 0 };
    this.durable = this.written();
  }

  remove(): void {
    for (const database of this.databases) if (database.isOpen) database.close();
    this.databases.clear();
    for (const file of this.logs) closeSync(file);
    this.logs.clear();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private torn(log: string): Buffer {
    const bytes = bytesOf(log);
    const { salt, frames } = this.written();
    const kept = salt === this.durable.salt ? this.durable.frames : frames < CHECKPOINT_FRAMES ? 0 : frames;
    const from = frames >= CHECKPOINT_FRAMES ? bytes.length : endOf(kept);
    const cut = this.random.between(from, Math.max(from, endOf(frames)));
    switch (this.random.between(0, 2)) {
      case 0:
        return bytes.subarray(0, cut);
      case 1:
        return Buffer.concat([bytes.subarray(0, cut), Buffer.alloc(Math.max(0, bytes.length - cut))]);
      default:
        // One sector did not make it, though later ones did.
        if (cut < bytes.length) bytes.fill(0xa5, cut, Math.min(cut + 512, bytes.length));
        return bytes;
    }
  }

  /** The frames of the log's present generation. */
  private written(): Written {
    const log = join(this.folder, `${DATABASE_FILE}-wal`);
    if (!existsSync(log)) return { salt: '', frames: 0 };
    const file = open(log, 'r');
    const header = Buffer.alloc(WAL_HEADER);
    const frame = Buffer.alloc(FRAME_HEADER);
    try {
      readSync(file, header, 0, WAL_HEADER, 0);
      const salt = header.subarray(16, 24);
      const name = salt.toString('hex');
      for (let frames = name === this.found.salt ? this.found.frames : 0; ; frames++) {
        const read = readSync(file, frame, 0, FRAME_HEADER, endOf(frames));
        if (read === FRAME_HEADER && frame.subarray(8, 16).equals(salt)) continue;
        this.found = { salt: name, frames };
        return this.found;
      }
    } finally {
      closeSync(file);
    }
  }

  private failing(statement: StatementSync, sql: string): StatementSync {
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

function bytesOf(path: string): Buffer {
  const file = open(path, 'r');
  try {
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function endOf(frames: number): number {
  return WAL_HEADER + frames * (FRAME_HEADER + PAGE);
}
