import { setImmediate as otherWork } from 'node:timers/promises';
import type { DeploymentEntry } from '../../store/records.ts';
import { assemble, compareEntries } from './assemble.ts';
import { compileAccounts } from './compile-accounts.ts';
import { describeStalled, entriesAfterSwitch, outcomeOf, stalledAccounts } from './inventory.ts';
import { openSecrets } from './open-secrets.ts';
import { Stall } from './stall.ts';
import { count, shortList, shortRevision } from './words.ts';
import type { Work } from './work.ts';

/** One step on the way to a revision. What it throws stalls the whole; what was deployed last goes on. */
export interface Step {
  name: string;
  /** Adds to the work, and says what it came to. */
  run(work: Work): Promise<StepEnd>;
  /** Taken also after another step failed. */
  always?: true;
}

export interface StepEnd {
  status: 'done' | 'skipped';
  message: string;
}

/** All steps, in their order. Each can be taken again after a crash: until `switch` nothing that serves has changed. */
export const STEPS: readonly Step[] = [
  { name: 'fetch', run: fetch },
  { name: 'verify', run: verify },
  { name: 'read', run: read },
  { name: 'compile', run: compile },
  { name: 'secrets', run: secrets },
  { name: 'diff', run: diff },
  { name: 'triggers', run: triggers },
  { name: 'switch', run: switchOver },
  { name: 'prune', run: prune },
  { name: 'report', run: report, always: true },
];

/** Deployments that are kept, for who looks back. */
const DEPLOYMENTS_KEPT = 20;

async function fetch(work: Work): Promise<StepEnd> {
  const { source, store, now } = work.settings;
  const { pinned, head } = work.control;
  if (pinned !== undefined) {
    work.revision = pinned;
    return skipped(`pinned to ${shortRevision(pinned)}`);
  }
  const { revision, lost } = await source.newest(head);
  work.revision = revision;
  work.lost = lost;
  work.control = { ...work.control, head: revision, askedAt: now() };
  await store.inventory.saveControl(work.control);
  const forced = `a forced push took ${count(lost, 'commit')} away after ${shortRevision(head ?? '')}`;
  return done(lost === 0 ? shortRevision(revision) : `${shortRevision(revision)}; ${forced}`);
}

async function verify(work: Work): Promise<StepEnd> {
  const signer = await work.settings.source.verify(revisionOf(work));
  return signer === undefined ? skipped('no signature is asked for') : done(`signed by ${signer}`);
}

async function read(work: Work): Promise<StepEnd> {
  work.tree = await work.settings.source.read(revisionOf(work));
  return done(count(work.tree.files.size, 'file'));
}

async function compile(work: Work): Promise<StepEnd> {
  await compileAccounts(work);
  const results = [...work.accounts.values()];
  const of = (wanted: string): number => results.filter(({ kind }) => kind === wanted).length;
  const counts = [`${of('compiled')} compiled`, `${of('same')} unchanged`, `${of('stalled')} with errors`];
  return done(`${count(results.length, 'account')}: ${counts.join(', ')}`);
}

async function secrets(work: Work): Promise<StepEnd> {
  if (!work.settings.secretsMustOpen) return skipped('opened when a step needs them');
  const before = stalledAccounts(work);
  const opened = await openSecrets(work);
  const closed = stalledAccounts(work).filter((account) => !before.includes(account));
  return done(`${opened} opened${closed.length === 0 ? '' : `; not those of ${shortList(closed)}`}`);
}

async function diff(work: Work): Promise<StepEnd> {
  const stalled = stalledAccounts(work);
  if (work.settings.atomic && stalled.length > 0) throw new Stall('held_back', describeStalled(work));
  const good = [...work.accounts.values()].some(({ kind }) => kind === 'compiled' || kind === 'same');
  if (stalled.length > 0 && !good) throw new Stall('accounts_stalled', describeStalled(work));
  work.wanted = assemble(work);
  work.changes = compareEntries(work.serving, work.wanted);
  const { added, changed, removed } = work.changes;
  return done(`${added.length} added, ${changed.length} changed, ${removed.length} removed`);
}

async function triggers(work: Work): Promise<StepEnd> {
  const { deployments } = work.settings.store;
  const made = deployments.hookSecrets();
  const missing = [...work.accounts].flatMap(([account, result]) => {
    const hooks = result.kind === 'compiled' ? result.plans.flatMap(({ hook = [] }) => hook) : [];
    // Automations share the address of a connection.
    return [...new Set(hooks)].filter((hook) => !made.has(`${account}/${hook}`)).map((hook) => ({ account, hook }));
  });
  // Asked for at once, they share a commit.
  await Promise.all(missing.map(({ account, hook }) => deployments.hookSecret(account, hook)));
  return done(count(missing.length, 'new webhook address'));
}

async function switchOver(work: Work): Promise<StepEnd> {
  const { store, source, now, switchTo } = work.settings;
  const compiled = [...work.accounts].flatMap(([account, result]) =>
    result.kind === 'compiled' ? [{ account, ...result }] : [],
  );
  const change = {
    entries: entriesAfterSwitch(work),
    secrets: new Map(compiled.map((one) => [one.account, one.secrets])),
    recipients: new Map(compiled.map((one) => [one.account, one.recipients])),
    history: new Map(compiled.map((one) => [one.account, one.history])),
  };
  const from = `${source.name} at ${revisionOf(work)}`;
  await store.deployments.activate(from, now(), work.wanted, new Map(), change);
  work.switched = true;
  await switchTo();
  return done(`${count(work.wanted.length, 'automation')} of ${count(accountsOf(work.wanted), 'account')} serve`);
}

async function prune(work: Work): Promise<StepEnd> {
  const { inventory, deployments } = work.settings.store;
  const gone = [...work.before.values()].flatMap(({ account, status }) =>
    account === '' || status === 'suspended' || work.accounts.has(account) ? [] : [account],
  );
  if (gone.length > 0) await inventory.drop(gone);
  await deployments.forgetOlder(DEPLOYMENTS_KEPT);
  while ((await deployments.forgetPlans()) > 0) await otherWork();
  return done(gone.length === 0 ? 'no account is gone' : `gone: ${shortList(gone)}`);
}

async function report(work: Work): Promise<StepEnd> {
  const { report: tell } = work.settings;
  if (tell === undefined) return skipped('nobody is to be told');
  if (work.revision === undefined) return skipped('there is no commit to tell of');
  return done(await tell(outcomeOf(work, work.revision)));
}

function accountsOf(entries: readonly DeploymentEntry[]): number {
  return new Set(entries.map(({ account }) => account)).size;
}

function revisionOf({ revision }: Work): string {
  if (revision === undefined) throw new TypeError('no revision was fetched');
  return revision;
}

function done(message: string): StepEnd {
  return { status: 'done', message };
}

function skipped(message: string): StepEnd {
  return { status: 'skipped', message };
}
