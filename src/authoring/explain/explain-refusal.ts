import type { WebhookTrigger } from '../../generated/plan.ts';
import type { SchemaIssue } from '../../json/schema-issue.ts';
import { compileSchema } from '../../json/schema.ts';
import { isJsonObject, ownProperty, type Json, type JsonObject } from '../../json/value.ts';
import { nearestName } from '../../diagnostics/nearest-name.ts';
import type { Explanation, Finding } from './explain-run.ts';
import { shown } from './why-nothing.ts';

/** A delivery that a webhook refused. */
export interface RefusedDelivery {
  id: string;
  account: string;
  automation: string;
  status: number;
  reason: string;
  /** What came, where it can be read. */
  body: Json | undefined;
  /** It was longer than what is kept. */
  cut: boolean;
}

/** What the webhook that is deployed now makes of the delivery. */
export interface TakenNow {
  webhook: Pick<WebhookTrigger, 'body' | 'verify'>;
  /** In what it does not fit; empty where it would be taken. */
  issues: readonly SchemaIssue[];
  /** The consent without which it starts no runs, and how to give it. */
  owed: string | undefined;
}

/** Explains why a delivery was refused: what in it differs from what the webhook wants, and what to edit. */
export function explainRefusal(refused: RefusedDelivery, now: TakenNow | undefined): Explanation {
  const { account, automation, status, reason } = refused;
  const headline = `${account}/${automation} answered ${status}: ${reason}`;
  if (now === undefined) {
    const edit = ['the webhook is not deployed any more: deploy it, or tell the sender'];
    return { headline, findings: [{ step: undefined, what: 'no webhook takes it now', because: [], edit }] };
  }
  const findings = status === 400 && refused.body !== undefined ? misfits(refused, now) : [byStatus(refused, now)];
  return { headline, findings };
}

function misfits(refused: RefusedDelivery, { webhook, issues }: TakenNow): Finding[] {
  const replay = refused.cut
    ? 'then let the sender send it again: it was longer than what is kept'
    : `then take it once more: waybill refusals replay ${refused.id}`;
  if (issues.length === 0) {
    const what = 'what is deployed now takes it';
    return [{ step: undefined, what, because: [], edit: [replay.replace(/^then /, '')] }];
  }
  return issues.map((issue): Finding => {
    const [, part = '', ...path] = issue.pointer.split('/');
    const what = `the ${[part, ...path].join('.')} ${issue.message}`;
    const file = `automations/${refused.account}/${refused.automation}.json`;
    const meant = part === 'body' && path.length === 0 ? propertyMeant(issue, refused.body, webhook.body) : undefined;
    const sender = `if the automation is right, let the sender change what it sends`;
    if (meant === undefined) {
      const edit = [`if the sender is right, change \`trigger.webhook.${part}\` in ${file}`, sender, replay];
      return { step: undefined, what, because: whatCame(refused.body, part, path), edit };
    }
    const { wanted, came, value } = meant;
    return {
      step: undefined,
      what,
      because: [`the body had \`${came}\`, not \`${wanted}\`: ${shown(value)}`],
      edit: [
        `if the sender is right, write \`${came}\` for \`${wanted}\` in \`trigger.webhook.body\` of ${file}, and \`trigger.body.${came}\` where it is read`,
        sender,
        replay,
      ],
    };
  });
}

/** What came in the place of a property that is missing: one that nobody asked for, of a like name or of the right kind. */
function propertyMeant(
  { keyword, property }: SchemaIssue,
  body: Json | undefined,
  schema: JsonObject,
): { wanted: string; came: string; value: Json } | undefined {
  if (keyword !== 'required' || property === undefined || body === undefined || !isJsonObject(body)) return undefined;
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const others = Object.keys(body).filter((name) => !Object.hasOwn(properties, name));
  const wantedSchema = ownProperty(properties, property);
  const fits = wantedSchema !== undefined && isJsonObject(wantedSchema) ? compileSchema(wantedSchema) : undefined;
  const alike = others.filter((name) => fits === undefined || fits(body[name] ?? null).length === 0);
  const came = nearestName(property, alike) ?? (alike.length === 1 ? alike[0] : undefined);
  return came === undefined ? undefined : { wanted: property, came, value: body[came] ?? null };
}

function whatCame(body: Json | undefined, part: string, path: readonly string[]): string[] {
  if (part !== 'body' || body === undefined) return [];
  const found = path.reduce<Json | undefined>((inner, key) => {
    if (Array.isArray(inner)) return inner[Number(key)];
    return inner !== undefined && isJsonObject(inner) ? ownProperty(inner, key) : undefined;
  }, body);
  return found === undefined ? [] : [`there came ${shown(found)}`];
}

function byStatus({ id, status, account, reason }: RefusedDelivery, { webhook, owed }: TakenNow): Finding {
  const { verify } = webhook;
  // Without a key to open, a person had to consent first.
  if (status === 503 && (owed !== undefined || verify === 'none')) {
    const edit = [...(owed === undefined ? [] : [owed]), `then take it once more: waybill refusals replay ${id}`];
    return { step: undefined, what: owed === undefined ? 'a consent was owed' : reason, because: [], edit };
  }
  const connection = verify === 'none' ? 'CONNECTION' : verify.connection;
  const edit = (ADVICE[status] ?? []).map((line) =>
    line.replaceAll('ACCOUNT', account).replaceAll('CONNECTION', connection),
  );
  return { step: undefined, what: reason, because: [], edit };
}

const ADVICE: { [status: number]: string[] } = {
  400: ['the sender has to send JSON or a form that is whole: look at what came with waybill refusals show'],
  401: [
    'is the key of the connection the one that the sender signs with? Give it anew: waybill connect ACCOUNT CONNECTION --web',
    'was the key changed at the sender, and the old one is still here?',
    'does a proxy change the body on its way, or the address? The signature is of the bytes as they were sent',
    'is the clock of the runner right? Old signatures are refused',
    'if you do not know the sender: it was right to refuse it',
  ],
  413: [
    'let the sender send less at a time; the body was not kept, so it has to send it again',
    'if it cannot, let it send where the data is, and have a step read it there',
  ],
  415: ['let the sender send application/json or application/x-www-form-urlencoded, and not packed'],
  503: [
    'the runner could not open the key of the connection: waybill doctor says why',
    'otherwise give the credential anew: waybill connect ACCOUNT CONNECTION --web',
  ],
};
