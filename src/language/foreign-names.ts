const NO_SECRETS = 'no expression reads a secret or the environment: a credential is a connection, which a step names';

/** Names that people bring along from other tools, and what is written here. */
export const FOREIGN_NAMES: ReadonlyMap<string, string> = new Map([
  ['secrets', NO_SECRETS],
  ['env', NO_SECRETS],
  ['process', NO_SECRETS],
  ['$json', 'write `trigger.body`, `trigger.event` or `steps.<id>`'],
  ['$node', 'write `steps.<id>`'],
  ['Date', 'an expression has no clock; the functions of dates begin with `date.`'],
  ['Math', 'the functions of numbers begin with `number.`'],
  ['JSON', 'write `json.parse(x)` or `json.text(x)`'],
]);
