import { nearestName } from '../../diagnostics/nearest-name.ts';
import type { Connector, ConnectorTrigger } from '../../generated/connector.ts';
import type { JsonObject } from '../../json/value.ts';
import type { AutomationContext } from '../context.ts';
import { checkValue, type CheckedMapping } from '../flow/value-checker.ts';
import { missingConnector } from '../missing-connector.ts';
import { firstScope, onlyNames } from '../scope.ts';
import type { Settings } from '../settings.ts';

/** What of a service starts the automation, where that is known. */
export interface ResolvedTrigger {
  service: string;
  connector: Connector;
  trigger: ConnectorTrigger;
  /** Of `with`. */
  mappings: CheckedMapping[];
}

const PATH = ['trigger'];
const NO_INPUT: JsonObject = { type: 'object', additionalProperties: false };

/** Finds the connector's trigger of `on`, and decides whether `with` fits. `undefined` where there is none. */
export function resolveTrigger(
  context: AutomationContext,
  settings: Settings | undefined,
): ResolvedTrigger | undefined {
  const { automation, catalog, report } = context;
  const { on, with: given = {} } = automation.value.trigger;
  if (on === undefined) return undefined;
  const [service = '', name = ''] = on.split('.');
  const connector = catalog.get(service);
  const place = [...PATH, 'on'];
  if (connector === undefined) {
    const { message, help } = missingConnector(service, catalog);
    report(automation.document.diagnostic('WB2001', place, message, { help }));
    return undefined;
  }
  const triggers = connector.triggers ?? {};
  const trigger = Object.hasOwn(triggers, name) ? triggers[name] : undefined;
  if (trigger === undefined) {
    const help = suggestion(name, Object.keys(triggers), `triggers of ${service}`);
    report(automation.document.diagnostic('WB2022', place, `${connector.title} has no trigger \`${name}\``, { help }));
    return undefined;
  }
  if (trigger.poll === undefined) checkSent(context, connector);
  else checkFirstPoll(context);
  // `with` is made before anything has happened.
  const scope = onlyNames(firstScope(context, settings), ['account', 'settings']);
  const { mappings } = checkValue(context, scope, given, [...PATH, 'with'], trigger.input ?? NO_INPUT);
  return { service, connector, trigger, mappings };
}

function checkFirstPoll({ automation, report }: AutomationContext): void {
  if (automation.value.trigger.first !== undefined) return;
  const message = 'nothing says what becomes of all that is there at the first poll';
  const help = 'add "first": "from_now", or "all" for a run for each';
  report(automation.document.diagnostic('WB6014', [...PATH, 'on'], message, { help }));
}

/** What says how a service is asked says nothing of one that sends. */
function checkSent({ automation, report }: AutomationContext, { title }: Connector): void {
  const { document, value } = automation;
  for (const name of ['every', 'first'] as const) {
    if (value.trigger[name] === undefined) continue;
    const path = [...PATH, name];
    const range = document.rangeOf(path, 'key');
    const message = `\`${name}\` is for triggers that ask, and ${title} sends this by itself`;
    report(document.diagnostic('WB6019', path, message, { help: 'leave it out', range }));
  }
}

function suggestion(name: string, known: string[], what: string): string {
  const near = nearestName(name, known);
  return near === undefined ? `${what}: ${known.join(', ') || 'none'}` : `did you mean \`${near}\`?`;
}
