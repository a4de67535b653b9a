/** Schema 5. Never edited once released: see migrations.ts. */
export const FIFTH_SCHEMA = `
-- The last entry that retention may remove: an entry of the chain records it.
CREATE TABLE removal (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  up_to INTEGER NOT NULL
) STRICT;
INSERT INTO removal (id, up_to) VALUES (1, 0);

-- Documents of removed entries, until it is known whether another entry or a key needs them.
CREATE TABLE removable_documents (hash TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

DROP TRIGGER entries_are_not_deleted;
CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries
WHEN OLD.seq > (SELECT up_to FROM removal)
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
`;
