import { join, resolve } from 'node:path';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { parseJson } from '../json/parse.ts';
import { readRunnerAddress, type RunnerAddress } from '../runner/runner-address.ts';
import type { ErrorView, HealthView, RunEventView } from '../server/api-types.ts';
import { NotFoundError, UsageError } from './exit.ts';
import { findWorkspace, nearestWorkspace } from './find-workspace.ts';

export interface RunnerOptions {
  workspace?: string;
  data?: string;
}

export interface Query {
  [name: string]: string | number | undefined;
}

/** Reads the API of the runner that holds a data folder. */
export class RunnerClient {
  readonly url: string;
  private readonly token: string;

  private constructor({ url, token }: RunnerAddress) {
    this.url = url;
    this.token = token;
  }

  /** The runner of the data folder that the options name. Throws where none is up. */
  static async find(options: RunnerOptions): Promise<RunnerClient> {
    const data = dataFolder(options);
    const address = await readRunnerAddress(data);
    if (address === undefined)
      throw new Error(`no runner is up with the data in ${data}: start one with waybill dev or waybill serve`);
    return new RunnerClient(address);
  }

  /** Throws `NotFoundError` for 404, `UsageError` for what is refused, `Error` for everything else that is not an answer. */
  async get<View>(path: string, query: Query = {}): Promise<View> {
    return this.view(await this.request(path, query));
  }

  async health(): Promise<HealthView> {
    return this.view(await fetch(`${this.url}/health`));
  }

  /** The answer's text, piece by piece as it comes. Throws where it ends before its end. */
  async *stream(path: string, query: Query): AsyncGenerator<string> {
    const { body } = await this.request(path, query);
    try {
      yield* body?.pipeThrough(new TextDecoderStream()) ?? [];
    } catch (error) {
      throw new Error('the runner cut its answer off: what it logs says why', { cause: error });
    }
  }

  /** Sends JSON text. Throws as `get` does. */
  async post<View>(path: string, body: string): Promise<View> {
    const headers = { 'content-type': 'application/json' };
    return this.view(await this.request(path, {}, { method: 'POST', headers, body }));
  }

  /** Throws as `get` does. */
  async delete<View>(path: string): Promise<View> {
    return this.view(await this.request(path, {}, { method: 'DELETE' }));
  }

  /** What happens to runs from now on; throws when the runner stops. `opened` is called when nothing can be missed any more. */
  async *events(query: Query, signal: AbortSignal, opened: () => void): AsyncGenerator<RunEventView> {
    const { body } = await this.request('/events', query, { signal });
    opened();
    const stream = body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const { data } of stream ?? []) yield parseJson(data) as unknown as RunEventView;
    throw new Error('the runner stopped');
  }

  /** Numbers of runs keep their digits. */
  private async view<View>(response: Response): Promise<View> {
    return parseJson(await response.text()) as View;
  }

  private async request(path: string, query: Query, init: RequestInit = {}): Promise<Response> {
    const url = new URL(`${this.url}/api/v1${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    let response: Response;
    try {
      const headers = new Headers(init.headers);
      headers.set('authorization', `Bearer ${this.token}`);
      response = await fetch(url, { ...init, headers });
    } catch (error) {
      if (init.signal?.aborted === true) throw error;
      throw new Error(`the runner at ${this.url} does not answer: was it killed? Start it again`, {
        cause: error,
      });
    }
    if (response.ok) return response;
    const { error } = (await response.json()) as ErrorView;
    if (response.status === 404) throw new NotFoundError(error.message, error.help);
    if ([400, 409].includes(response.status)) throw new UsageError(error.message, error.help);
    throw new Error(error.help === undefined ? error.message : `${error.message}: ${error.help}`);
  }
}

/** The folder that is named, or `.waybill` in the workspace, or where there is none, here. */
export function dataFolder({ workspace, data }: RunnerOptions): string {
  if (data !== undefined) return resolve(data);
  const folder = workspace === undefined ? (nearestWorkspace() ?? process.cwd()) : findWorkspace(workspace);
  return join(folder, '.waybill');
}
