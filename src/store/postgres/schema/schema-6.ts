/**
 * Schema 6. Never edited once released: see migrations.ts. What the active replica has in force, and which standbys have compiled
 * the same. It only adds: a controller with schema 5 shows and states nothing.
 */
export const IN_FORCE_SCHEMA = `
CREATE TABLE in_force (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  digest TEXT NOT NULL,
  record TEXT NOT NULL
);

-- What a standby states about itself, as JSON; NULL: nothing, as of an earlier version.
ALTER TABLE replica ADD COLUMN follows TEXT;
`;
