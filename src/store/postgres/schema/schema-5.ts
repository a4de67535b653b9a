/**
 * Schema 5. Never edited once released: see migrations.ts. The head remembers where the database runs. After a failover, or a restore, a
 * server may have lost the newest claims of leases: so all leases from before it end, and their epochs are never used again.
 */
export const FAILOVER_SCHEMA = `
-- The timeline of the write-ahead log, which each promotion of a standby raises, eight digits; NULL: the server does not show it.
CREATE FUNCTION current_timeline() RETURNS TEXT LANGUAGE plpgsql AS $$
BEGIN
  RETURN left(pg_walfile_name(pg_current_wal_lsn()), 8);
EXCEPTION WHEN feature_not_supported OR insufficient_privilege OR undefined_function THEN
  RETURN NULL;
END $$;

-- The server and the database: a dump that is restored elsewhere has others.
CREATE FUNCTION current_place() RETURNS TEXT LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT system_identifier FROM pg_control_system()) || '/'
    || (SELECT oid FROM pg_database WHERE datname = current_database());
EXCEPTION WHEN feature_not_supported OR insufficient_privilege OR undefined_function THEN
  RETURN NULL;
END $$;

ALTER TABLE head ADD COLUMN timeline TEXT;
ALTER TABLE head ADD COLUMN place TEXT;
UPDATE head SET timeline = current_timeline(), place = current_place();

-- The failover after which the lease is claimed next; NULL: there is none.
ALTER TABLE lease ADD COLUMN failover TEXT;

CREATE FUNCTION has_failed_over() RETURNS BOOLEAN LANGUAGE sql STABLE AS $$
  SELECT coalesce(timeline <> current_timeline(), FALSE) OR coalesce(place <> current_place(), FALSE) FROM head
$$;

-- The first replica that notices it calls this. The lease can be claimed when all leases from before the failover have ended by the clocks
-- of their processes. No lease has an epoch between the two, even if the server has lost claims.
CREATE FUNCTION note_failover(p_wait_ms BIGINT) RETURNS TABLE (failover TEXT) LANGUAGE plpgsql AS $$
DECLARE
  v_failover TEXT;
BEGIN
  PERFORM 1 FROM lease WHERE name = 'controller' FOR UPDATE;
  SELECT CASE WHEN head.place <> current_place() THEN 'another server or database'
    ELSE 'timeline ' || ltrim(head.timeline, '0') || ' to ' || ltrim(current_timeline(), '0') END
    INTO STRICT v_failover FROM head FOR UPDATE;
  IF NOT has_failed_over() THEN RETURN; END IF;
  UPDATE head SET timeline = coalesce(current_timeline(), head.timeline), place = coalesce(current_place(), head.place);
  UPDATE lease SET epoch = epoch + 1000, failover = v_failover,
    expires = clock_timestamp() + p_wait_ms * INTERVAL '1 millisecond' WHERE name = 'controller';
  UPDATE replica SET expires = '-infinity' WHERE expires IS NOT NULL;
  UPDATE assignment SET epoch = epoch + 1000;
  RETURN QUERY SELECT v_failover;
END $$;
`;
