/** The functions that remove entries for retention, and the documents that only these needed. */
export const REMOVAL_FUNCTIONS = `
-- The last entry that retention may remove: an entry of the chain records it.
CREATE TABLE removal (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  up_to BIGINT NOT NULL
);
INSERT INTO removal (id, up_to) VALUES (1, 0);

-- Documents of removed entries, until it is known whether another entry or a key needs them.
CREATE TABLE removable_documents (hash TEXT PRIMARY KEY);

CREATE FUNCTION refuse_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.seq > (SELECT up_to FROM removal) THEN RAISE EXCEPTION 'the audit is append-only'; END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries FOR EACH ROW EXECUTE FUNCTION refuse_removal();

CREATE FUNCTION documents_of(p_first BIGINT, p_last BIGINT) RETURNS TABLE (hash TEXT) LANGUAGE sql STABLE AS $$
  SELECT DISTINCT used.value FROM entries, json_each_text(documents::JSON) AS used
  WHERE seq BETWEEN p_first AND p_last AND documents IS NOT NULL
$$;

-- Returns the number of entries that it removed.
CREATE FUNCTION remove_entries(p_up_to BIGINT, p_most BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
  v_first BIGINT;
  v_last BIGINT;
  v_count BIGINT;
BEGIN
  SELECT min(seq), max(seq), count(*) INTO v_first, v_last, v_count
  FROM (SELECT seq FROM entries WHERE seq <= p_up_to ORDER BY seq LIMIT p_most) AS slice;
  IF v_count = 0 THEN RETURN 0; END IF;
  INSERT INTO removable_documents SELECT * FROM documents_of(v_first, v_last) ON CONFLICT DO NOTHING;
  UPDATE removal SET up_to = p_up_to;
  DELETE FROM writes WHERE intent <= v_last;
  DELETE FROM entries WHERE seq <= v_last;
  RETURN v_count;
END $$;

-- The documents of these entries are needed. Returns the last entry that it read: p_last, or the newest one.
CREATE FUNCTION keep_documents(p_after BIGINT, p_last BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
  v_last BIGINT;
BEGIN
  SELECT least(p_last, head.seq) INTO STRICT v_last FROM head;
  DELETE FROM removable_documents WHERE hash IN (SELECT hash FROM documents_of(p_after + 1, v_last));
  RETURN v_last;
END $$;

-- With the head locked no entry is appended, and an append puts its documents again once it has the head.
CREATE FUNCTION remove_documents(p_read_to BIGINT, p_most BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
  v_count BIGINT;
BEGIN
  PERFORM 1 FROM head FOR UPDATE;
  DELETE FROM removable_documents WHERE hash IN (
    SELECT hash FROM documents_of(p_read_to + 1, (SELECT seq FROM head))
    UNION SELECT source_hash FROM keys WHERE source_hash IS NOT NULL
  );
  WITH slice AS (
    DELETE FROM removable_documents WHERE hash IN (SELECT hash FROM removable_documents ORDER BY hash LIMIT p_most)
    RETURNING hash
  ), gone AS (DELETE FROM documents USING slice WHERE documents.hash = slice.hash)
  SELECT count(*) INTO v_count FROM slice;
  RETURN v_count;
END $$;
`;
