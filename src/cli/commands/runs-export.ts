import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EXIT } from '../exit.ts';
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
  let runs = 0;
  const counted = async function* (): AsyncGenerator<string> {
    for await (const text of lines) {
      const before = runs;
      runs += text.split('\n').length - 1;
      if (Math.floor(runs / TOLD_EVERY) > Math.floor(before / TOLD_EVERY)) console.error(`${runs} runs …`);
      yield text;
    }
  };
  await pipeline(Readable.from(counted()), createWriteStream(out, { flags: 'wx', mode: 0o600 }));
  console.error(`Wrote ${runs} runs to ${out}.`);
  return EXIT.clean;
}
