import type { AccountContext, ResolvedAction } from '../context.ts';
import { nameOf } from '../flow/explain-fit.ts';
import type { CheckedMapping } from '../flow/value-checker.ts';
import { reportInAccount } from '../report-in-account.ts';
import type { StepNode } from '../step-tree.ts';

/** Data that is marked as sensitive goes only to connectors that the account allows for it. */
export function checkPermissions(context: AccountContext): void {
  const { account, checked, install } = context;
  const { sensitive = {} } = account.value;
  const told = new Set<string>();
  for (const [node, action] of checked.actions) {
    for (const mapping of checked.flow.mappings.get(node) ?? []) {
      const mark = mapping.sensitive;
      if (mark === undefined || sensitive[mark]?.includes(action.service) === true) continue;
      // One permission mends them all: of a shared automation the first place is enough.
      const key = `${action.service} ${mark}`;
      if (install === undefined || !told.has(key)) reportMapping(context, node, action, mapping);
      told.add(key);
    }
  }
}

function reportMapping(
  context: AccountContext,
  node: StepNode,
  { service, connector }: ResolvedAction,
  { text, path, sensitive: mark }: CheckedMapping,
): void {
  const message = `${nameOf(text)} holds ${mark} data; the account does not allow it to go to ${connector.title}`;
  const help = `allow it in automations/${context.account.name}/account.json: "sensitive": { "${mark}": ["${service}"] }`;
  reportInAccount(context, 'WB4003', [...node.path, 'with', ...path], { message, help });
}
