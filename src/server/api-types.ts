/** What the API gives. Instants are ISO 8601 texts in UTC, secrets are redacted; what is `undefined` is left out. */
import type { Json, JsonObject } from '../json/value.ts';
import type { Failure } from '../run/failure.ts';
import type { RunStatus } from '../run/records.ts';

/** A run without what it carried: as it stands in lists and events. */
export interface RunSummaryView {
  id: string;
  account: string;
  automation: string;
  /** Digest. */
  plan: string;
  status: RunStatus;
  failure: Failure | undefined;
  created_at: string;
  started_at: string | undefined;
  finished_at: string | undefined;
  /** Milliseconds from start to end. */
  duration_ms: number | undefined;
  /** The step of another run that called it. */
  parent: { run: string; step: string } | undefined;
  /** The run that it replays. */
  origin: string | undefined;
}

export interface RunView extends RunSummaryView {
  trigger: Json;
  /** In which ways the event is not as its connector says. */
  warnings: string[];
  output: Json | undefined;
}

/** One step of a run as it went; each turn of a loop, and each later try of a step, by itself. */
export interface StepView {
  /** Names the step within the run: `send`, in a loop `each[2].send`, in the second try of a step `route~2.send`. */
  path: string;
  id: string;
  kind: 'action' | 'call' | 'wait' | 'set' | 'switch' | 'for_each' | 'branches' | 'stop' | 'fail';
  /** `<connector>.<action>`, of an action. */
  uses: string | undefined;
  /** The run that it called. */
  called: string | undefined;
  /** Path of the page on which a person decides, while that is open. */
  approval: string | undefined;
  /** Of a later try of a step, such as `route~2`: how, and in which step, the one before failed, and when this one begins. */
  again: { code: string; message: string; step: string; at: string } | undefined;
  /** How many steps stand around it. */
  depth: number;
  /** `pending` where the run has not come to it; `skipped` where it went another way. */
  status: 'pending' | 'running' | 'waiting' | 'succeeded' | 'skipped' | 'failed' | 'uncertain';
  /** What it gave, of a step that calls nothing; an action's is that of its last attempt. */
  output: Json | undefined;
  /** Why it failed, where no attempt says so. */
  failure: Failure | undefined;
  attempts: AttemptView[];
  /** The instant until which the step must end, of one with a time of its own; an action has one for each attempt. */
  ends_by: string | undefined;
  /** Of a loop over many items: stretches whose steps are shown by `?page=`. */
  pages: PageView[] | undefined;
}

/** A stretch of a long loop. */
export interface PageView {
  /** Such as `each[500-999]`. */
  page: string;
  status: 'running' | 'succeeded' | 'failed';
  started_at: string;
  finished_at: string | undefined;
}

export interface AttemptView {
  /** Counts from 1. In an event, -1 is what is waited before a later try of a step. */
  attempt: number;
  input: Json;
  /** What the input takes as JSON in UTF-8, before anything in it is redacted. */
  input_bytes: number;
  output: Json | undefined;
  /** The same of the output. */
  output_bytes: number | undefined;
  /** In which ways the output is not as the action's connector says. */
  warnings: string[] | undefined;
  failure: Failure | undefined;
  started_at: string;
  finished_at: string | undefined;
  duration_ms: number | undefined;
  /** Until when the run waits before the next attempt. */
  retry_at: string | undefined;
  /** Until when a step that waits does so, where that is known. */
  waits_until: string | undefined;
}

/** An attempt that failed, before a retry made the step again. */
export interface RetriedAttemptView extends AttemptView {
  step: string;
}

/** `GET /api/v1/runs/:id` */
export interface RunDetailView {
  run: RunView;
  /** Those of the page that is asked for; without one, all but those in pages. */
  steps: StepView[];
  /** What failed before the run was retried, up to 500. */
  retried: RetriedAttemptView[];
  /** The runs that its steps called, up to 500. */
  called: RunSummaryView[];
  /** What has failed in a run that has not ended: in branches and items whose others are waited for. */
  standing: StandingFailureView[];
}

export interface StandingFailureView {
  /** Names the step that failed. */
  step: string;
  what: string;
  /** What comes of it, and when. */
  comes: string;
}

/** `POST /api/v1/runs/replay`, `/retry` and `/cancel` */
export interface DecidedRunsView {
  /** The runs that a replay started; otherwise those that were found. */
  done: RunSummaryView[];
  refused: { run: string; reason: string }[];
}

/** `GET /api/v1/pauses`, `POST /api/v1/pause` and `/resume` */
export interface PauseListView {
  /** Without an automation, all of the account. */
  pauses: { account: string; automation: string | undefined; since: string }[];
}

/** `POST /api/v1/runs/:id/approvals` and `/events` */
export interface AnsweredView {
  run: string;
  step: string;
}

/** `GET /api/v1/runs` */
export interface RunListView {
  runs: RunSummaryView[];
  /** Where there are older ones: `before` of the next page. */
  next: string | undefined;
}

/** `GET /api/v1/runs/:id/explanation` */
export interface ExplanationView {
  run: RunSummaryView;
  headline: string;
  findings: {
    /** Names the step within the run. */
    step: string | undefined;
    what: string;
    /** Why, from the nearest reason to the source. */
    because: string[];
    /** What to do, the most likely first. */
    edit: string[];
  }[];
}

/** `GET /api/v1/deployments` */
export interface DeploymentListView {
  deployments: {
    id: number;
    created_at: string;
    source: string;
    current: boolean;
    entries: {
      account: string;
      automation: string;
      plan: string;
      trigger?: string;
      /** The connections to which a person consents, with the rights that the automation needs there. */
      consents?: {
        connection: string;
        scopes: string[];
        /** The automation that needs it, where this one only calls that. */
        through?: string;
      }[];
    }[];
  }[];
}

/** How one account, or the whole, is deployed. Revisions are commits, or digests of a folder's files. */
export interface DeployEntryView {
  status: 'ready' | 'stalled' | 'suspended';
  reason: ReasonView | undefined;
  /** The revision that was tried last. */
  attempted: string | undefined;
  /** The revision that serves. */
  applied: string | undefined;
  /** When status, reason or plans changed last. */
  changed_at: string;
  /** The last five changes, newest first. */
  recent: {
    revision: string | undefined;
    at: string;
    status: 'ready' | 'stalled' | 'suspended';
    reason: ReasonView | undefined;
  }[];
}

export interface ReasonView {
  /** Stable; `docs/errors.md` says what it means. */
  code: string;
  message: string;
}

export interface ReconciliationView {
  /** `start`, `interval`, `push`, `command` or `save`. */
  cause: string;
  started_at: string;
  /** Absent while it is under way. */
  finished_at: string | undefined;
  revision: string | undefined;
  steps: {
    name: string;
    status: 'pending' | 'running' | 'done' | 'skipped' | 'failed' | 'interrupted';
    message: string | undefined;
    duration_ms: number | undefined;
  }[];
}

/** `GET /api/v1/deploy`, and what every `POST /api/v1/deploy/:action` answers. */
export interface DeployView {
  /** Where revisions come from. */
  source: string;
  /** The newest revision that the source had, and when it was asked. */
  head: string | undefined;
  asked_at: string | undefined;
  /** The revision that stays, whatever is newer. */
  pinned: string | undefined;
  /** Absent before the first reconciliation. */
  whole: DeployEntryView | undefined;
  accounts: (DeployEntryView & {
    account: string;
    /** Automations that are deployed and start no runs until a person consents. */
    stalled_automations: { automation: string; reason: ReasonView }[];
  })[];
  /** The last five, newest first. */
  reconciliations: ReconciliationView[];
}

/** An automation that is started by what comes to the address of a connection. */
export interface ListenerView {
  automation: string;
  /** `<connector>.<trigger>` */
  on: string;
  /** How the address is entered at the service; absent where the runner subscribes. */
  setup: string | undefined;
}

/** `GET /api/v1/hooks/:account/:automation`; in place of the automation, `@` and the name of a connection. */
export interface HookView {
  /** Path of the webhook with its secret part, from the server's address on. */
  path: string;
  /** The whole address, where the operator says how the runner is reached. */
  url: string | undefined;
  /** A body made from the trigger's schema; absent for the address of a connection. */
  sample: Json | undefined;
  /** In what the sample does not fit the schema, where none could be made that does. */
  issues: string[];
  /** The scheme by which requests are proved genuine. */
  verified: string | undefined;
  /** Of the address of a connection. */
  listeners: ListenerView[];
  /** The key that the service gave to the address, such as a verification token that its page asks for. */
  given_key: string | undefined;
}

/** `GET /api/v1/automations/:account/:automation/sample` */
export interface SampleView {
  account: string;
  automation: string;
  /** What starts its runs. */
  starts: 'webhook' | 'schedule' | 'poll' | 'event' | 'manual';
  /** What a run could be given, made from the schemas; absent where there are none to make it from. */
  trigger: JsonObject | undefined;
  /** In what the sample does not fit, where none could be made that does. */
  issues: string[];
}

/** `POST /api/v1/hooks/:account/:automation/rotate` */
export interface RotatedHookView extends HookView {
  /** Until when the address that was replaced is still taken. */
  former_until: string;
}

export interface StorageEntryView {
  key: string;
  value: Json;
  updated_at: string;
}

/** `GET /api/v1/storage/:account` */
export interface StorageListView {
  entries: StorageEntryView[];
}

/** A refused delivery as it stands in lists. */
export interface RefusalSummaryView {
  id: string;
  account: string;
  automation: string;
  received_at: string;
  /** What was answered. */
  status: number;
  reason: string;
  /** The run that a replay started. */
  run: string | undefined;
}

/** `GET /api/v1/refusals` */
export interface RefusalListView {
  refusals: RefusalSummaryView[];
}

/** `GET /api/v1/refusals/:id` */
export interface RefusalView extends RefusalSummaryView {
  query: string;
  /** Those that may hold a signature or a key are hidden. */
  headers: { [name: string]: string };
  /** As UTF-8; bytes that are none are replaced. */
  body: string;
  /** The body was longer than what is kept. */
  cut: boolean;
}

/** `GET /api/v1/refusals/:id/explanation` */
export interface RefusalExplanationView extends Pick<ExplanationView, 'headline' | 'findings'> {
  refusal: RefusalSummaryView;
}

/** Events that a service is asked to send to the address of a connection. */
export interface SubscriptionView {
  account: string;
  connection: string;
  /** `<connector>.<subscription>` */
  subscription: string;
  /** What it is for, such as a repository; empty where there is one for the connection. */
  key: string;
  events: string[];
  /** The automations that want it; none where it is to be ended. */
  automations: string[];
  /** `waiting`: nobody can reach the runner. */
  status: 'waiting' | 'creating' | 'active' | 'deleting';
  /** Its id at the service. */
  remote_id: string | undefined;
  changed_at: string | undefined;
  /** When it ends by itself, unless it is renewed. */
  expires_at: string | undefined;
  /** Why the last try failed. */
  failure: Failure | undefined;
  /** When it is tried again. */
  due_at: string | undefined;
}

/** `GET /api/v1/subscriptions` */
export interface SubscriptionListView {
  subscriptions: SubscriptionView[];
  /** Why nothing is subscribed to. */
  reason: string | undefined;
}

/** What `GET /api/v1/events` sends, one a server-sent event. */
export interface RunEventView {
  kind: 'run_accepted' | 'attempt_started' | 'attempt_finished' | 'run_finished';
  run: RunSummaryView;
  /** With the attempt events. */
  step: { id: string; attempt: AttemptView } | undefined;
}

/** Every answer with status 400 or more. */
export interface ErrorView {
  error: { code: string; message: string; help?: string | undefined };
}

export interface HealthView {
  /** `full`: so many runs wait that no more are taken for now. `cannot_keep`: nothing can be written, and all stands still. */
  status: 'ok' | 'full' | 'cannot_keep';
  automations: number;
  /** Runs that wait for their turn. */
  queued: number;
}
