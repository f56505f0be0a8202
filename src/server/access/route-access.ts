import type { Role } from './roles.ts';

/**
 * How the guard knows which accounts a call concerns.
 *
 * - `listed`: none yet; the handler shows those of the caller's accounts alone.
 * - `path`, `body`: the path or the body names the account; a body that names none concerns all.
 * - `run`, `refusal`, `token`: what the path's `:id` names belongs to them.
 * - `none`: nothing of any account is shown or changed.
 */
export type AccountsFrom = 'listed' | 'path' | 'body' | 'run' | 'refusal' | 'token' | 'none';

export interface ApiAccess {
  /** The least role that may. */
  role: Role;
  accounts: AccountsFrom;
  /** What the route does, for people. */
  does: string;
}

/** For everybody who knows the address. */
export interface OpenAccess {
  /** What guards it instead. */
  open: string;
}

export type RouteAccess = ApiAccess | OpenAccess;

const HOOK: OpenAccess = { open: 'the secret part of the path' };

/** What each route of the server asks for. A route that does not stand here does not start: `guard.ts`. */
export const ROUTE_ACCESS: { readonly [route: string]: RouteAccess } = {
  'GET /health': { open: 'it says how many automations are deployed, and nothing else' },
  'GET /hooks/:account/:automation/:secret': HOOK,
  'POST /hooks/:account/:automation/:secret': HOOK,
  'POST /push': { open: 'the signature of the host of the repository' },
  'GET /': { open: 'without a session it leads to the page for signing in' },
  'GET /sign-in': { open: 'it shows nothing' },
  'POST /sign-in': { open: 'the token in the form, and a limit on tries' },
  'POST /sign-out': { open: 'it ends the session that it is called with' },

  'GET /api/v1/openapi.json': { role: 'viewer', accounts: 'none', does: 'Describes the API.' },
  'GET /api/v1/me': { role: 'viewer', accounts: 'none', does: 'Says who the caller is and what the token may do.' },
  'GET /api/v1/runs': { role: 'viewer', accounts: 'listed', does: 'Lists runs, newest first.' },
  'GET /api/v1/runs/export': {
    role: 'viewer',
    accounts: 'listed',
    does: 'Gives runs with their steps as JSON Lines, newest first.',
  },
  'GET /api/v1/runs/:id': { role: 'viewer', accounts: 'run', does: 'Shows a run step by step.' },
  'GET /api/v1/runs/:id/explanation': { role: 'viewer', accounts: 'run', does: 'Says why a run came out as it did.' },
  'POST /api/v1/runs': { role: 'operator', accounts: 'body', does: 'Starts a run of an automation by hand.' },
  'GET /api/v1/events': {
    role: 'viewer',
    accounts: 'listed',
    does: 'Tells what happens to runs, as server-sent events.',
  },
  'GET /api/v1/storage/:account': { role: 'viewer', accounts: 'path', does: 'Lists what an account stored, by key.' },
  'GET /api/v1/storage/:account/:key': { role: 'viewer', accounts: 'path', does: 'Shows what is stored under a key.' },
  'GET /api/v1/refusals': { role: 'viewer', accounts: 'listed', does: 'Lists refused deliveries, newest first.' },
  'GET /api/v1/refusals/:id': {
    role: 'viewer',
    accounts: 'refusal',
    does: 'Shows a refused delivery with its body.',
  },
  'POST /api/v1/refusals/:id/replay': {
    role: 'operator',
    accounts: 'refusal',
    does: 'Takes a refused delivery once more.',
  },
  'GET /api/v1/polls': { role: 'viewer', accounts: 'listed', does: 'Shows how far polls have come.' },
  'GET /api/v1/deployments': { role: 'viewer', accounts: 'listed', does: 'Lists deployments, newest first.' },
  'GET /api/v1/deploy': { role: 'viewer', accounts: 'listed', does: 'Shows how accounts are deployed.' },
  'POST /api/v1/deploy/:action': {
    role: 'editor',
    accounts: 'body',
    does: 'Deploys now, stays at a commit, suspends or resumes.',
  },
  'GET /api/v1/hooks/:account/:automation': {
    role: 'operator',
    accounts: 'path',
    does: "Shows a webhook's address with its secret part.",
  },
  'POST /api/v1/hooks/:account/:automation/rotate': {
    role: 'editor',
    accounts: 'path',
    does: 'Gives a webhook a new address; the old one goes on for a while.',
  },
  'GET /api/v1/tokens': { role: 'admin', accounts: 'listed', does: 'Lists tokens, newest first.' },
  'POST /api/v1/tokens': { role: 'admin', accounts: 'body', does: 'Makes a token and shows it, this once.' },
  'DELETE /api/v1/tokens/:id': { role: 'admin', accounts: 'token', does: 'Revokes a token and ends its sessions.' },
  'GET /api/v1/audit': {
    role: 'admin',
    accounts: 'listed',
    does: 'Lists the calls that changed something, newest first.',
  },
};
