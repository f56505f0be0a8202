import type { AccountScope } from '../../store/records.ts';
import type { Caller } from './callers.ts';
import { isAtLeast, type Role } from './roles.ts';
import { accountsWith, roleIn } from './scope.ts';

/** Who may give an account a credential: it changes what is deployed. */
const NEEDED: Role = 'editor';

export function mayConnect(caller: Caller, account: string): boolean {
  const role = roleIn(caller, account);
  return role !== undefined && isAtLeast(role, NEEDED);
}

/** The accounts whose connections the caller may make. */
export function connectable(caller: Caller): AccountScope {
  return accountsWith(caller, NEEDED);
}
