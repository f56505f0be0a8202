import type { Field } from '../../generated/connector.ts';
import { requiredSecrets } from '../../connectors/connection-fields.ts';
import { rewriteConnection } from '../../secrets/connection-file.ts';
import { EXIT, NotFoundError, UsageError } from '../exit.ts';
import type { KeyOptions } from '../options.ts';
import { findSecretFile, openSecretFile, readSecretFiles, writeSecretFile, type SecretFile } from '../secret-files.ts';
import { askSecretField, checkSecretFields, readSecretValue } from '../secret-input.ts';

export interface ValueOptions extends KeyOptions {
  workspace?: string;
}

export interface SetOptions extends ValueOptions {
  stdin?: true;
}

/** `waybill secrets get ACCOUNT CONNECTION FIELD`: one secret, in the clear. */
export async function get(place: [string, string, string], options: ValueOptions): Promise<number> {
  const [account, connection, field] = place;
  const file = findSecretFile(await readSecretFiles(options), account, connection);
  requireField(file, field);
  const { credential } = await openSecretFile(file, options);
  const value = Object.hasOwn(credential.fields, field) ? credential.fields[field] : undefined;
  if (value === undefined) throw new NotFoundError(`${file.path} has no ${field}`, `fields: ${fieldsIn(file)}`);
  console.log(value);
  return EXIT.clean;
}

/** `waybill secrets set ACCOUNT CONNECTION FIELD`: changes one field; the others keep their ciphertext. */
export async function set(place: [string, string, string], options: SetOptions): Promise<number> {
  const [account, connection, name] = place;
  const secrets = await readSecretFiles(options);
  const file = findSecretFile(secrets, account, connection);
  const field = requireField(file, name);
  const opened = await openSecretFile(file, options);
  const value = options.stdin === true ? await readSecretValue(process.stdin) : await askSecretField(field);
  if (value === '') throw new UsageError('there is no value', `to take the field away: waybill secrets unset`);
  const fields = checkSecretFields(file.spec, file.fields, { ...opened.credential.fields, [name]: value });
  await writeSecretFile(secrets, file, rewriteConnection(opened, { ...opened.credential, fields }, new Date()));
  console.log(`Changed ${name}. Commit ${file.path}.`);
  return EXIT.clean;
}

/** `waybill secrets unset ACCOUNT CONNECTION FIELD`: takes away a field that the connector can do without. */
export async function unset(place: [string, string, string], options: ValueOptions): Promise<number> {
  const [account, connection, name] = place;
  const secrets = await readSecretFiles(options);
  const file = findSecretFile(secrets, account, connection);
  const opened = await openSecretFile(file, options);
  const { [name]: removed, ...fields } = opened.credential.fields;
  if (removed === undefined) throw new NotFoundError(`${file.path} has no ${name}`, `fields: ${fieldsIn(file)}`);
  if (requiredSecrets(file.spec, file.fields).includes(name))
    throw new UsageError(`${file.connector.title} needs ${name}`, 'give it another value with waybill secrets set');
  await writeSecretFile(secrets, file, rewriteConnection(opened, { ...opened.credential, fields }, new Date()));
  console.log(`Removed ${name}. Commit ${file.path}; git remembers the old value, so change it at the service too.`);
  return EXIT.clean;
}

function requireField({ spec, connector }: SecretFile, name: string): Field {
  const field = Object.hasOwn(spec.fields, name) ? spec.fields[name] : undefined;
  if (field?.secret === true) return field;
  const known = Object.entries(spec.fields).flatMap(([one, { secret }]) => (secret === true ? [one] : []));
  throw new UsageError(
    `${connector.title} has no secret field ${name}`,
    `secret fields: ${known.join(', ') || 'none'}`,
  );
}

function fieldsIn(file: SecretFile): string {
  return file.inspected.fields.join(', ') || 'none';
}
