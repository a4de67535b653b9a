/**
 * The functions that write the audit. The hash is made here, because a client that hashed would hold the head for a round
 * trip: one that stops there would stop all writers. A text to hash has U+0001 and a letter in place of its members `at`,
 * `prev` and `seq`, which are known only while the head is locked.
 */
const APPENDING_FUNCTIONS = `
CREATE FUNCTION now_ms() RETURNS BIGINT LANGUAGE sql VOLATILE AS $$
  SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::BIGINT
$$;

-- In PL/pgSQL, which keeps the plan: a function in SQL is planned at each call.
CREATE FUNCTION put_documents(p_hashes TEXT[], p_texts BYTEA[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality(p_hashes) = 0 THEN RETURN; END IF;
  INSERT INTO documents (hash, text) SELECT * FROM unnest(p_hashes, p_texts) AS given (hash, text) ORDER BY given.hash
  ON CONFLICT DO NOTHING;
END $$;

-- The caller has locked the head. p_now_ms: null, except for a checkpoint, whose signature has its time.
CREATE FUNCTION append_locked(
  p_texts TEXT[], p_kinds TEXT[], p_keys TEXT[], p_facts TEXT[], p_documents TEXT[], p_writes TEXT[], p_now_ms BIGINT
) RETURNS TABLE (seq BIGINT, at_ms BIGINT, prev TEXT, hash TEXT) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_head head%ROWTYPE;
  v_now_ms BIGINT := coalesce(p_now_ms, now_ms());
  v_at TEXT := to_char(
    to_timestamp(v_now_ms / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS'
  ) || '.' || lpad((v_now_ms % 1000)::TEXT, 3, '0') || 'Z';
  v_prev TEXT;
  v_write JSON;
BEGIN
  SELECT * INTO STRICT v_head FROM head;
  FOR v_index IN 1 .. coalesce(array_length(p_texts, 1), 0) LOOP
    v_prev := v_head.hash;
    v_head.seq := v_head.seq + 1;
    v_head.hash := encode(sha256(convert_to(
      replace(replace(replace(p_texts[v_index], E'\\x01a', v_at), E'\\x01p', v_prev), E'\\x01s', v_head.seq::TEXT), 'UTF8'
    )), 'hex');
    INSERT INTO entries VALUES (
      v_head.seq, v_now_ms, p_kinds[v_index], p_keys[v_index], v_prev, v_head.hash, p_facts[v_index], p_documents[v_index]
    );
    v_write := p_writes[v_index]::JSON;
    IF p_kinds[v_index] = 'checkpoint' THEN v_head.checkpoint := v_head.seq; END IF;
    IF p_kinds[v_index] = 'write-intended' THEN
      INSERT INTO writes (intent, account_id, key, call, step, target, before_hash, after_hash)
      SELECT v_head.seq, w.account_id, w.key, w.call, w.step, w.target, w.before_hash, w.after_hash
      FROM json_to_record(v_write) AS w (
        account_id TEXT, key TEXT, call TEXT, step INTEGER, target TEXT, before_hash TEXT, after_hash TEXT
      );
    END IF;
    IF p_kinds[v_index] = 'write-finished' THEN
      UPDATE writes SET outcome = v_write ->> 'outcome', finished_ms = v_now_ms
      WHERE intent = (v_write ->> 'intent')::BIGINT;
    END IF;
    seq := v_head.seq; at_ms := v_now_ms; prev := v_prev; hash := v_head.hash;
    RETURN NEXT;
  END LOOP;
  UPDATE head SET seq = v_head.seq, hash = v_head.hash, checkpoint = v_head.checkpoint;
END $$;

`;

/**
 * @param parameters further ones, after a comma
 * @param check statements that refuse, with the head locked
 */
export const settleFunction = (parameters: string, check: string): string => `
-- One transaction: documents, the change of the record, entries. p_expected: the number before the first entry that the
-- change was made for; null: any. p_known_seq, p_known_hash: the last entry that the caller knows; 0: none. p_copies: where the last entry, a checkpoint, has to be copied.
CREATE FUNCTION settle(
  p_change JSON, p_expected BIGINT, p_hashes TEXT[], p_document_texts BYTEA[],
  p_texts TEXT[], p_kinds TEXT[], p_keys TEXT[], p_facts TEXT[], p_documents TEXT[], p_writes TEXT[], p_now_ms BIGINT,
  p_copies TEXT[], p_epoch BIGINT, p_left_ms BIGINT, p_known_seq BIGINT, p_known_hash TEXT${parameters}
) RETURNS TABLE (seq BIGINT, at_ms BIGINT, prev TEXT, hash TEXT, checkpoint BIGINT) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_seq BIGINT;
BEGIN
  PERFORM check_lease(p_epoch, p_left_ms);
  PERFORM put_documents(p_hashes, p_document_texts);
  SELECT head.seq INTO STRICT v_seq FROM head FOR UPDATE;
  IF p_known_seq > v_seq
    OR (p_known_seq > 0 AND NOT EXISTS (SELECT 1 FROM entries AS e WHERE e.seq = p_known_seq AND e.hash = p_known_hash))
  THEN
    RAISE EXCEPTION 'the record has no entry % with the hash %', p_known_seq, p_known_hash USING ERRCODE = 'GK004';
  END IF;
  IF p_expected <> v_seq THEN
    RAISE EXCEPTION 'the head is at %, not at %', v_seq, p_expected USING ERRCODE = 'GK001';
  END IF;
${check}  -- Those that were there, and that a removal took before this transaction had the head.
  PERFORM put_documents(p_hashes, p_document_texts);
  IF p_change IS NOT NULL THEN PERFORM write_change(p_change); END IF;
  RETURN QUERY
    SELECT e.seq, e.at_ms, e.prev, e.hash, 0::BIGINT
    FROM append_locked(p_texts, p_kinds, p_keys, p_facts, p_documents, p_writes, p_now_ms) AS e;
  IF cardinality(p_copies) > 0 THEN
    INSERT INTO unanchored (copy, seq) SELECT unnest(p_copies), head.seq FROM head;
  END IF;
  RETURN QUERY SELECT head.seq, 0::BIGINT, ''::TEXT, head.hash, head.checkpoint FROM head;
END $$;
`;

export const APPEND_FUNCTIONS = APPENDING_FUNCTIONS + settleFunction("", "");
