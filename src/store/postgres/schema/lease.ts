/**
 * The functions of the lease. A transaction that writes locks the row of the lease against claims, but not against
 * renewals, which change no key: so the writes of a process end before another one has the lease.
 */
export const LEASE_FUNCTIONS = `
-- Schema 5 adds the timeline.
CREATE FUNCTION check_timeline() RETURNS BOOLEAN LANGUAGE plpgsql AS $$
DECLARE
  v_before TEXT;
  v_now TEXT := current_timeline();
BEGIN
  SELECT timeline INTO STRICT v_before FROM head;
  IF v_before <> v_now THEN
    RAISE EXCEPTION 'the database has timeline %, and had %', v_now, v_before USING ERRCODE = 'GK007';
  END IF;
  RETURN TRUE;
END $$;

-- p_epoch: null, if there is no controller. p_left_ms: how long the lease must last at least.
CREATE FUNCTION check_lease(p_epoch BIGINT, p_left_ms BIGINT) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_expires TIMESTAMPTZ;
BEGIN
  IF p_epoch IS NULL THEN RETURN; END IF;
  SELECT expires INTO v_expires FROM lease WHERE name = 'controller' AND epoch = p_epoch FOR KEY SHARE;
  IF NOT FOUND THEN RAISE EXCEPTION 'another controller has the lease' USING ERRCODE = 'GK002'; END IF;
  PERFORM check_timeline();
  IF p_left_ms > 0 AND v_expires < clock_timestamp() + p_left_ms * INTERVAL '1 millisecond' THEN
    RAISE EXCEPTION 'the lease ends at %', v_expires USING ERRCODE = 'GK003';
  END IF;
END $$;

-- Waits for the writes of the last holder. Without a row, another process has the lease.
CREATE FUNCTION claim_lease(p_holder TEXT, p_term_ms BIGINT) RETURNS TABLE (epoch BIGINT) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM lease WHERE name = 'controller' FOR UPDATE;
  PERFORM check_timeline();
  RETURN QUERY UPDATE lease SET
    failover = NULL, epoch = lease.epoch + 1, holder = p_holder, expires = clock_timestamp() + p_term_ms * INTERVAL '1 millisecond'
  WHERE name = 'controller' AND expires <= clock_timestamp() RETURNING lease.epoch;
END $$;
`;
