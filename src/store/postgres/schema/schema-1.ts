/**
 * Schema 1. Never edited once released: see migrations.ts. The columns are those of SQLite's schema, with four differences:
 * the text of a document is bytes, because a text of PostgreSQL has no NUL; texts sort by their bytes; all entries are in
 * one table; and the row of `head` orders all writers.
 */
export const FIRST_SCHEMA = `
CREATE DOMAIN name_text AS TEXT COLLATE "C";

-- The name of the installation whose record this is.
CREATE TABLE installation (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  instance TEXT NOT NULL
);

-- The controller that may write. Each claim raises the epoch; a lease that has expired may be claimed by another one.
CREATE TABLE lease (
  name TEXT PRIMARY KEY,
  epoch BIGINT NOT NULL,
  holder TEXT NOT NULL,     -- for people: process and host
  expires TIMESTAMPTZ NOT NULL
);
INSERT INTO lease VALUES ('controller', 0, '', '-infinity');

CREATE TABLE documents (
  hash TEXT PRIMARY KEY,   -- SHA-256, hex
  text BYTEA NOT NULL      -- UTF-8
);

CREATE TABLE entries (
  seq BIGINT PRIMARY KEY,
  at_ms BIGINT NOT NULL,
  kind TEXT NOT NULL,
  key name_text,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL,
  fact TEXT NOT NULL,      -- JSON of the other members, without the texts in documents
  documents TEXT           -- JSON: the place in the fact of each document
);
CREATE INDEX entries_by_time ON entries (at_ms);
CREATE INDEX entries_by_key ON entries (key, seq) WHERE key IS NOT NULL;
CREATE INDEX entries_by_kind ON entries (kind, seq);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$;
CREATE TRIGGER entries_are_not_changed BEFORE UPDATE ON entries
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_are_not_truncated BEFORE TRUNCATE ON entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The end of the chain, and the number of the last commit that changed the record.
CREATE TABLE head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL,
  checkpoint BIGINT NOT NULL,  -- the number of the last checkpoint
  version BIGINT NOT NULL
);
INSERT INTO head (id, seq, hash, checkpoint, version) VALUES (1, 0, repeat('0', 64), 0, 0);

-- The journal: one row for each intent; outcome is NULL while it is open.
CREATE TABLE writes (
  intent BIGINT PRIMARY KEY REFERENCES entries (seq),
  account_id TEXT NOT NULL,
  key name_text NOT NULL,
  call TEXT NOT NULL,
  step INTEGER NOT NULL,
  target TEXT NOT NULL,
  before_hash TEXT,
  after_hash TEXT,
  outcome TEXT,
  finished_ms BIGINT
);
CREATE INDEX writes_open ON writes (account_id, intent) WHERE outcome IS NULL;
CREATE INDEX writes_finished ON writes (account_id, finished_ms) WHERE outcome IS NOT NULL;

-- Copies of checkpoints outside that were not written yet.
CREATE TABLE unanchored (
  copy TEXT NOT NULL,
  seq BIGINT NOT NULL REFERENCES entries (seq),
  PRIMARY KEY (copy, seq)
);

CREATE TABLE keys (
  key name_text PRIMARY KEY,
  account_id TEXT NOT NULL,
  status TEXT NOT NULL,
  status_version BIGINT NOT NULL,
  record TEXT NOT NULL,
  applied TEXT,
  source_hash TEXT REFERENCES documents (hash)
);
CREATE INDEX keys_by_account ON keys (account_id, key);

CREATE TABLE accounts (account_id TEXT PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE sources (source name_text PRIMARY KEY, record TEXT NOT NULL);

CREATE TABLE objects (
  kind name_text NOT NULL,
  namespace name_text NOT NULL,
  name name_text NOT NULL,
  record TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (kind, namespace, name)
);

CREATE TABLE approvals (subject name_text PRIMARY KEY, expires_ms BIGINT NOT NULL, record TEXT NOT NULL);
CREATE TABLE rejections (subject name_text PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE suspensions (id name_text PRIMARY KEY, until_ms BIGINT NOT NULL, record TEXT NOT NULL);

CREATE TABLE outbox (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  route TEXT NOT NULL,
  body TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  due_ms BIGINT NOT NULL,
  first_due_ms BIGINT NOT NULL,
  copied BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX outbox_by_route ON outbox (route, id);

CREATE TABLE incidents (incident name_text PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE incident_routes (
  incident name_text NOT NULL,
  route name_text NOT NULL,
  notified_ms BIGINT NOT NULL,
  PRIMARY KEY (incident, route)
);
CREATE TABLE alert_threads (
  route TEXT NOT NULL,
  incident name_text NOT NULL,
  thread TEXT NOT NULL,
  PRIMARY KEY (route, incident)
);
CREATE TABLE alert_routes (
  route TEXT PRIMARY KEY,
  delivered_ms BIGINT,
  problem_ms BIGINT,
  cause TEXT,
  fix TEXT
);

CREATE TABLE changes (
  id name_text PRIMARY KEY,
  account_id TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  record TEXT NOT NULL
);
CREATE INDEX changes_by_account ON changes (account_id, at_ms);

CREATE TABLE sessions (
  hash TEXT PRIMARY KEY,
  ends_ms BIGINT NOT NULL,
  used_ms BIGINT NOT NULL,
  record TEXT NOT NULL
);
`;
