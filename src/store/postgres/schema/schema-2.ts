/**
 * Schema 2. Never edited once released: see migrations.ts. The replicas of one installation. It only adds: a controller with
 * schema 1 goes on with it.
 */
export const REPLICA_SCHEMA = `
-- Each process that waits for the lease, or has it. Whether it is active follows from its epoch and from the row of the lease, so
-- that the two tables cannot disagree.
CREATE TABLE replica (
  id TEXT PRIMARY KEY,            -- random, of each start of a process
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  version TEXT NOT NULL,
  catalogue_digest TEXT NOT NULL,
  address TEXT,                   -- where the other replicas reach its API; NULL: they do not
  started TIMESTAMPTZ NOT NULL,
  seen TIMESTAMPTZ NOT NULL,
  epoch BIGINT                    -- of the lease that it claimed; NULL: it waits
);
`;
