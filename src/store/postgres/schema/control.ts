/**
 * The part of schema 3 that ends the writes of passes. `control` rises with each decision that a running pass must not
 * overlook, in the transaction that records it; so do writers of an older version. The head is locked by each of them, and
 * by each intent: an intent is before the decision in the chain, or it is refused.
 */
export const CONTROL_SCHEMA = `
ALTER TABLE head ADD COLUMN control BIGINT NOT NULL DEFAULT 0;

CREATE FUNCTION raise_control() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE head SET control = control + 1;
  RETURN NULL;
END $$;
-- One that is ended may have permitted the writes of an undo.
CREATE TRIGGER suspensions_raise_control AFTER INSERT OR UPDATE OR DELETE ON suspensions
  FOR EACH ROW EXECUTE FUNCTION raise_control();
CREATE TRIGGER rejections_raise_control AFTER INSERT OR UPDATE ON rejections
  FOR EACH ROW EXECUTE FUNCTION raise_control();
-- The second approval of a plan may end before the first. The first one only permits more: no running pass has to end.
CREATE TRIGGER approvals_raise_control AFTER UPDATE OR DELETE ON approvals
  FOR EACH ROW EXECUTE FUNCTION raise_control();
CREATE TRIGGER first_revisions_raise_control AFTER INSERT OR DELETE ON sources
  FOR EACH ROW EXECUTE FUNCTION raise_control();
CREATE TRIGGER revisions_raise_control AFTER UPDATE ON sources FOR EACH ROW
  WHEN (OLD.record::JSON ->> 'acceptedRevision' IS DISTINCT FROM NEW.record::JSON ->> 'acceptedRevision')
  EXECUTE FUNCTION raise_control();

-- The caller has locked the head. p_control: the one that the pass knows; NULL: the facts have no intent.
CREATE FUNCTION check_control(p_control BIGINT) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_control < (SELECT control FROM head) THEN
    RAISE EXCEPTION 'a newer decision ends the pass' USING ERRCODE = 'GK006';
  END IF;
END $$;
`;
