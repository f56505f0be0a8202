/** What the API gives of who may use it, and of what they did; as in `api-types.ts`. */
import type { Role } from './access/roles.ts';

/** `GET /api/v1/me` */
export interface MeView {
  /** Of the token; `owner` is the one that the runner makes at its start. */
  id: string;
  name: string;
  role: Role;
  accounts: 'all' | readonly string[];
  /** Roles in single accounts that are more than `role`. */
  account_roles: { [account: string]: Role };
  /** When the token or the session ends; absent where that is when the runner does. */
  expires_at: string | undefined;
  /** What a signed-in browser sends as `X-CSRF-Token` to change something. */
  csrf: string | undefined;
}

export interface TokenView {
  id: string;
  name: string;
  role: string;
  accounts: 'all' | readonly string[];
  /** Roles in single accounts that are more than `role`. */
  account_roles: { [account: string]: string };
  status: 'usable' | 'expired' | 'revoked';
  created_at: string;
  /** Id of the token that it was made with. */
  created_by: string;
  expires_at: string;
  revoked_at: string | undefined;
}

/** `POST /api/v1/tokens` */
export interface NewTokenView extends TokenView {
  /** Shown this once. */
  token: string;
}

/** `GET /api/v1/tokens` */
export interface TokenListView {
  tokens: TokenView[];
}

/** `POST /api/v1/connect-links` */
export interface ConnectLinkView {
  account: string;
  connection: string;
  /** Path of the page with its secret part, from the server's address on. Shown this once. */
  path: string;
  /** The whole address, where the operator says how the runner is reached. */
  url: string | undefined;
  expires_at: string;
}

/** `GET /api/v1/audit` */
export interface AuditListView {
  entries: {
    id: number;
    at: string;
    /** Who: id and name of the token, and its role then. */
    actor: string;
    name: string;
    role: string;
    /** What: the route that was called. */
    action: string;
    /** To what: what the path and the body name. */
    target: string;
    account: string | undefined;
    /** HTTP status of the answer. */
    status: number;
    /** IP address that it came from. */
    address: string;
  }[];
  /** Where there are older ones: `before` of the next page. */
  next: number | undefined;
}
