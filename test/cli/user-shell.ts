import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, type Result } from './waybill.ts';

/** A shell as a user has it, in a place of its own: a home, git with a name, and `waybill` of these sources. */
export class UserShell {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;

  constructor(place: string) {
    this.home = join(place, 'home');
    mkdirSync(this.home, { recursive: true });
    const { XDG_CONFIG_HOME: _config, ...inherited } = process.env;
    const identity = ['AUTHOR', 'COMMITTER'].flatMap((who) => [
      [`GIT_${who}_NAME`, 'Test'],
      [`GIT_${who}_EMAIL`, 'test@example.com'],
    ]);
    this.env = {
      ...inherited,
      ...Object.fromEntries(identity),
      HOME: this.home,
      PATH: `${join(root, 'tools/bin')}:${process.env['PATH']}`,
    };
  }

  /** Runs commands as bash does, up to the first that fails. */
  run(commands: string, cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Result> {
    return new Promise((resolve, reject) => {
      const child = spawn('bash', ['-euc', commands], {
        cwd,
        env: { ...this.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const result: Result = { code: null, out: '', err: '' };
      child.stdout.on('data', (chunk) => (result.out += String(chunk)));
      child.stderr.on('data', (chunk) => (result.err += String(chunk)));
      child.on('error', reject);
      child.on('close', (code) => resolve({ ...result, code }));
    });
  }
}
