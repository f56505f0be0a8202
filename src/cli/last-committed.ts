import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { checkWorkspace } from '../runner/check-workspace.ts';
import { SHARED } from '../workspace/workspace.ts';
import { UsageError } from './exit.ts';
import { findWorkspace } from './find-workspace.ts';

/** The automation that was committed last, as `account/automation`. Throws `UsageError` where that is not one. */
export async function lastCommitted(workspace: string | undefined): Promise<string> {
  const folder = findWorkspace(workspace);
  const args = ['log', '--max-count=1', '--name-only', '--relative', '--format=', '--', 'automations'];
  const { stdout } = await promisify(execFile)('git', args, { cwd: folder }).catch(() => ({ stdout: '' }));
  const { plans } = checkWorkspace(folder);
  const changed = new Set(stdout.split('\n').map((path) => path.replace(/(\.test)?\.json$/, '')));
  const names = plans
    .filter(({ account, automation, shared }) =>
      changed.has(`automations/${shared === true ? SHARED : account}/${automation}`),
    )
    .map(({ account, automation }) => `${account}/${automation}`);
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  throw new UsageError(
    only === undefined ? 'no automation was committed last' : 'several automations were committed last',
    `name one: ${(only === undefined ? plans.map(({ account, automation }) => `${account}/${automation}`) : names).slice(0, 10).join(', ')}`,
  );
}
