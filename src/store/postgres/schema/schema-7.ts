/**
 * Schema 7. Never edited once released: see migrations.ts. How many accounts a replica may have, and work that the active replica
 * found in accounts that are assigned to others. It only adds: a controller with schema 6 assigns nothing.
 */
export const SHARE_SCHEMA = `
-- By the active replica; NULL: any number. A standby returns what it has above it.
ALTER TABLE replica ADD COLUMN share INTEGER;

-- Removed by the replica to which the account is assigned, after the settlement of a pass that began after it read the row.
CREATE TABLE due (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id TEXT NOT NULL,
  key TEXT  -- NULL: all of the account
);
CREATE INDEX due_by_account ON due (account_id);
`;
