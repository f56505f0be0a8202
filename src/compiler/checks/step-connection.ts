import { nearestName } from '../../diagnostics/nearest-name.ts';
import { connectionsOf, type AutomationContext, type ResolvedAction, type ResolvedActions } from '../context.ts';
import type { StepNode } from '../step-tree.ts';

/** Finds the account's connection that each step calls through. */
export function resolveStepConnections(context: AutomationContext, actions: ResolvedActions): ResolvedActions {
  return new Map(
    [...actions].map(([node, action]) => {
      const connection = action.connector.connection === undefined ? undefined : connectionOf(context, node, action);
      return [node, connection === undefined ? action : { ...action, connection }];
    }),
  );
}

function connectionOf(context: AutomationContext, node: StepNode, action: ResolvedAction): string | undefined {
  const name = node.step.connection;
  return name === undefined ? onlyConnection(context, node, action) : namedConnection(context, node, action, name);
}

function onlyConnection(
  { automation, account, report }: AutomationContext,
  node: StepNode,
  step: ResolvedAction,
): string | undefined {
  const names = Object.entries(connectionsOf(account)).flatMap(([name, { connector }]) =>
    connector === step.service ? [name] : [],
  );
  const [only] = names;
  if (names.length === 1) return only;
  const path = [...node.path, 'uses'];
  const owner = automation.account;
  if (only === undefined) {
    const message = `the account \`${owner}\` has no connection to ${step.connector.title}`;
    report(
      automation.document.diagnostic('WB5001', path, message, { help: `waybill connect ${owner} ${step.service}` }),
    );
  } else {
    const message = `the account \`${owner}\` has several connections to ${step.connector.title}`;
    report(
      automation.document.diagnostic('WB5001', path, message, {
        help: `say which one: "connection": ${names.map((name) => `"${name}"`).join(' or ')}`,
      }),
    );
  }
  return undefined;
}

function namedConnection(
  { automation, account, report }: AutomationContext,
  node: StepNode,
  step: ResolvedAction,
  name: string,
): string | undefined {
  const connections = connectionsOf(account);
  const connection = Object.hasOwn(connections, name) ? connections[name] : undefined;
  const path = [...node.path, 'connection'];
  if (connection === undefined) {
    const near = nearestName(name, Object.keys(connections));
    const help =
      near === undefined
        ? `waybill connect ${automation.account} ${name} --connector ${step.service}`
        : `did you mean \`${near}\`?`;
    report(
      automation.document.diagnostic(
        'WB5001',
        path,
        `the account \`${automation.account}\` has no connection \`${name}\``,
        { help },
      ),
    );
    return undefined;
  }
  if (connection.connector === step.service) return name;
  const message = `the connection \`${name}\` is one to ${connection.connector}, and the step needs ${step.service}`;
  report(automation.document.diagnostic('WB5002', path, message, { help: `name a connection to ${step.service}` }));
  return undefined;
}
