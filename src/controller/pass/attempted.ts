import { undoOrderOf } from "../../model/keys/undo-order.ts";
import type { KeyJudgement } from "../../judge/judgement.ts";
import type { PassContext } from "../../judge/subject.ts";
import { driftFingerprint, isChangedInAws } from "../../model/drift.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { revisionOf } from "../../model/records/key-revision.ts";
import { changesOf } from "../../settle/adoption/adopted-role.ts";
import { assessUnread } from "../../settle/conditions/conditions.ts";
import { firstReferences } from "../../settle/key/written-references.ts";
import { withoutAsApplied } from "../../settle/key/as-applied.ts";
import { begun } from "../../settle/adoption/undo.ts";
import { statusOf } from "../../settle/conditions/key-status.ts";
import { alertedBeforeWrites } from "../../settle/drift/incident.ts";
import { openedDrifts } from "../../settle/drift/new-drifts.ts";
import { openDriftsOf } from "../../settle/drift/open-drifts.ts";
import { outcomeView } from "../../settle/outcome/outcome.ts";

/**
 * The record before the first write of a pass: it names the revision that is being attempted. The drift that was changed
 * in AWS is in it with its incident, so that the pass after a killed one neither opens them again nor loses their end.
 */
export function attempted(judged: KeyJudgement, pass: PassContext): KeyRecord {
  const { subject } = judged;
  const { record } = subject;
  const first = statusOf(outcomeView({ kind: "unknown", subject, reason: "" }, []), {
    pass,
    assessment: assessUnread("changes are being applied", undefined),
    record,
    nowIso: new Date(pass.nowMs).toISOString(),
  });
  return {
    ...withoutAsApplied(record),
    ...foundInAws(judged, pass),
    ...aboutToChange(judged, pass),
    ...begunUndo(judged, pass),
    ...(undoOrderOf(record.key, pass.suspensions) === null ? firstReferences(judged) : null),
    status: { ...(record.status ?? first), lastAttemptedRevision: revisionOf(record.key, pass) },
  };
}

/**
 * From now on, what an adopted role was before is not read from AWS again: it may have our changes. Until they are read back,
 * no one knows how it was last written.
 */
function aboutToChange(
  { plan, subject: { key, record } }: KeyJudgement,
  { suspensions, startedAtMs }: PassContext,
): Pick<KeyRecord, "adoptedRole"> | null {
  const { adoptedRole: adopted } = record;
  if (adopted === undefined) return null;
  // The calls of an undo are those of its order, not those of the plan.
  if (undoOrderOf(key, suspensions) !== null) return { adoptedRole: { ...adopted, lastWritten: null } };
  if (changesOf(plan.actions, adopted.arn).length === 0) return null;
  return {
    adoptedRole: { ...adopted, changedAtMs: adopted.changedAtMs ?? startedAtMs, lastWritten: null },
  };
}

/** Its first call is about to be made: a pass after a killed one must know that the role is between two states. */
function begunUndo(
  { subject: { key, record } }: KeyJudgement,
  { suspensions, nowMs }: PassContext,
): Pick<KeyRecord, "adoptionUndo"> | null {
  const ordered = undoOrderOf(key, suspensions);
  return ordered === null ? null : { adoptionUndo: begun(ordered, record, nowMs) };
}

type DriftOfKey = Pick<KeyRecord, "driftSinceMs" | "openDrifts" | "incidentSinceMs">;

function foundInAws(judged: KeyJudgement, pass: PassContext): DriftOfKey | null {
  const { record } = judged.subject;
  const opened = openedDrifts(judged).filter(isChangedInAws);
  if (opened.length === 0) return null;
  const sinceMs = pass.startedAtMs;
  const begun = opened.map((drift) => [driftFingerprint(drift), sinceMs] as const);
  const isAlerted = alertedBeforeWrites(record, opened).length > 0;
  return {
    driftSinceMs: { ...record.driftSinceMs, ...Object.fromEntries(begun) },
    openDrifts: openDriftsOf(pass, record, { opened, drifts: judged.drifts, writes: pass.writes }),
    incidentSinceMs: record.incidentSinceMs ?? (isAlerted ? sinceMs : null),
  };
}
