import type { FastifyInstance } from 'fastify';
import { DeployRefusal } from '../runner/deploy/reconciler.ts';
import { Stall } from '../runner/deploy/stall.ts';
import type { Runner } from '../runner/runner.ts';
import type { Redactor } from '../secrets/redaction.ts';
import type { AccountScope, InventoryEntry, ReconciliationRecord, StallReason } from '../store/records.ts';
import type { DeployEntryView, DeployView, ReasonView, ReconciliationView } from './api-types.ts';
import { callerOf } from './access/guard.ts';
import { covers } from './access/scope.ts';
import { ApiError } from './api-error.ts';
import { iso, isoWhereSet } from './views.ts';

/** Reconciliations that are shown. */
const SHOWN = 5;

const ACTIONS = ['now', 'pin', 'rollback', 'unpin', 'suspend', 'resume'] as const;

type Action = (typeof ACTIONS)[number];

const REQUEST = {
  type: ['object', 'null'],
  additionalProperties: false,
  properties: {
    commit: { type: 'string', description: 'Of `pin` and `rollback`.' },
    account: { type: 'string', description: 'Of `suspend` and `resume`; all of them where it is absent.' },
  },
};

interface ActionRequest {
  /** Of `pin` and `rollback`. */
  commit?: string;
  /** Of `suspend` and `resume`; the whole where it is absent. */
  account?: string;
}

/** `GET /deploy` and `POST /deploy/:action`. */
export function addDeployRoutes(app: FastifyInstance, runner: Runner): void {
  app.get('/deploy', (request) => deployView(runner, callerOf(request).accounts));
  app.post<{ Params: { action: Action }; Body: ActionRequest | null }>(
    '/deploy/:action',
    { schema: { params: { type: 'object', properties: { action: { enum: [...ACTIONS] } } }, body: REQUEST } },
    async (request): Promise<DeployView> => {
      const { params, body } = request;
      try {
        await act(runner, params.action, body ?? {});
      } catch (error) {
        if (error instanceof DeployRefusal || error instanceof Stall)
          throw new ApiError(409, 'deploy_refused', runner.redactor.text(error.message));
        throw error;
      }
      return deployView(runner, callerOf(request).accounts);
    },
  );
}

async function act({ reconciler }: Runner, action: Action, { commit, account = '' }: ActionRequest): Promise<void> {
  switch (action) {
    case 'now':
      break;
    case 'pin':
      await reconciler.pin(commit ?? required(reconciler.applied(), 'nothing was deployed yet'));
      break;
    case 'rollback':
      await reconciler.pin(commit ?? required(reconciler.previous(), 'no earlier commit is known: name one'));
      break;
    case 'unpin':
      await reconciler.unpin();
      break;
    case 'suspend':
      await reconciler.suspend(account);
      return;
    case 'resume':
      await reconciler.resume(account);
      break;
  }
  await reconciler.reconcile('command');
}

function required(revision: string | undefined, otherwise: string): string {
  if (revision === undefined) throw new DeployRefusal(otherwise);
  return revision;
}

/** What concerns all of them, and can name others, is for those who may see all. */
function deployView(runner: Runner, scope: AccountScope): DeployView {
  const { reconciler, store, redactor } = runner;
  const { source, head, askedAt, pinned } = reconciler.control();
  const all = scope === 'all';
  const entries = store.inventory.list().filter(({ account }) => covers(scope, [account]));
  const whole = entries.find(({ account }) => account === '');
  return {
    source,
    head,
    asked_at: isoWhereSet(askedAt),
    pinned,
    whole: whole && entryView(redactor, whole),
    accounts: entries.flatMap((entry) =>
      entry.account === ''
        ? []
        : [
            {
              account: entry.account,
              ...entryView(redactor, entry),
              stalled_automations: stalledAutomations(runner, entry.account),
            },
          ],
    ),
    reconciliations: store.inventory
      .reconciliations(all ? SHOWN : 0)
      .map((record) => reconciliationView(redactor, record)),
  };
}

/** What is deployed and starts no runs until a person acts. */
function stalledAutomations(runner: Runner, account: string): DeployView['accounts'][number]['stalled_automations'] {
  const needing = [...runner.deployed().needingConsent()].filter((entry) => entry.account === account);
  return needing.flatMap(({ automation }) => {
    const message = runner.oauth.stalled(`${account}/${automation}`);
    return message === undefined ? [] : [{ automation, reason: { code: 'consent_owed', message } }];
  });
}

function entryView(redactor: Redactor, entry: InventoryEntry): DeployEntryView {
  const { status, reason, attempted, applied, changedAt, recent } = entry;
  return {
    status,
    reason: reasonView(redactor, reason),
    attempted,
    applied,
    changed_at: iso(changedAt),
    recent: recent.map((event) => ({
      revision: event.revision,
      at: iso(event.at),
      status: event.status,
      reason: reasonView(redactor, event.reason),
    })),
  };
}

function reasonView(redactor: Redactor, reason: StallReason | undefined): ReasonView | undefined {
  return reason && { code: reason.code, message: redactor.text(reason.message) };
}

function reconciliationView(redactor: Redactor, record: ReconciliationRecord): ReconciliationView {
  const { cause, startedAt, finishedAt, revision, steps } = record;
  return {
    cause,
    started_at: iso(startedAt),
    finished_at: isoWhereSet(finishedAt),
    revision,
    steps: steps.map((step) => ({
      name: step.name,
      status: step.status,
      message: step.message === undefined ? undefined : redactor.text(step.message),
      duration_ms:
        step.startedAt === undefined || step.finishedAt === undefined ? undefined : step.finishedAt - step.startedAt,
    })),
  };
}
