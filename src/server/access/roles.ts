/** What a token may do, from the least on: each role may do what those before it may. `docs/roles.md` is made from this. */
export const ROLES = {
  viewer: 'Sees runs with what they carried, storage, refused deliveries and how accounts are deployed.',
  operator: 'Also starts runs and steers them, and sees the addresses of webhooks, which start runs too.',
  editor: 'Also changes how automations are deployed, gives accounts credentials, and gives webhooks new addresses.',
  admin: 'Also makes and revokes tokens, for no more than its own accounts, and reads the audit log.',
} as const;

export type Role = keyof typeof ROLES;

export const ROLE_NAMES = Object.keys(ROLES) as Role[];

/** Throws `TypeError` where the store holds something else. */
export function readRole(text: string): Role {
  const role = ROLE_NAMES.find((name) => name === text);
  if (role === undefined) throw new TypeError(`${text} is not a role. The data folder is damaged.`);
  return role;
}

export function isAtLeast(role: Role, needed: Role): boolean {
  return ROLE_NAMES.indexOf(role) >= ROLE_NAMES.indexOf(needed);
}
