import { writeChangeFunction } from "./change.ts";

/**
 * Schema 4. Never edited once released: see migrations.ts. What passes of assigned accounts have found, for the active replica. It
 * only adds: a controller with schema 3 writes no memory.
 */
export const PASS_MEMORY_SCHEMA = `
-- The memory of the last pass of an account, under the assignment with this epoch. An older epoch is of no use to anyone.
CREATE TABLE pass_memories (
  account_id TEXT PRIMARY KEY,
  epoch BIGINT NOT NULL,
  version BIGINT NOT NULL,  -- of the record, when it was written
  program TEXT NOT NULL,    -- the version of the program: another one may not read it
  text TEXT NOT NULL
);

-- The long texts that a memory names. They are written before it, and removed with it.
CREATE TABLE pass_texts (
  account_id TEXT NOT NULL,
  digest TEXT NOT NULL,     -- SHA-256 of the text, hex
  text TEXT NOT NULL,
  PRIMARY KEY (account_id, digest)
);

-- The caller has locked the head, and has checked that the account is assigned to the writer.
CREATE FUNCTION write_memories(p_change JSON, p_version BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
  v_rows BIGINT;
BEGIN
  INSERT INTO pass_memories AS m (account_id, epoch, version, program, text)
  SELECT given.account_id, a.epoch, p_version, given.program, given.text
  FROM json_to_recordset(p_change -> 'memories') AS given (account_id TEXT, program TEXT, text TEXT)
  JOIN assignment AS a ON a.account_id = given.account_id AND a.replica IS NOT NULL
  ON CONFLICT (account_id) DO UPDATE
  SET epoch = excluded.epoch, version = excluded.version, program = excluded.program, text = excluded.text
  WHERE m.epoch <> excluded.epoch OR m.program <> excluded.program OR m.text <> excluded.text;
  GET DIAGNOSTICS v_rows = ROW_COUNT;
  DELETE FROM pass_texts AS t
  WHERE t.account_id IN (SELECT account_id FROM json_to_recordset(p_change -> 'memories') AS given (account_id TEXT))
    AND NOT EXISTS (
      SELECT 1 FROM json_to_recordset(p_change -> 'memories') AS kept (account_id TEXT, digests JSON)
      CROSS JOIN json_array_elements_text(kept.digests) AS name (digest)
      WHERE kept.account_id = t.account_id AND name.digest = t.digest
    );
  RETURN v_rows;
END $$;
${writeChangeFunction("CREATE OR REPLACE FUNCTION", " + write_memories(p_change, v_version)")}`;
