/**
 * The functions that write a change of the record. The change is one JSON document, so that a settlement is one statement:
 * no client is waited for while the head is locked. A row that already has the same content is not updated, so that it does
 * not count as a change.
 */
const WRITING_FUNCTIONS = `
-- The record with another member "declared"; all other members keep their texts.
CREATE FUNCTION with_declared(p_record TEXT, p_declared TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
  SELECT '{' || string_agg(
    to_json(member.key)::TEXT || ':' || CASE WHEN member.key = 'declared' THEN p_declared ELSE member.value::TEXT END,
    ',' ORDER BY member.key COLLATE "C"
  ) || '}' FROM json_each(p_record::JSON) AS member
$$;

CREATE FUNCTION write_keys(p_change JSON, p_version BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
  v_changed BIGINT := 0;
  v_rows BIGINT;
BEGIN
  INSERT INTO keys (key, account_id, status, status_version, record, applied, source_hash)
  SELECT key, account_id, status, p_version, record, applied, source_hash
  FROM json_to_recordset(p_change -> 'keys')
    AS given (key TEXT, account_id TEXT, status TEXT, record TEXT, applied TEXT, source_hash TEXT)
  ON CONFLICT (key) DO UPDATE SET
    status_version =
      CASE WHEN keys.status = excluded.status THEN keys.status_version ELSE excluded.status_version END,
    status = excluded.status, record = excluded.record, applied = excluded.applied, source_hash = excluded.source_hash
  WHERE keys.status <> excluded.status OR keys.record <> excluded.record
    OR keys.applied IS DISTINCT FROM excluded.applied OR keys.source_hash IS DISTINCT FROM excluded.source_hash;
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_changed := v_changed + v_rows;
  DELETE FROM keys WHERE key IN (SELECT json_array_elements_text(p_change -> 'removedKeys'));
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_changed := v_changed + v_rows;
  INSERT INTO objects (kind, namespace, name, record, version)
  SELECT kind, namespace, name, record, p_version
  FROM json_to_recordset(p_change -> 'objects') AS given (kind TEXT, namespace TEXT, name TEXT, record TEXT)
  ON CONFLICT (kind, namespace, name) DO UPDATE SET record = excluded.record, version = excluded.version
  WHERE objects.record <> excluded.record;
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_changed := v_changed + v_rows;
  DELETE FROM objects USING json_to_recordset(p_change -> 'removedObjects')
    AS given (kind TEXT, namespace TEXT, name TEXT)
  WHERE objects.kind = given.kind AND objects.namespace = given.namespace AND objects.name = given.name;
  GET DIAGNOSTICS v_rows = ROW_COUNT;
  RETURN v_changed + v_rows;
END $$;

-- An account of a set that has left it meanwhile stays undeclared: its row has null, and only members declare it again.
CREATE FUNCTION write_accounts(p_change JSON) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
  v_changed BIGINT := 0;
  v_rows BIGINT;
BEGIN
  INSERT INTO accounts (account_id, record)
  SELECT account_id, record FROM json_to_recordset(p_change -> 'accounts') AS given (account_id TEXT, record TEXT)
  ON CONFLICT (account_id) DO UPDATE SET record = CASE
    WHEN json_typeof(accounts.record::JSON -> 'declared') = 'null'
      AND json_typeof(excluded.record::JSON #> '{declared,set}') = 'string'
    THEN with_declared(excluded.record, 'null') ELSE excluded.record END
  WHERE accounts.record <> excluded.record;
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_changed := v_changed + v_rows;
  INSERT INTO accounts (account_id, record)
  SELECT account_id, record FROM json_to_recordset(p_change -> 'members') AS given (account_id TEXT, record TEXT)
  ON CONFLICT (account_id) DO UPDATE
  SET record = with_declared(accounts.record, (excluded.record::JSON -> 'declared')::TEXT);
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_changed := v_changed + v_rows;
  INSERT INTO sources (source, record)
  SELECT source, record FROM json_to_recordset(p_change -> 'sources') AS given (source TEXT, record TEXT)
  ON CONFLICT (source) DO UPDATE SET record = excluded.record WHERE sources.record <> excluded.record;
  GET DIAGNOSTICS v_rows = ROW_COUNT;
  RETURN v_changed + v_rows;
END $$;

CREATE FUNCTION write_decisions(p_change JSON) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
  v_changed BIGINT := 0;
  v_rows BIGINT;
BEGIN
  INSERT INTO approvals (subject, expires_ms, record)
  SELECT subject, ends_ms, record
  FROM json_to_recordset(p_change -> 'approvals') AS given (subject TEXT, ends_ms BIGINT, record TEXT)
  ON CONFLICT (subject) DO UPDATE SET expires_ms = excluded.expires_ms, record = excluded.record
  WHERE approvals.record <> excluded.record;
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_changed := v_changed + v_rows;
  INSERT INTO rejections (subject, record)
  SELECT subject, record FROM json_to_recordset(p_change -> 'rejections') AS given (subject TEXT, record TEXT)
  ON CONFLICT (subject) DO UPDATE SET record = excluded.record WHERE rejections.record <> excluded.record;
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_changed := v_changed + v_rows;
  DELETE FROM rejections WHERE subject IN (SELECT json_array_elements_text(p_change -> 'endedRejections'));
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_changed := v_changed + v_rows;
  INSERT INTO suspensions (id, until_ms, record)
  SELECT id, ends_ms, record
  FROM json_to_recordset(p_change -> 'suspensions') AS given (id TEXT, ends_ms BIGINT, record TEXT)
  ON CONFLICT (id) DO UPDATE SET until_ms = excluded.until_ms, record = excluded.record
  WHERE suspensions.record <> excluded.record;
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_changed := v_changed + v_rows;
  DELETE FROM suspensions WHERE id IN (SELECT json_array_elements_text(p_change -> 'endedSuspensions'));
  GET DIAGNOSTICS v_rows = ROW_COUNT;
  RETURN v_changed + v_rows;
END $$;

CREATE FUNCTION write_alerts(p_change JSON) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
  v_changed BIGINT := 0;
  v_rows BIGINT;
BEGIN
  INSERT INTO incidents (incident, record)
  SELECT incident, record FROM json_to_recordset(p_change -> 'incidents') AS given (incident TEXT, record TEXT)
  ON CONFLICT (incident) DO UPDATE SET record = excluded.record WHERE incidents.record <> excluded.record;
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_changed := v_changed + v_rows;
  INSERT INTO outbox (route, body, attempts, due_ms, first_due_ms)
  SELECT route, body, 0, due_ms, due_ms
  FROM json_to_recordset(p_change -> 'outbox') AS given (number INTEGER, route TEXT, body TEXT, due_ms BIGINT)
  ORDER BY number;
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_changed := v_changed + v_rows;
  INSERT INTO incident_routes (incident, route, notified_ms)
  SELECT opens, route, max(due_ms)
  FROM json_to_recordset(p_change -> 'outbox') AS given (route TEXT, due_ms BIGINT, opens TEXT)
  WHERE opens IS NOT NULL GROUP BY opens, route
  ON CONFLICT (incident, route) DO UPDATE SET notified_ms = excluded.notified_ms;
  DELETE FROM incidents WHERE incident IN (SELECT json_array_elements_text(p_change -> 'endedIncidents'));
  GET DIAGNOSTICS v_rows = ROW_COUNT; v_changed := v_changed + v_rows;
  DELETE FROM incident_routes WHERE incident IN (SELECT json_array_elements_text(p_change -> 'endedIncidents'));
  RETURN v_changed;
END $$;

CREATE FUNCTION write_events(p_changes JSON, p_kept_since_ms BIGINT, p_kept_of_account INTEGER) RETURNS BIGINT
LANGUAGE plpgsql AS $$
DECLARE
  v_rows BIGINT;
BEGIN
  INSERT INTO changes (id, account_id, at_ms, record)
  SELECT id, account_id, at_ms, record
  FROM json_to_recordset(p_changes) AS given (id TEXT, account_id TEXT, at_ms BIGINT, record TEXT)
  ON CONFLICT (id) DO NOTHING;
  GET DIAGNOSTICS v_rows = ROW_COUNT;
  DELETE FROM changes WHERE at_ms < p_kept_since_ms;
  DELETE FROM changes USING (
    SELECT id, row_number() OVER (PARTITION BY account_id ORDER BY at_ms DESC, id) AS place FROM changes
    WHERE account_id IN (SELECT account_id FROM json_to_recordset(p_changes) AS given (account_id TEXT))
  ) AS kept WHERE kept.id = changes.id AND kept.place > p_kept_of_account;
  RETURN v_rows;
END $$;
`;

/**
 * @param create the statement, up to the name
 * @param further calls that are added to the number of changed rows
 */
export const writeChangeFunction = (create: string, further: string): string => `
-- The caller has locked the head.
${create} write_change(p_change JSON) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_version BIGINT := (SELECT version + 1 FROM head);
  v_changed BIGINT := write_keys(p_change, v_version) + write_accounts(p_change) + write_decisions(p_change)
    + write_alerts(p_change)${further};
BEGIN
  IF p_change -> 'events' IS NOT NULL THEN
    v_changed := v_changed + write_events(
      p_change -> 'events', (p_change ->> 'keptSinceMs')::BIGINT, (p_change ->> 'keptOfAccount')::INTEGER
    );
  END IF;
  IF v_changed > 0 THEN UPDATE head SET version = v_version; END IF;
END $$;
`;

export const CHANGE_FUNCTIONS = WRITING_FUNCTIONS + writeChangeFunction("CREATE FUNCTION", "");
