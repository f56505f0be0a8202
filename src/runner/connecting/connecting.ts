import { createHash, randomBytes } from 'node:crypto';
import { connectionsOf } from '../../compiler/context.ts';
import { bareValue } from '../../connectors/connection-fields.ts';
import type { Instant } from '../../run/records.ts';
import { secretPath } from '../../workspace/workspace.ts';
import type { CallOptions } from '../call-once.ts';
import { proposalOf, sealChange, type ConnectionChange } from './connection-change.ts';
import { connectionForm, openWorkspace, type ConnectionForm } from './connection-form.ts';
import { readValues, type ConnectionValues, type EnteredFields, type FieldProblem } from './connection-values.ts';
import { tryCredential, type Tried } from './try-credential.ts';
import type { WorkspaceWriter, Written } from './workspace-writer.ts';

export interface LinkRequest {
  account: string;
  connection: string;
  /** Where neither account.json nor the connection's name says it. */
  connector: string | undefined;
  /** Who asked for it: the author of the change. */
  by: { id: string; name: string };
  /** Milliseconds until the link ends. */
  lifetimeMs: number;
}

/** Where a person stands who follows a link. Nothing here is secret: what was entered is tried, encrypted and gone. */
export type LinkState = AskingState | TriedState | SavedState;

export interface AskingState {
  kind: 'asking';
  /** What was entered before and is no secret. */
  entered: EnteredFields;
  problems: FieldProblem[];
  /** What the service said of what was entered before. */
  tried: (Tried & { kind: 'refused' }) | undefined;
}

/** What the service does not refuse is encrypted, and waits to be saved. */
export interface TriedState {
  kind: 'tried';
  tried: Exclude<Tried, { kind: 'refused' }>;
  change: ConnectionChange;
  entered: EnteredFields;
  /** Why it could not be saved, where that was tried. */
  failure: Refusal | undefined;
}

export interface SavedState {
  kind: 'saved';
  written: Written;
  /** Whether a person has to consent before it is of use. */
  byConsent: boolean;
}

/** Why something was refused, with the way out. */
export interface Refusal {
  message: string;
  help: string | undefined;
}

/** One address for one connection, which ends when it is saved. */
export interface ConnectLink extends Omit<LinkRequest, 'lifetimeMs'> {
  expiresAt: Instant;
  state: LinkState;
}

export interface ConnectingOptions extends CallOptions {
  writer: WorkspaceWriter;
  now: () => Instant;
}

export interface ConnectionsOverview {
  accounts: {
    account: string;
    /** `saved`: whether there is a credential. */
    connections: { name: string; title: string; saved: boolean }[];
  }[];
  connectors: { name: string; title: string }[];
}

/** Bytes of chance in a link: nobody finds one by trying. */
const SECRET_BYTES = 32;
/** Links at a time; the oldest end first. */
const MAX_LINKS = 1000;
/** Credentials that may be tried by one link: who has it does not find one by trying. */
const MAX_TRIES = 20;

const START: AskingState = { kind: 'asking', entered: {}, problems: [], tried: undefined };

/**
 * Takes credentials that people enter on a page: checks, tries, encrypts and writes them. A link is kept by its hash, in
 * memory alone; it ends with the process.
 */
export class Connecting {
  private readonly options: ConnectingOptions;
  private readonly links = new Map<string, ConnectLink & { tries: number; saving?: Promise<void> }>();

  constructor(options: ConnectingOptions) {
    this.options = options;
  }

  /** Makes a link. Gives its secret. Throws `ConnectError` and `Stall` where there is no such connection to make. */
  async mint({ lifetimeMs, ...request }: LinkRequest): Promise<{ secret: string; link: ConnectLink }> {
    await this.read(request);
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const link = { ...request, expiresAt: this.options.now() + lifetimeMs, state: START, tries: 0 };
    this.forget();
    this.links.set(hashOf(secret), link);
    return { secret, link };
  }

  /** The accounts with their connections, and the connectors that they can have. Throws `Stall`. */
  async overview(): Promise<ConnectionsOverview> {
    const { workspace, catalog } = openWorkspace(await this.options.writer.read());
    const accounts = [...workspace.accounts].map(([account, source]) => ({
      account,
      connections: Object.entries(connectionsOf(source)).map(([name, { connector }]) => ({
        name,
        title: catalog.get(connector)?.title ?? connector,
        saved: workspace.secrets.has(secretPath(account, name)),
      })),
    }));
    const connectors = catalog.names().flatMap((name) => {
      const connector = catalog.get(name);
      return connector?.connection === undefined ? [] : [{ name, title: connector.title }];
    });
    return { accounts, connectors };
  }

  /** `undefined` where there is no such link, or not any more. */
  find(secret: string): ConnectLink | undefined {
    const link = this.links.get(hashOf(secret));
    return link === undefined || link.expiresAt <= this.options.now() ? undefined : link;
  }

  /** What the link asks for. Throws `ConnectError` and `Stall`. */
  async formOf({ account, connection, connector }: ConnectLink): Promise<ConnectionForm> {
    return this.read({ account, connection, connector });
  }

  /**
   * Checks and tries what was entered. What the service takes is encrypted and waits to be saved; what it refuses is
   * dropped. Throws `ConnectError` and `Stall`.
   */
  async enter(secret: string, entered: EnteredFields): Promise<void> {
    const link = this.links.get(hashOf(secret));
    if (link === undefined || isSaved(link)) return;
    const form = await this.formOf(link);
    if (isSaved(link)) return;
    const read = readValues(form, entered);
    const open = withoutSecrets(form, entered);
    if (!read.ok) {
      link.state = { ...START, entered: open, problems: read.problems };
      return;
    }
    link.tries += 1;
    if (link.tries > MAX_TRIES) {
      this.links.delete(hashOf(secret));
      return;
    }
    const state = await this.tryValues(form, read.values, open);
    // Another one may have been saved meanwhile: then the link has served.
    if (!isSaved(link)) link.state = state;
  }

  /** Back to the fields: what waited to be saved is dropped. */
  again(secret: string): void {
    const link = this.links.get(hashOf(secret));
    if (link?.state.kind === 'tried') link.state = { ...START, entered: link.state.entered };
  }

  /** Writes what waits to be saved. Gives whether this call did; where it was not written, it waits on, with the reason. */
  async save(secret: string): Promise<boolean> {
    const link = this.links.get(hashOf(secret));
    if (link?.state.kind !== 'tried') return false;
    const saving = link.saving;
    link.saving ??= this.write(link, link.state).finally(() => delete link.saving);
    await link.saving;
    // Who presses twice saves once.
    return saving === undefined && this.find(secret)?.state.kind === 'saved';
  }

  private async tryValues(form: ConnectionForm, values: ConnectionValues, entered: EnteredFields): Promise<LinkState> {
    const tried = await tryCredential(form, values, this.options);
    if (tried.kind === 'refused') return { ...START, entered, tried };
    const change = await sealChange(form, values, new Date(this.options.now()));
    return { kind: 'tried', tried, change, entered, failure: undefined };
  }

  private async write(link: ConnectLink, waiting: TriedState): Promise<void> {
    try {
      const written = await this.options.writer.write(proposalOf(waiting.change, link.by.name));
      link.state = { kind: 'saved', written, byConsent: waiting.tried.kind === 'by_consent' };
    } catch (error) {
      link.state = { ...waiting, failure: refusalOf(error) };
    }
  }

  private async read({
    account,
    connection,
    connector,
  }: Omit<LinkRequest, 'lifetimeMs' | 'by'>): Promise<ConnectionForm> {
    return connectionForm(openWorkspace(await this.options.writer.read()), account, connection, connector);
  }

  /** Makes room: what has ended first, then the oldest. */
  private forget(): void {
    for (const [hash, { expiresAt }] of this.links)
      if (expiresAt <= this.options.now() || this.links.size >= MAX_LINKS) this.links.delete(hash);
  }
}

/** The reason in words of an error that is no fault of ours; throws what is one. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof Error)) throw error;
  const help = 'help' in error && typeof error.help === 'string' ? error.help : undefined;
  return { message: error.message, help };
}

function isSaved({ state }: ConnectLink): boolean {
  return state.kind === 'saved';
}

function withoutSecrets({ spec }: ConnectionForm, entered: EnteredFields): EnteredFields {
  return Object.fromEntries(
    Object.entries(entered).flatMap(([name, text]) => {
      const field = Object.hasOwn(spec.fields, name) ? spec.fields[name] : undefined;
      return field === undefined || field.secret === true ? [] : [[name, bareValue(field, text)]];
    }),
  );
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
