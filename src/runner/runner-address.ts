import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject } from '../json/value.ts';

/** Where the runner that holds a data folder is found by commands of the same user. */
export interface RunnerAddress {
  /** Such as `http://127.0.0.1:8080`. */
  url: string;
  /** For the API. */
  token: string;
}

/** Writes the address for the owner alone: the token opens the API. */
export async function writeRunnerAddress(data: string, address: RunnerAddress): Promise<void> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  // Made anew: the mode of a file that exists would stay as it is.
  await removeRunnerAddress(data);
  await writeFile(fileOf(data), `${JSON.stringify(address, undefined, 2)}\n`, { mode: 0o600 });
}

export async function removeRunnerAddress(data: string): Promise<void> {
  await rm(fileOf(data), { force: true });
}

/** The address, or `undefined` where no runner holds the folder. Throws `Error` where the file is not one. */
export async function readRunnerAddress(data: string): Promise<RunnerAddress | undefined> {
  let text: string;
  try {
    text = await readFile(fileOf(data), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const { url, token } = isJsonObject(value) ? value : {};
  if (typeof url === 'string' && typeof token === 'string') return { url, token };
  throw new Error(`${fileOf(data)} is broken: delete it and start the runner again`);
}

function fileOf(data: string): string {
  return join(data, 'runner.json');
}
