import { removeRunnerAddress, writeRunnerAddress, type RunnerAddress } from '../runner/runner-address.ts';
import type { Runner } from '../runner/runner.ts';
import { mintToken, OWNER } from './access/callers.ts';
import { createServer, type ServerOptions } from './server.ts';

export interface ServeOptions extends Omit<ServerOptions, 'token'> {
  runner: Runner;
  /** 0 takes a free one. */
  port: number;
  /** 127.0.0.1 where none is named. Who names another has set up access before. */
  host?: string;
}

/** A runner that takes requests. */
export interface RunningServer extends RunnerAddress {
  /**
   * Answers 503 from now on, lets attempts under way end, up to so many milliseconds, answers who waits for a run, and
   * closes. What has not ended goes on at the next start.
   */
  close: (drainMs: number) => Promise<void>;
}

/** Serves a runner that has begun, with a new token for its API. Throws where the port is taken; the runner is closed then. */
export async function serve({ runner, port, host = '127.0.0.1', ...options }: ServeOptions): Promise<RunningServer> {
  const token = mintToken();
  const app = createServer(runner, { token, ...options });
  const close = async (drainMs: number): Promise<void> => {
    await runner.stop(drainMs);
    await app.close();
    await removeRunnerAddress(runner.data);
    await runner.close();
  };
  try {
    // Sessions that were begun with the token before this one.
    await runner.store.sessions.endOf(OWNER);
    const url = await app.listen({ port, host });
    await writeRunnerAddress(runner.data, { url, token });
    return { url, token, close };
  } catch (error) {
    await close(0);
    throw describeListenError(error, port);
  }
}

function describeListenError(error: unknown, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return new Error(`port ${port} is taken: choose another with --port, or 0 for a free one`);
  if (code === 'EACCES') return new Error(`port ${port} may not be used by this user: choose one above 1023`);
  return error;
}
