import type { Severity } from './diagnostic.ts';

/** What a diagnostic code means. Codes are stable: one that is no longer used is never given to something else. */
export interface CodeEntry {
  title: string;
  severity: Severity;
  /** Why it is a finding, in a sentence or two; the documentation shows it. */
  explanation: string;
}

/** Every code. WB1: syntax and schema. WB2: references. WB3: mappings. WB4: risky formats, sensitive data. WB5: accounts, connections, secrets. WB6: delivery. WB7: workspace. */
export const CODES = {
  WB1001: error('broken JSON', 'The file is not JSON (RFC 8259), so nothing in it can be read.'),
  WB1002: error(
    'duplicate key',
    'A key stands twice in one object. JSON readers keep one of them, and not all the same one.',
  ),
  WB1003: error(
    'does not fit the schema',
    'The file does not fit the contract in `schemas/`: a property is missing, unknown or of another type.',
  ),
  WB1004: error('number too precise', 'A double cannot hold the number, so it would be changed without a word.'),
  WB1005: error(
    'file too large',
    'Files of a workspace are read by people; one above the limit is most likely there by mistake.',
  ),
  WB1006: error('file cannot be read', 'The file is not UTF-8 text, is a symbolic link, or may not be read.'),
  WB1007: error('invalid JSON Schema', 'A schema in the automation is not a valid JSON Schema (2020-12).'),
  WB1008: error(
    'expression syntax',
    'The expression cannot be read, or uses a part of JavaScript that is not in the language.',
  ),
  WB1009: warning(
    'schema without a type',
    'A schema with `properties` and without `type` demands something of objects alone: a text fits it too. What is read of such a value is unknown.',
  ),
  WB1010: error(
    'odd file name',
    'Names of accounts, automations and connections stand in addresses, commands and logs. A name with other characters than plain letters, digits, `-`, `_` and `.` would have to be written differently in each, or looks like another one.',
  ),
  WB2001: error('unknown connector', 'No built-in connector and none of the workspace has this name.'),
  WB2002: error('unknown action', 'The connector has no action of this name.'),
  WB2003: error('unknown step', 'The expression reads the output of a step that does not exist.'),
  WB2004: error('step not run yet', 'The expression reads the output of a step that runs later, or of its own.'),
  WB2005: error('unknown name', 'The expression begins with a name that does not exist here.'),
  WB2006: error('unknown field', 'The value is known not to have this field.'),
  WB2007: error('duplicate step', 'Two steps have the same id, so a reference could mean either.'),
  WB2008: error('unknown function', 'The library has no such function or method.'),
  WB2009: error(
    'step out of reach',
    'The step is done for each item of a loop, or at the same time as this one, so it has no one output here.',
  ),
  WB2010: warning('unreachable step', 'Every run ends before it comes to this step.'),
  WB2011: warning('constant condition', 'The condition is the same in every run, so one of its ways is never gone.'),
  WB2012: error(
    'stop among others',
    'A run cannot be stopped in a branch or a parallel loop, while other steps are under way.',
  ),
  WB2013: error('name taken', 'The name of a loop already means something else in expressions.'),
  WB2014: error(
    'unknown part of a connector',
    'The connector names a field or an action that it does not have, or reads a secret field outside of its auth.',
  ),
  WB2015: error('unknown automation', 'The step calls an automation that the account does not have.'),
  WB2016: error(
    'automation not called by hand',
    'Only an automation with a manual trigger says what a run of it is given, so only such a one can be called.',
  ),
  WB2017: error('calls in a circle', 'Automations that call one another in a circle would never end.'),
  WB2018: error(
    'called automation has errors',
    'A plan names the plans of the automations that it calls, and one with errors has no plan.',
  ),
  WB2019: error(
    'mark lost in a call',
    'Sensitive data goes to an input that is not marked as sensitive, so the called automation could send it anywhere.',
  ),
  WB2020: error(
    'unknown webhook scheme',
    'The connector has no webhook scheme of this name, by which a request could be proved genuine.',
  ),
  WB2021: error(
    'webhook scheme cannot be used',
    'The scheme names a field that the connection does not have, or does not say where something stands that it signs.',
  ),
  WB2022: error('unknown trigger', 'The connector has no trigger of this name.'),
  WB2024: error(
    'unknown table',
    'The step reads a lookup table that is not in `tables/`, that is broken, or that only a run could name.',
  ),
  WB2025: error(
    'broken table',
    'The file in `tables/` is not CSV with a header, or a cell does not hold what its column says. No row is guessed at.',
  ),
  WB2026: error(
    'table out of place',
    'The table of an account stands in the place of `tables/<name>.csv`, which says what its columns are for all accounts.',
  ),
  WB2027: error(
    'webhook trigger cannot be used',
    'The trigger of the connector names a webhook scheme or a subscription that the connector does not have, or the connector has no connection that could hold the address.',
  ),
  WB2028: error(
    'key without a source',
    'Nothing gives the key with which the deliveries are proved: no field of the connection, no secret of the subscription, no handshake.',
  ),
  WB3001: error('missing required field', 'The action cannot be called without this field.'),
  WB3002: error('extra field', 'The action has no such field; the value would be lost.'),
  WB3003: error('wrong type', 'The value can never fit the field, or not on every path.'),
  WB3004: error('may be absent', 'The value may be absent where one is needed.'),
  WB3005: error(
    'type not known',
    'Nothing is known of the value, so nobody can say that it fits. Say what it must be with `expect`.',
  ),
  WB3006: error('wrong operand', 'The operator or method does not work on a value of this type.'),
  WB3007: error(
    'comparison that is always the same',
    'The two values can never be equal, so the comparison says nothing: most likely a name is misspelt.',
  ),
  WB4001: error(
    'risky format',
    'A text is given where a date, a time, a phone number, a currency or an amount is required. What it means depends on who wrote it: convert it, naming the pattern, zone, region or currency, or accept it as it is with a reason.',
  ),
  WB4002: warning(
    'acceptance without need',
    'The step accepts a field as it comes which has no such risk, or is not there.',
  ),
  WB4003: error(
    'sensitive data to a connector',
    'A schema marks the data as personal or secret, and the account does not say that it may go to this service.',
  ),
  WB4004: error(
    'sensitive data in an address or a message',
    'Addresses and messages are logged on the way and shown to people; sensitive data may not stand in them.',
  ),
  WB5001: error(
    'connection missing',
    'The account has no connection through which the service could be called, or its webhooks proved genuine.',
  ),
  WB5002: error('connection of another connector', 'The named connection belongs to another service.'),
  WB5003: error('connection fields', 'The fields of the connection do not fit what the connector asks for.'),
  WB5004: error('secret missing', 'The connection needs a credential and `secrets/` has none.'),
  WB5005: error(
    'secret file refused',
    'The secrets file is not as it must be: not encrypted, for another account, or damaged.',
  ),
  WB5006: error(
    'secret for other recipients',
    'The secrets file is encrypted to other keys than those in account.json.',
  ),
  WB5007: error(
    'settings do not fit',
    'What the account sets for a shared automation does not fit the schema of its settings.',
  ),
  WB5008: error(
    'schema of settings',
    'The settings of a shared automation are an object, and a default has to fit its own schema.',
  ),
  WB5009: error(
    'secret in the settings',
    'A setting is marked as secret. Settings stand in git and in the plan for everyone to read; credentials belong into connections.',
  ),
  WB5010: error(
    'settings of an own automation',
    'Only an automation of `automations/shared` has settings: an account sets them where it installs it.',
  ),
  WB5011: error(
    'connection not asked for',
    'The account names a connection for a shared automation which the automation does not ask for.',
  ),
  WB5013: error(
    'no such zone or locale',
    "The account's time zone or locale does not exist, so no date and no number could be written or read with it.",
  ),
  WB5017: error(
    'OAuth that cannot work',
    'A part of the connector’s OAuth 2.0 is missing, has no effect, or leaves the code unprotected.',
  ),
  WB5018: note(
    'consent at the runner',
    'The connection is one of OAuth 2.0: a person consents at the service, and the runner keeps what was granted. Git cannot show whether that was done. Until then the runner keeps the automations that need it stalled, with the link; all others serve.',
  ),
  WB5019: error(
    'shared credential not for this account',
    'The connection names a shared credential that is not in waybill.json, is one of another service, or does not list the account.',
  ),
  WB5020: error(
    'host not sealed',
    'A credential is sealed with the hosts that it may be sent to. The connector, or a field of the connection, names a host that is not among them, so the runner would refuse to send it there.',
  ),
  WB5021: error(
    'credential in plain sight',
    'A text in the workspace looks like a key of a service, or like what a connector keeps secret. Git remembers it: change it at the service, and give it with `waybill connect`. One that is public is accepted in waybill.json, with the reason.',
  ),
  WB5022: error(
    'sealed with another',
    'Two secrets files have an IV or a wrapped data key in common, so one was copied from the other: under another name or account it does not open. Each credential is sealed for itself.',
  ),
  WB5023: error(
    'sops rules out of step',
    'Real sops encrypts a new file by the first rule of .sops.yaml that fits its path. Each account has one of its own, with the recipients of account.json, and each shared credential one with those of waybill.json; a rule that catches more would encrypt its files for others.',
  ),
  WB5024: error(
    'not known before consent',
    'What consent tells of a connection, such as the address of its account, stands where it is needed before: in hosts, limits, schemes of webhooks, or the page of consent. A host that a service names must be one that the connector lists.',
  ),
  WB5025: error(
    'way of auth',
    'A connector with several ways of auth has one that no connection can have, or connections that no way serves: their requests would go without a credential.',
  ),
  WB6001: error(
    'write tried again',
    'An action that writes is to be tried again, and the automation does not say what happens where nobody knows whether it took place.',
  ),
  WB6002: warning(
    'nothing uncertain',
    'The step says what happens to an uncertain write, and its action does not write.',
  ),
  WB6003: error(
    'answer never in time',
    'The sender is to wait for the end of the run, and no run can succeed before the deadline of its answer.',
  ),
  WB6004: error('unknown time zone of a wait', 'The zone in which a step waits for a time of day does not exist.'),
  WB6006: error('cron cannot be read', 'The five fields of the schedule are not as cron has them.'),
  WB6007: error('schedule without a time', 'There is no day on which the schedule would be due, such as February 30.'),
  WB6008: error('no such time zone', 'The time zone of the schedule does not exist.'),
  WB6010: warning(
    'signature not looked at',
    'The webhook reads a header of a service that signs its requests, and does not verify the signature: whoever knows the address may send.',
  ),
  WB6011: warning(
    'repeat not known',
    'The service sends again what was not answered in time, its requests have no id of their own, and the automation writes: what is sent twice is then written twice.',
  ),
  WB6012: error(
    'no key for repeats',
    'What `dedupe` gives may be absent, or is no text and no number, so no repeat can be known by it.',
  ),
  WB6013: error(
    'nothing to verify with',
    'The connection does not have the field with which the scheme proves requests.',
  ),
  WB6014: error(
    'first poll not decided',
    'When a service is asked for the first time, all that it has is new. Whether that starts runs must be said.',
  ),
  WB6015: warning(
    'more calls than the service takes',
    'At worst, a run makes so many calls that the limits of the service stretch it over more than an hour.',
  ),
  WB6016: warning(
    'sample does not fit',
    'The sample of an action is not as the schema of its output says, so one of them is wrong.',
  ),
  WB6017: error(
    'address outside of the hosts',
    'The connector sends requests to a host that it does not list, or without https. No request would ever be sent.',
  ),
  WB6018: error(
    'part without use',
    'A part of the connector can have no effect: pages that the request does not ask for, or a key that is not sent.',
  ),
  WB6019: error(
    'not for what is sent',
    'The service sends these events by itself, so there is nothing that could be asked for more often, and nothing that was there before.',
  ),
  WB6020: error(
    'events without a name',
    'The service sends again what it thinks was lost. Where neither the scheme nor the trigger names an event, it would start a second run.',
  ),
  WB6021: error(
    'key goes to another address',
    'The key of the scheme comes to the address of a connection, which serves the triggers of its connector. A plain webhook has an address of its own, and would never learn the key.',
  ),
  WB6030: error('never done in time', 'The step waits longer than its timeout allows, so it fails in every run.'),
  WB6031: warning(
    'time without effect',
    'A step ends at its timeout before the timeout, or the expiry, of something within it is over.',
  ),
  WB6032: warning(
    'more attempts than time',
    'The waits between the attempts of a step may take longer than the timeout of a step around it.',
  ),
  WB6033: error(
    'no key for counting',
    'What the key of `concurrency` gives may be absent, or is no text and no number, so nobody knows with which runs one is counted.',
  ),
  WB7001: error('no workspace', 'The folder has no waybill.json.'),
  WB7002: error('account missing', 'Automations lie in a folder that has no account.json.'),
  WB7003: error('made for a newer Waybill', 'The workspace is made for a newer version than the one that reads it.'),
  WB7004: error(
    'connector name taken',
    'A workspace connector has the name of a built-in one, or another name than its folder.',
  ),
  WB7005: error(
    'test does not fit',
    'The test sends what the trigger would refuse, expects a refusal of what it would take, or names a step that does not exist.',
  ),
  WB7020: error('case name taken', 'Two cases of a test have the same name, so reports could not tell them apart.'),
  WB7021: error(
    'answer does not fit',
    'An answer of a test is several things at once, is for a step that sends no request, or is an output that the action never gives.',
  ),
  WB7025: error(
    'derived values need one another',
    'Values that a connector derives of a credential need one another, so none of them can be made.',
  ),
  WB7006: error(
    'shared is no account',
    '`automations/shared` holds what accounts install, so nobody can be called so.',
  ),
  WB7007: error(
    'unknown shared automation',
    'The account installs an automation that `automations/shared` does not have.',
  ),
  WB7008: error(
    'automation twice',
    'The account installs a shared automation and has one of its own of the same name, so it would have two of one address.',
  ),
  WB7009: warning(
    'file out of place',
    'The file lies in a folder of the workspace, but not where anything is read: an automation of this kind never runs.',
  ),
} as const satisfies { [code: string]: CodeEntry };

export type Code = keyof typeof CODES;

function warning(title: string, explanation: string): CodeEntry {
  return { title, severity: 'warning', explanation };
}

function note(title: string, explanation: string): CodeEntry {
  return { title, severity: 'note', explanation };
}

function error(title: string, explanation: string): CodeEntry {
  return { title, severity: 'error', explanation };
}
