import type { Auth } from '../generated/connector.ts';
import type { Credential } from '../secrets/credential.ts';

/** A request's parts that a credential can go to. */
export interface AuthTarget {
  headers: { [name: string]: string };
  url: URL;
}

/**
 * Puts the credential into a request. This is the only place where a secret field is read, and it is called after the
 * request's host was found among those that the credential may be sent to. A field that the connection does not have
 * adds nothing.
 */
export function applyAuth(auth: Auth, { fields }: Credential, target: AuthTarget): void {
  switch (auth.type) {
    case 'api_key': {
      const key = fields[auth.field];
      if (key === undefined) return;
      const value = (auth.prefix ?? '') + key;
      if (auth.in === 'header') target.headers[auth.name.toLowerCase()] = value;
      else target.url.searchParams.set(auth.name, value);
      return;
    }
    case 'bearer': {
      const token = fields[auth.field];
      if (token !== undefined) target.headers['authorization'] = `Bearer ${token}`;
      return;
    }
    case 'basic': {
      const [username, password] = [fields[auth.username], fields[auth.password]];
      if (username === undefined && password === undefined) return;
      const pair = Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64');
      target.headers['authorization'] = `Basic ${pair}`;
    }
  }
}
