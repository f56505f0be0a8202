import type { StallReason } from '../../store/records.ts';

/** Why a revision, or an account at a revision, is not deployed. `docs/errors.md` is made from this. */
export const STALL_CODES = {
  source_unreachable: 'The repository could not be asked for its newest commit; the message holds git’s words.',
  branch_missing: 'The repository has no such branch; it may have been deleted.',
  revision_unknown: 'The repository does not have the commit that was named.',
  not_signed: 'Signatures are asked for, and the commit has none by an allowed key.',
  not_read: 'The commit could not be read from git’s objects.',
  workspace_broken: 'Files that all accounts share have errors: nothing of the commit is deployed.',
  account_broken: 'Files of the account have errors: what was deployed last goes on.',
  secret_not_opened: 'A credential that the account’s automations need does not open with the runner’s keys.',
  consent_owed:
    'An automation is deployed, and starts no runs until a person consents at a service; the message has the link.',
  accounts_stalled: 'Some accounts are stalled; all others are deployed.',
  held_back: 'With `--atomic`, one account that is stalled holds all others back.',
  internal: 'Something went wrong that is no fault of the repository, such as a full disk; the message says what.',
} as const satisfies { [code: string]: string };

export type StallCode = keyof typeof STALL_CODES;

/** Ends the way to a revision; what was deployed last goes on. */
export class Stall extends Error {
  readonly code: StallCode;

  constructor(code: StallCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Stall';
    this.code = code;
  }
}

/** The reason that anything thrown comes to. */
export function reasonOf(error: unknown): StallReason {
  if (error instanceof Stall) return { code: error.code, message: error.message };
  return { code: 'internal' satisfies StallCode, message: error instanceof Error ? error.message : String(error) };
}
