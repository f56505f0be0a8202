import { nearestName } from '../../diagnostics/nearest-name.ts';
import { installsOf, type CompileContext } from '../context.ts';

/** What an account installs is there, and is not the name of one of its own automations. */
export function checkInstalls({ workspace, shared, report }: CompileContext): void {
  const own = new Set(workspace.automations.map(({ account, name }) => `${account}/${name}`));
  for (const [account, source] of workspace.accounts) {
    const { document } = source;
    for (const name of Object.keys(installsOf(source))) {
      const path = ['install', name];
      const range = document.rangeOf(path, 'key');
      if (!shared.has(name)) {
        const near = nearestName(name, shared.names);
        const known = `shared automations: ${shared.names.join(', ') || 'none'}`;
        const help = near === undefined ? known : `did you mean \`${near}\`?`;
        report(document.diagnostic('WB7007', path, `there is no shared automation \`${name}\``, { help, range }));
      } else if (own.has(`${account}/${name}`)) {
        const message = `the account has an automation \`${name}\` of its own`;
        const help = `remove or rename automations/${account}/${name}.json`;
        report(document.diagnostic('WB7008', path, message, { help, range }));
      }
    }
  }
}
