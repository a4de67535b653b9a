/** Schema 3. Never edited once released: see migrations.ts. */
export const THIRD_SCHEMA = `
ALTER TABLE outbox ADD COLUMN first_due_ms INTEGER NOT NULL DEFAULT 0;
-- 1: a copy of it was given to the fallback of its route.
ALTER TABLE outbox ADD COLUMN copied INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET first_due_ms = due_ms;
DROP INDEX outbox_due;
CREATE INDEX outbox_by_route ON outbox (route, id);

-- Incidents that people were alerted to and that have not ended.
CREATE TABLE incidents (incident TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;

-- The routes that were notified of an open incident.
CREATE TABLE incident_routes (
  incident TEXT NOT NULL,
  route TEXT NOT NULL,
  notified_ms INTEGER NOT NULL,
  PRIMARY KEY (incident, route)
) STRICT;

-- How a receiver names the incident that it was notified of, for its updates and its end.
CREATE TABLE alert_threads (
  route TEXT NOT NULL,
  incident TEXT NOT NULL,
  thread TEXT NOT NULL,
  PRIMARY KEY (route, incident)
) STRICT;

-- The last delivery and the last failure of each route.
CREATE TABLE alert_routes (
  route TEXT PRIMARY KEY,
  delivered_ms INTEGER,
  problem_ms INTEGER,
  cause TEXT,
  fix TEXT
) STRICT;
`;
