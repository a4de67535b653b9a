/** Schema 7. Never edited once released: see migrations.ts. */
export const SEVENTH_SCHEMA = `
-- Persons who are signed in to the page.
CREATE TABLE sessions (
  hash TEXT PRIMARY KEY,   -- SHA-256 of the token that the browser has
  ends_ms INTEGER NOT NULL,
  used_ms INTEGER NOT NULL,
  record TEXT NOT NULL     -- JSON
) STRICT;
`;
