/** Schema 6. Never edited once released: see migrations.ts. */
export const SIXTH_SCHEMA = `
DROP VIEW chain;
ALTER TABLE recent_entries RENAME TO earlier_recent_entries;

-- The entries after those in the table entries. The first of them has slot 1, the next one slot 2. A checkpoint moves
-- them and leaves their rows, which later entries replace: an append changes a page that exists. New and deleted rows
-- cost an append four more pages: the lists of free pages and the page above. Rows up to the last one of the table
-- entries are not part of the chain.
CREATE TABLE recent_entries (
  slot INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  key TEXT,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL,
  fact TEXT NOT NULL,
  documents TEXT,
  texts TEXT               -- JSON: by hash, the documents, which the checkpoint moves to the table documents
) STRICT;

INSERT INTO recent_entries (slot, seq, at_ms, kind, key, prev, hash, fact, documents)
SELECT seq - (SELECT coalesce(max(seq), 0) FROM entries), seq, at_ms, kind, key, prev, hash, fact, documents
FROM earlier_recent_entries;
DROP TABLE earlier_recent_entries;

CREATE TRIGGER recent_entries_are_not_changed BEFORE UPDATE ON recent_entries
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER recent_entries_are_only_replaced BEFORE INSERT ON recent_entries
WHEN EXISTS (
  SELECT 1 FROM recent_entries AS old
  WHERE old.slot = NEW.slot AND old.seq > (SELECT up_to FROM removal)
    AND NOT EXISTS (SELECT 1 FROM entries WHERE seq = old.seq AND hash = old.hash)
)
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER recent_entries_are_only_moved BEFORE DELETE ON recent_entries
WHEN OLD.seq > (SELECT up_to FROM removal)
  AND NOT EXISTS (SELECT 1 FROM entries WHERE seq = OLD.seq AND hash = OLD.hash)
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

CREATE VIEW chain AS
SELECT seq, at_ms, kind, key, prev, hash, fact, documents, NULL AS texts FROM entries
UNION ALL
SELECT seq, at_ms, kind, key, prev, hash, fact, documents, texts FROM recent_entries
WHERE seq > (SELECT coalesce(max(seq), 0) FROM entries);
`;
