/** Schema 1. Never edited once released: see migrations.ts. */
export const FIRST_SCHEMA = `
CREATE TABLE migrations (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_ms INTEGER NOT NULL
) STRICT;

-- Long texts, each once: policy documents before and after a write, manifests as they were applied.
CREATE TABLE documents (
  hash TEXT PRIMARY KEY,   -- SHA-256, hex
  text TEXT NOT NULL
) STRICT;

-- The audit: the chain alone is the record, every table below it is found from it or from git and AWS.
CREATE TABLE entries (
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  key TEXT,                -- the key that it is about
  prev TEXT NOT NULL,
  hash TEXT NOT NULL,
  fact TEXT NOT NULL,      -- JSON of the other members, without the texts in documents
  documents TEXT           -- JSON: where in the fact ("after", "input.PolicyDocument") which document stands
) STRICT;
CREATE INDEX entries_by_time ON entries (at_ms);
CREATE INDEX entries_by_key ON entries (key, seq) WHERE key IS NOT NULL;
CREATE INDEX entries_by_kind ON entries (kind, seq);
CREATE TRIGGER entries_are_not_changed BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

-- The journal: one row an intent; outcome is NULL while it is open.
CREATE TABLE writes (
  intent INTEGER PRIMARY KEY REFERENCES entries (seq),
  account_id TEXT NOT NULL,
  key TEXT NOT NULL,
  call TEXT NOT NULL,
  step INTEGER NOT NULL,
  target TEXT NOT NULL,
  before_hash TEXT,
  after_hash TEXT,
  outcome TEXT,
  finished_ms INTEGER
) STRICT;
CREATE INDEX writes_open ON writes (account_id, intent) WHERE outcome IS NULL;
CREATE INDEX writes_finished ON writes (account_id, finished_ms) WHERE outcome IS NOT NULL;

-- Copies outside of checkpoints that were not written yet.
CREATE TABLE unanchored (
  copy TEXT NOT NULL,      -- which: "file", "log"
  seq INTEGER NOT NULL REFERENCES entries (seq),
  PRIMARY KEY (copy, seq)
) STRICT;

-- Counts the commits below.
CREATE TABLE sequence (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  value INTEGER NOT NULL
) STRICT;
INSERT INTO sequence (id, value) VALUES (1, 0);

CREATE TABLE keys (
  key TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  status TEXT NOT NULL,             -- JSON, null before the first pass
  status_version INTEGER NOT NULL,  -- the sequence when status last changed
  record TEXT NOT NULL,             -- JSON of the other members
  applied TEXT,                     -- JSON of the applied state without its source text
  source_hash TEXT REFERENCES documents (hash)
) STRICT;
CREATE INDEX keys_by_account ON keys (account_id, key);

CREATE TABLE accounts (account_id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;
CREATE TABLE sources (source TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;

CREATE TABLE objects (
  kind TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  record TEXT NOT NULL,     -- JSON without resourceVersion
  version INTEGER NOT NULL, -- the sequence when record last changed
  PRIMARY KEY (kind, namespace, name)
) STRICT;

CREATE TABLE approvals (subject TEXT PRIMARY KEY, expires_ms INTEGER NOT NULL, record TEXT NOT NULL) STRICT;
CREATE TABLE suspensions (id TEXT PRIMARY KEY, until_ms INTEGER NOT NULL, record TEXT NOT NULL) STRICT;

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  route TEXT NOT NULL,
  body TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  due_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (due_ms);
`;
