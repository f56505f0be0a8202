import { userInfo } from 'node:os';
import { parseJson } from '../../json/parse.ts';
import type { AnsweredView } from '../../server/api-types.ts';
import { EXIT, UsageError } from '../exit.ts';
import type { Format } from '../options.ts';
import { RunnerClient, type RunnerOptions } from '../runner-client.ts';

export interface DecisionOptions extends RunnerOptions {
  by?: string;
  note?: string;
  format: Format;
}

export interface EventOptions extends RunnerOptions {
  payload: string;
  format: Format;
}

/** `waybill runs approve RUN STEP` and `reject`: decides an approval that a run waits for. */
export async function decide(
  run: string,
  step: string,
  approved: boolean,
  { by = userInfo().username, note, ...options }: DecisionOptions,
): Promise<number> {
  return send(`/runs/${encodeURIComponent(run)}/approvals`, JSON.stringify({ step, approved, by, note }), options);
}

/** `waybill runs event RUN STEP`: tells a run of the event that it waits for. */
export async function tell(run: string, step: string, { payload, ...options }: EventOptions): Promise<number> {
  try {
    parseJson(payload);
  } catch (error) {
    throw new UsageError(`--payload is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  // The payload goes on as it was written, so that no number in it is changed.
  return send(
    `/runs/${encodeURIComponent(run)}/events`,
    `{"step":${JSON.stringify(step)},"payload":${payload}}`,
    options,
  );
}

async function send(path: string, body: string, options: RunnerOptions & { format: Format }): Promise<number> {
  const client = await RunnerClient.find(options);
  const view = await client.post<AnsweredView>(path, body);
  const text = `the run goes on: waybill runs show ${view.run}`;
  console.log(options.format === 'json' ? JSON.stringify(view) : text);
  return EXIT.clean;
}
