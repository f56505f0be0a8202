import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a server of the benchmarks says of itself on its first line. */
export interface Started {
  pid: number;
  url: string;
  /** Tells how many runs have ended. */
  counter: string;
  /** Of Waybill's API. */
  token?: string;
}

/** Starts a script of this folder in a process of its own, which is added to `children`. */
export async function startBeside(children: ChildProcess[], file: string, args: string[]): Promise<Started> {
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { pid: child.pid ?? 0, ...(JSON.parse(String(line)) as Omit<Started, 'pid'>) };
}
