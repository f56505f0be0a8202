import { nearestName } from '../../diagnostics/nearest-name.ts';
import type { AutomationContext, ResolvedAction, ResolvedActions } from '../context.ts';
import { missingConnector } from '../missing-connector.ts';
import type { StepNode } from '../step-tree.ts';
import { resolveTable } from './table.ts';

/** Finds the connector and the action of each step; steps without one are left out and reported. */
export function resolveActions(context: AutomationContext): ResolvedActions {
  const resolved = new Map<StepNode, ResolvedAction>();
  for (const node of context.allSteps) {
    const action = node.body.kind === 'action' ? resolve(context, node, node.body.uses) : undefined;
    if (action !== undefined) resolved.set(node, action);
  }
  return resolved;
}

function resolve(context: AutomationContext, node: StepNode, uses: string): ResolvedAction | undefined {
  const { automation, catalog, report } = context;
  const [service = '', name = ''] = uses.split('.');
  const connector = catalog.get(service);
  if (connector === undefined) {
    const path = [...node.path, 'uses'];
    const { message, help } = missingConnector(service, catalog);
    report(automation.document.diagnostic('WB2001', path, message, { help }));
    return undefined;
  }
  const action = Object.hasOwn(connector.actions, name) ? connector.actions[name] : undefined;
  if (action === undefined) {
    const path = [...node.path, 'uses'];
    const help = suggestion(name, Object.keys(connector.actions), `actions of ${service}`);
    report(automation.document.diagnostic('WB2002', path, `${connector.title} has no action \`${name}\``, { help }));
    return undefined;
  }
  const resolved = { service, connector, name, action };
  return action.native === 'table' ? resolveTable(context, node, resolved) : resolved;
}

function suggestion(name: string, known: string[], what: string): string {
  const near = nearestName(name, known);
  return near === undefined ? `${what}: ${known.join(', ')}` : `did you mean \`${near}\`?`;
}
