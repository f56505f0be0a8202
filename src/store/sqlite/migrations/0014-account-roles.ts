/** Tokens that may do more in some accounts than in the others. */
export const accountRoles = `
-- JSON object: account to role; NULL is the token's role everywhere.
ALTER TABLE tokens ADD COLUMN account_roles TEXT;
`;
