/** What the API gives of consents; as in `api-types.ts`. */

/** How the consent to a connection is, `POST /api/v1/oauth/:account/:connection/revoke` */
export interface OAuthConnectionView {
  account: string;
  connection: string;
  connector: string;
  /** The service's name. */
  title: string;
  /** `missing`: nobody has consented. `lacking`: automations need rights that were not given. */
  status: 'missing' | 'granted' | 'lacking' | 'expired' | 'revoked';
  /** Why it ended. */
  reason: string | undefined;
  /** Whose account it is, as the service says. */
  identity: string | undefined;
  /** The rights that the automations need. */
  scopes: string[];
  missing_scopes: string[];
  /** The automations that use it. */
  automations: string[];
  granted_at: string | undefined;
  refreshed_at: string | undefined;
  /** Of the access token, which is refreshed before. */
  expires_at: string | undefined;
  /** Where a person who is signed in to the runner consents. */
  page: string;
}

/** `GET /api/v1/oauth` */
export interface OAuthListView {
  /** Where services send browsers back to; registered there to the letter. */
  redirect_uri: string;
  connections: OAuthConnectionView[];
}

/** `POST /api/v1/oauth/:account/:connection/link` */
export interface OAuthLinkView {
  /** For one person, until it has served. */
  url: string;
  expires_at: string;
}
