import { nearestName } from '../../diagnostics/nearest-name.ts';
import type { AutomationContext, ResolvedStep } from '../context.ts';

/** Finds the connector and the action of each step; steps without one are left out and reported. */
export function resolveActions({ automation, catalog, report }: AutomationContext): ResolvedStep[] {
  return automation.value.steps.flatMap((step, index) => {
    const [service = '', actionName = ''] = step.uses.split('.');
    const path = ['steps', index, 'uses'];
    const connector = catalog.get(service);
    if (connector === undefined) {
      const help = suggestion(service, catalog.names(), 'connectors');
      report(automation.document.diagnostic('WB2001', path, `there is no connector \`${service}\``, { help }));
      return [];
    }
    const action = Object.hasOwn(connector.actions, actionName) ? connector.actions[actionName] : undefined;
    if (action === undefined) {
      const help = suggestion(actionName, Object.keys(connector.actions), `actions of ${service}`);
      report(
        automation.document.diagnostic('WB2002', path, `${connector.title} has no action \`${actionName}\``, { help }),
      );
      return [];
    }
    return [{ index, step, service, connector, actionName, action }];
  });
}

function suggestion(name: string, known: string[], what: string): string {
  const near = nearestName(name, known);
  return near === undefined ? `${what}: ${known.join(', ')}` : `did you mean \`${near}\`?`;
}
