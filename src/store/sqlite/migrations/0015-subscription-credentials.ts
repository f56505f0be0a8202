/** Subscriptions of connections whose credential accounts share. */
export const subscriptionCredentials = `
-- A SOPS file.
ALTER TABLE subscriptions ADD COLUMN shared_credential TEXT;
`;
