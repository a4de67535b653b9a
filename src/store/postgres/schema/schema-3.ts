import { settleFunction } from "./append.ts";
import { CONTROL_SCHEMA } from "./control.ts";

/**
 * Schema 3. Never edited once released: see migrations.ts. Accounts that the active replica assigns to others. It only adds: a
 * controller with schema 2 goes on with it, and has the function `settle` of its own.
 *
 * All that changes an assignment locks the head, as each append does: so an assignment never changes between the check of
 * a write and its commit. A renewal does not lock it, because it must not wait for appends.
 */
export const ASSIGNMENT_SCHEMA = `
-- When the lease of a replica with assigned accounts ends. NULL: accounts are not assigned to it. -infinity: it was ended for good.
ALTER TABLE replica ADD COLUMN expires TIMESTAMPTZ;

-- The replica that makes the passes of an account. Without a row, or with NULL, it is the one with the lease of the controller.
CREATE TABLE assignment (
  account_id TEXT PRIMARY KEY,
  epoch BIGINT NOT NULL,  -- raised by each assignment
  replica TEXT
);
CREATE INDEX assignment_by_replica ON assignment (replica) WHERE replica IS NOT NULL;

-- The caller has locked the head. p_replica: the writer; NULL: the one with the lease of the controller, or there is none.
-- p_epochs: the assignments under which the writer began, in the order of the accounts.
CREATE FUNCTION check_assignments(p_accounts TEXT[], p_replica TEXT, p_epochs BIGINT[], p_left_ms BIGINT) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_account TEXT;
  v_expires TIMESTAMPTZ;
BEGIN
  IF p_replica IS NULL THEN
    SELECT account_id INTO v_account FROM assignment
    WHERE account_id = ANY (p_accounts) AND replica IS NOT NULL LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'account % is assigned to another replica', v_account USING ERRCODE = 'GK005';
    END IF;
    RETURN;
  END IF;
  PERFORM check_timeline();
  SELECT expires INTO v_expires FROM replica WHERE id = p_replica AND expires > '-infinity';
  IF NOT FOUND THEN RAISE EXCEPTION 'the lease of this replica was ended' USING ERRCODE = 'GK002'; END IF;
  SELECT given.account_id INTO v_account FROM unnest(p_accounts, p_epochs) AS given (account_id, epoch)
  WHERE NOT EXISTS (
    SELECT 1 FROM assignment AS a
    WHERE a.account_id = given.account_id AND a.epoch = given.epoch AND a.replica = p_replica
  ) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'account % is not assigned to this replica', v_account USING ERRCODE = 'GK005';
  END IF;
  IF p_left_ms > 0 AND v_expires < clock_timestamp() + p_left_ms * INTERVAL '1 millisecond' THEN
    RAISE EXCEPTION 'the lease ends at %', v_expires USING ERRCODE = 'GK003';
  END IF;
END $$;

-- Returns those that are assigned now: they were assigned to no one, and the lease of the replica has not ended.
CREATE FUNCTION assign_accounts(p_epoch BIGINT, p_accounts TEXT[], p_replica TEXT)
RETURNS TABLE (account_id TEXT, epoch BIGINT) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM check_lease(p_epoch, 0);
  PERFORM 1 FROM head FOR UPDATE;
  IF NOT EXISTS (SELECT 1 FROM replica WHERE id = p_replica AND expires > clock_timestamp()) THEN RETURN; END IF;
  RETURN QUERY
    INSERT INTO assignment AS a (account_id, epoch, replica) SELECT unnest(p_accounts), 1, p_replica
    ON CONFLICT (account_id) DO UPDATE SET epoch = a.epoch + 1, replica = excluded.replica WHERE a.replica IS NULL
    RETURNING a.account_id, a.epoch;
END $$;

-- Those of replicas whose lease has ended. It is ended for good: a process that was stopped cannot renew it, and so does not
-- finish a call to AWS that it began before.
CREATE FUNCTION withdraw_assignments(p_epoch BIGINT) RETURNS TABLE (account_id TEXT) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM assignment AS a LEFT JOIN replica AS r ON r.id = a.replica
    WHERE a.replica IS NOT NULL AND (r.expires IS NULL OR r.expires <= clock_timestamp())
  ) THEN RETURN; END IF;
  PERFORM check_lease(p_epoch, 0);
  PERFORM 1 FROM head FOR UPDATE;
  -- A renewal that was committed meanwhile keeps the lease: the update reads the row again.
  UPDATE replica SET expires = '-infinity' WHERE expires <= clock_timestamp();
  RETURN QUERY
    UPDATE assignment AS a SET replica = NULL WHERE a.replica IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM replica AS r WHERE r.id = a.replica AND r.expires > '-infinity')
    RETURNING a.account_id;
END $$;

-- p_accounts: NULL for all, when the replica ends in order.
CREATE FUNCTION return_assignments(p_replica TEXT, p_accounts TEXT[]) RETURNS TABLE (account_id TEXT)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM 1 FROM head FOR UPDATE;
  RETURN QUERY
    UPDATE assignment AS a SET replica = NULL
    WHERE a.replica = p_replica AND (p_accounts IS NULL OR a.account_id = ANY (p_accounts)) RETURNING a.account_id;
END $$;
${CONTROL_SCHEMA}${settleFunction(
  ",\n  p_accounts TEXT[], p_replica TEXT, p_epochs BIGINT[], p_control BIGINT",
  "  PERFORM check_assignments(p_accounts, p_replica, p_epochs, p_left_ms);\n  PERFORM check_control(p_control);\n",
)}`;
