/**
 * Schema 8. Never edited once released: see migrations.ts. What the active replica knows of change events, for the replicas that make
 * the passes of assigned accounts. It only adds.
 */
export const EVENT_FACTS_SCHEMA = `
CREATE TABLE queue_facts (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  text TEXT NOT NULL,
  at TIMESTAMPTZ NOT NULL  -- when the active replica last stated it
);

-- Written before an account is assigned. A row stays when the account is returned: the next assignment replaces it.
CREATE TABLE account_facts (
  account_id TEXT PRIMARY KEY,
  text TEXT NOT NULL,
  version BIGINT GENERATED ALWAYS AS IDENTITY  -- another one with each text
);
`;
