import type { AccountContext } from '../context.ts';
import { reportInAccount } from '../report-in-account.ts';

/** What the automation calls has a plan in the account too, and is the one that it was checked with. */
export function checkCallsInAccount(
  context: AccountContext,
  /** `shared`: whether the account runs the shared one of that name; `undefined`: it runs none. */
  running: (name: string) => { shared: boolean; planned: boolean } | undefined,
): void {
  const { checked } = context;
  for (const [{ step, path }] of checked.calls) {
    const name = step.call ?? '';
    const callee = running(name);
    const place = [...path, 'call'];
    if (callee === undefined || (checked.automation.shared && !callee.shared)) {
      const message = `it calls the shared automation \`${name}\`, which the account does not install`;
      reportInAccount(context, 'WB2015', place, { message, help: `install it too: "${name}": {}` });
    } else if (!callee.planned) {
      const message = `\`${name}\` has errors in this account`;
      reportInAccount(context, 'WB2018', place, { message, help: 'mend them first' });
    }
  }
}
