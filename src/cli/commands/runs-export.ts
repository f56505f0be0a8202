import { open, rm, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EXIT, UsageError } from '../exit.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

export interface ExportOptions extends RunnerOptions {
  account?: string;
  automation?: string;
  status?: string;
  since?: string;
  until?: string;
  out?: string;
}

/** How many runs there are between two words of progress. */
const TOLD_EVERY = 1000;

/** `waybill runs export`: runs as JSON Lines, as they come from the runner. */
export async function exportRuns({ workspace, data, out, ...filter }: ExportOptions): Promise<number> {
  const client = await RunnerClient.find({
    ...(workspace === undefined ? {} : { workspace }),
    ...(data === undefined ? {} : { data }),
  });
  const lines = client.stream('/runs/export', { ...filter });
  if (out === undefined) {
    for await (const text of lines) process.stdout.write(text);
    return EXIT.clean;
  }
  const file = await newFile(out);
  let runs = 0;
  const counted = async function* (): AsyncGenerator<string> {
    for await (const text of lines) {
      const before = runs;
      runs += text.split('\n').length - 1;
      if (Math.floor(runs / TOLD_EVERY) > Math.floor(before / TOLD_EVERY)) console.error(`${runs} runs …`);
      yield text;
    }
  };
  try {
    await pipeline(Readable.from(counted()), file.createWriteStream());
  } catch (error) {
    // A part of the runs would look like all of them.
    await rm(out);
    throw error;
  }
  console.error(`Wrote ${runs} runs to ${out}.`);
  return EXIT.clean;
}

/** For the owner alone: it holds what runs carried. */
async function newFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    throw new UsageError(`${path} is there already; an export never overwrites a file`);
  }
}
