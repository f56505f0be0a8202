import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseJson } from '../../json/parse.ts';
import type { RunSummaryView } from '../../server/api-types.ts';
import { EXIT, UsageError } from '../exit.ts';
import { followRun } from '../follow-run.ts';
import type { Format } from '../options.ts';
import { renderRun } from '../render-run.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

export interface RunOptions extends RunnerOptions {
  input?: string;
  inputFile?: string;
  wait: boolean;
  format: Format;
}

/** `waybill run ACCOUNT AUTOMATION`: starts a run by hand and follows it to its end. Exit code 1 where it does not succeed. */
export async function run(account: string, automation: string, options: RunOptions): Promise<number> {
  const { format, wait, ...runner } = options;
  const input = await inputOf(options);
  const client = await RunnerClient.find(runner);
  const names = `"account":${JSON.stringify(account)},"automation":${JSON.stringify(automation)}`;
  // The input goes on as it was written, so that no number in it is changed.
  const body = `{${names}${input === undefined ? '' : `,"input":${input}`}}`;
  const { id } = await client.post<RunSummaryView>('/runs', body);
  if (!wait) {
    console.log(format === 'json' ? JSON.stringify({ run: id }) : `accepted as run ${id}: waybill runs show ${id}`);
    return EXIT.clean;
  }
  console.error(`Run ${id} …`);
  const detail = await followRun(client, id);
  console.log(format === 'json' ? JSON.stringify(detail) : renderRun(detail));
  return detail.run.status === 'succeeded' ? EXIT.clean : EXIT.findings;
}

/** The input as JSON text. */
async function inputOf({ input, inputFile }: RunOptions): Promise<string | undefined> {
  if (input !== undefined && inputFile !== undefined) throw new UsageError('give --input or --input-file, not both');
  const [written, where] =
    inputFile === undefined
      ? [input, '--input']
      : [inputFile === '-' ? await text(process.stdin) : await readFile(inputFile, 'utf8'), inputFile];
  if (written === undefined) return undefined;
  try {
    parseJson(written);
  } catch (error) {
    throw new UsageError(`${where} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return written;
}
