/** Schema 6. Never edited once released: see migrations.ts. */
export const SIXTH_SCHEMA = `
-- Change events: calls in AWS that changed an object of a key, until they cannot explain drift any more.
CREATE TABLE changes (
  id TEXT PRIMARY KEY,     -- of the event
  account_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  record TEXT NOT NULL     -- JSON
) STRICT;
CREATE INDEX changes_by_account ON changes (account_id, at_ms);
`;
