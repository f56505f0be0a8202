import { spawn, type ChildProcess } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../cli/waybill.ts';
import type { Served } from '../with-workspace.ts';

export interface Child {
  process: ChildProcess;
  /** All that it printed. */
  said(): string;
  data: string;
  hook: string;
  api<View>(path: string, method?: 'GET' | 'POST'): Promise<View>;
}

/** `waybill dev` on the workspace, with data of its own. */
export async function startRunner(served: Served): Promise<Child> {
  const { folder } = served;
  const keys = join(folder, 'keys.txt');
  await writeFile(keys, `${(await served.identities()).join('\n')}\n`, { mode: 0o600 });
  const data = join(folder, 'child-data');
  const args = ['dev', '--workspace', folder, '--data', data, '--port', '0', '--keys', keys];
  const main = join(root, 'src/cli/main.ts');
  const child = spawn(process.execPath, [main, ...args, '--allow-private', '127.0.0.1'], {
    env: { ...process.env, WAYBILL_DEBUG: '1' },
  });
  let said = '';
  const hook = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        said += String(chunk);
        const [, found] = /POST (http\S+\/hooks\/acme\/list\S+)/.exec(said) ?? [];
        if (found !== undefined) resolve(found);
      });
    child.on('exit', () => reject(new Error(said)));
  });
  const { url, token } = JSON.parse(await readFile(join(data, 'runner.json'), 'utf8')) as {
    url: string;
    token: string;
  };
  return {
    process: child,
    said: () => said,
    data,
    hook,
    api: async <View>(path: string, method = 'GET'): Promise<View> => {
      const headers = { authorization: `Bearer ${token}` };
      return (await (await fetch(`${url}/api/v1${path}`, { method, headers })).json()) as View;
    },
  };
}
