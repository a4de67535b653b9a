/** Schema 4. Never edited once released: see migrations.ts. */
export const FOURTH_SCHEMA = `
-- The entries after the last checkpoint. Each append changes this table alone, which has no index; a checkpoint moves
-- its rows to entries together. With the three indexes of entries and the journal, an append took twice as long.
CREATE TABLE recent_entries (
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  key TEXT,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL,
  fact TEXT NOT NULL,
  documents TEXT
) STRICT;
CREATE TRIGGER recent_entries_are_not_changed BEFORE UPDATE ON recent_entries
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER recent_entries_are_only_moved BEFORE DELETE ON recent_entries
WHEN NOT EXISTS (SELECT 1 FROM entries WHERE seq = OLD.seq AND hash = OLD.hash)
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

CREATE VIEW chain AS
SELECT seq, at_ms, kind, key, prev, hash, fact, documents FROM entries
UNION ALL
SELECT seq, at_ms, kind, key, prev, hash, fact, documents FROM recent_entries;
`;
