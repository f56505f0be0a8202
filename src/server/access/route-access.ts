import type { ANSWER_SCHEMAS } from '../../generated/answer-schemas.ts';
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
  /** What it answers: a type of `api-types.ts` or `access-types.ts`, or another type of content. */
  answer: keyof typeof ANSWER_SCHEMAS | `${string}/${string}`;
}

/** For everybody who knows the address. */
export interface OpenAccess {
  /** What guards it instead. */
  open: string;
}

export type RouteAccess = ApiAccess | OpenAccess;

const HOOK: OpenAccess = { open: 'the secret part of the path' };
const CONNECT: OpenAccess = { open: 'the secret part of the path, for one connection and a while' };
const CONSENT: OpenAccess = { open: 'the secret part of the link' };
const APPROVAL: OpenAccess = { open: 'the proof in the path' };

/** What each route of the server asks for. A route that does not stand here does not start: `guard.ts`. */
export const ROUTE_ACCESS: { readonly [route: string]: RouteAccess } = {
  'GET /health': { open: 'it says how many automations are deployed, and nothing else' },
  'GET /hooks/:account/:automation/:secret': HOOK,
  'POST /hooks/:account/:automation/:secret': HOOK,
  'GET /approvals/:run/:step/:proof': APPROVAL,
  'POST /approvals/:run/:step/:proof': APPROVAL,
  'GET /oauth/start/:link': CONSENT,
  'POST /oauth/start/:link': CONSENT,
  'GET /oauth/start/:account/:connection': { open: 'a session of the role editor, for that account' },
  'GET /oauth/callback': { open: 'the state, which is good once, for a while and in one browser' },
  'POST /push': { open: 'the signature of the host of the repository' },
  'GET /': { open: 'without a session it leads to the page for signing in' },
  'GET /sign-in': { open: 'it shows nothing' },
  'POST /sign-in': { open: 'the token in the form, and a limit on tries' },
  'GET /connect': { open: 'without a session it leads to the page for signing in' },
  'POST /connect': { open: 'the session, its role in the account, and what only its own page knows' },
  'GET /connect/:secret': CONNECT,
  'POST /connect/:secret': CONNECT,
  'POST /sign-out': { open: 'it ends the session that it is called with' },

  'GET /api/v1/openapi.json': {
    role: 'viewer',
    accounts: 'none',
    does: 'Describes the API.',
    answer: 'application/json',
  },
  'GET /api/v1/me': {
    role: 'viewer',
    accounts: 'none',
    does: 'Says who the caller is and what the token may do.',
    answer: 'MeView',
  },
  'GET /api/v1/runs': { role: 'viewer', accounts: 'listed', does: 'Lists runs, newest first.', answer: 'RunListView' },
  'GET /api/v1/runs/export': {
    role: 'viewer',
    accounts: 'listed',
    does: 'Gives runs with their steps as JSON Lines, newest first.',
    answer: 'application/x-ndjson',
  },
  'GET /api/v1/runs/:id': {
    role: 'viewer',
    accounts: 'run',
    does: 'Shows a run step by step.',
    answer: 'RunDetailView',
  },
  'GET /api/v1/runs/:id/explanation': {
    role: 'viewer',
    accounts: 'run',
    does: 'Says why a run came out as it did.',
    answer: 'ExplanationView',
  },
  'POST /api/v1/runs': {
    role: 'operator',
    accounts: 'body',
    does: 'Starts a run of an automation by hand.',
    answer: 'RunSummaryView',
  },
  'POST /api/v1/runs/:id/cancel': { role: 'operator', accounts: 'run', does: 'Ends a run.', answer: 'RunSummaryView' },
  'POST /api/v1/runs/cancel': {
    role: 'operator',
    accounts: 'body',
    does: 'Ends runs that have not ended.',
    answer: 'DecidedRunsView',
  },
  'POST /api/v1/runs/:id/replay': {
    role: 'operator',
    accounts: 'run',
    does: 'Runs once more what a run was given, from the start or from a step.',
    answer: 'RunSummaryView',
  },
  'POST /api/v1/runs/replay': {
    role: 'operator',
    accounts: 'body',
    does: 'Runs once more, from the start, what ended so.',
    answer: 'DecidedRunsView',
  },
  'POST /api/v1/runs/:id/retry': {
    role: 'operator',
    accounts: 'run',
    does: 'Lets a run that failed go on from what failed.',
    answer: 'RunSummaryView',
  },
  'POST /api/v1/runs/retry': {
    role: 'operator',
    accounts: 'body',
    does: 'Lets runs that failed go on from what failed.',
    answer: 'DecidedRunsView',
  },
  'POST /api/v1/runs/:id/resolve': {
    role: 'operator',
    accounts: 'run',
    does: 'Says whether a step in doubt took place.',
    answer: 'RunSummaryView',
  },
  'POST /api/v1/runs/:id/approvals': {
    role: 'operator',
    accounts: 'run',
    does: 'Approves or rejects what a run waits for.',
    answer: 'AnsweredView',
  },
  'POST /api/v1/runs/:id/events': {
    role: 'operator',
    accounts: 'run',
    does: 'Tells a run the event that it waits for.',
    answer: 'AnsweredView',
  },
  'GET /api/v1/pauses': {
    role: 'viewer',
    accounts: 'listed',
    does: 'Lists what is paused.',
    answer: 'PauseListView',
  },
  'POST /api/v1/pause': {
    role: 'operator',
    accounts: 'body',
    does: 'Pauses an automation, or all of an account.',
    answer: 'PauseListView',
  },
  'POST /api/v1/resume': { role: 'operator', accounts: 'body', does: 'Ends a pause.', answer: 'PauseListView' },
  'GET /api/v1/events': {
    role: 'viewer',
    accounts: 'listed',
    does: 'Tells what happens to runs, as server-sent events.',
    answer: 'text/event-stream',
  },
  'GET /api/v1/history': {
    role: 'viewer',
    accounts: 'listed',
    does: 'Shows what the runs of each account take, and how long they are kept.',
    answer: 'HistoryView',
  },
  'GET /api/v1/storage/:account': {
    role: 'viewer',
    accounts: 'path',
    does: 'Lists what an account stored, by key.',
    answer: 'StorageListView',
  },
  'GET /api/v1/storage/:account/:key': {
    role: 'viewer',
    accounts: 'path',
    does: 'Shows what is stored under a key.',
    answer: 'StorageEntryView',
  },
  'GET /api/v1/refusals': {
    role: 'viewer',
    accounts: 'listed',
    does: 'Lists refused deliveries, newest first.',
    answer: 'RefusalListView',
  },
  'GET /api/v1/refusals/:id': {
    role: 'viewer',
    accounts: 'refusal',
    does: 'Shows a refused delivery with its body.',
    answer: 'RefusalView',
  },
  'GET /api/v1/refusals/:id/explanation': {
    role: 'viewer',
    accounts: 'refusal',
    does: 'Says why a delivery was refused, and what to change.',
    answer: 'RefusalExplanationView',
  },
  'POST /api/v1/refusals/:id/replay': {
    role: 'operator',
    accounts: 'refusal',
    does: 'Takes a refused delivery once more.',
    answer: 'RunSummaryView',
  },
  'GET /api/v1/polls': {
    role: 'viewer',
    accounts: 'listed',
    does: 'Shows how far polls have come.',
    answer: 'PollListView',
  },
  'GET /api/v1/subscriptions': {
    role: 'viewer',
    accounts: 'listed',
    does: 'Shows what services are asked to send.',
    answer: 'SubscriptionListView',
  },
  'GET /api/v1/deployments': {
    role: 'viewer',
    accounts: 'listed',
    does: 'Lists deployments, newest first.',
    answer: 'DeploymentListView',
  },
  'GET /api/v1/deploy': {
    role: 'viewer',
    accounts: 'listed',
    does: 'Shows how accounts are deployed.',
    answer: 'DeployView',
  },
  'POST /api/v1/deploy/:action': {
    role: 'editor',
    accounts: 'body',
    does: 'Deploys now, stays at a commit, suspends or resumes.',
    answer: 'DeployView',
  },
  'GET /api/v1/automations/:account/:automation/sample': {
    role: 'viewer',
    accounts: 'path',
    does: 'Shows what a run of the automation could be given.',
    answer: 'SampleView',
  },
  'GET /api/v1/hooks/:account/:automation': {
    role: 'operator',
    accounts: 'path',
    does: 'Shows the address of a webhook, or of a connection, with its secret part.',
    answer: 'HookView',
  },
  'POST /api/v1/hooks/:account/:automation/rotate': {
    role: 'editor',
    accounts: 'path',
    does: 'Gives a webhook, or a connection, a new address; the old one goes on for a while.',
    answer: 'RotatedHookView',
  },
  'GET /api/v1/oauth': {
    role: 'viewer',
    accounts: 'listed',
    does: 'Shows to which connections people have consented.',
    answer: 'OAuthListView',
  },
  'POST /api/v1/oauth/:account/:connection/link': {
    role: 'editor',
    accounts: 'path',
    does: 'Makes a link by which a person consents.',
    answer: 'OAuthLinkView',
  },
  'POST /api/v1/oauth/:account/:connection/revoke': {
    role: 'editor',
    accounts: 'path',
    does: 'Gives back what a person granted.',
    answer: 'OAuthConnectionView',
  },
  'POST /api/v1/connect-links': {
    role: 'editor',
    accounts: 'body',
    does: 'Makes a link to the page on which a credential of a connection is pasted, once.',
    answer: 'ConnectLinkView',
  },
  'GET /api/v1/tokens': {
    role: 'admin',
    accounts: 'listed',
    does: 'Lists tokens, newest first.',
    answer: 'TokenListView',
  },
  'POST /api/v1/tokens': {
    role: 'admin',
    accounts: 'body',
    does: 'Makes a token and shows it, this once.',
    answer: 'NewTokenView',
  },
  'DELETE /api/v1/tokens/:id': {
    role: 'admin',
    accounts: 'token',
    does: 'Revokes a token and ends its sessions.',
    answer: 'TokenView',
  },
  'GET /api/v1/audit': {
    role: 'admin',
    accounts: 'listed',
    does: 'Lists the calls that changed something, newest first.',
    answer: 'AuditListView',
  },
};
