import type { AuditFact } from "../../audit/entry.ts";
import { recordedDelta } from "../../iam/row-text.ts";
import { joinedDelta } from "../../model/delta.ts";
import { driftRisks, isChangedInAws, isDeclaredOnly, type Drift } from "../../model/drift.ts";
import type { Revision } from "../../model/values/revision.ts";
import { driftLine } from "../../plan/render/drift-line.ts";
import type { OpenDrift } from "../../model/keys/key-record.ts";
import { attributedDrifts } from "../outcome/attributed-drifts.ts";
import { isNewDrift } from "./since-applied.ts";
import type { KeyJudgement } from "../../judge/judgement.ts";

/** Confirmed drifts that the record does not have yet. */
export function openedDrifts({ drifts, subject }: KeyJudgement): readonly Drift[] {
  return drifts.filter((drift) => drift.certainty === "confirmed" && isNewDrift(drift, subject.record));
}

interface FoundDrift {
  readonly opened: readonly Drift[];
  /** By fingerprint, including those of `opened`. */
  readonly openDrifts: Readonly<Record<string, OpenDrift>>;
}

interface ComparedRevisions {
  readonly revision: Revision;
  /** null: it is not known. */
  readonly comparedBefore: Revision | null;
}

/** Audit facts of drift that begins. A change from Git alone is not drift here. */
export function driftFoundFacts(
  { subject: { key } }: KeyJudgement,
  { opened, openDrifts }: FoundDrift,
  { revision, comparedBefore }: ComparedRevisions,
): readonly AuditFact[] {
  const foreign = opened.filter((drift) => drift.cause !== "revision" || isChangedInAws(drift));
  if (foreign.length === 0) return [];
  const fields = [...new Set(foreign.map((drift) => drift.change.kind))].sort();
  const severity = foreign.some(isSecurity) ? "security" : "other";
  const changes = [...new Set(foreign.map(driftLine))].sort();
  const risks = foreign.flatMap(driftRisks).sort();
  const delta = recordedDelta(joinedDelta(foreign.map((drift) => drift.delta)));
  const authors = attributedDrifts(foreign, openDrifts);
  const ofGit = foreign.every(isDeclaredOnly) && {
    declaredOnly: true as const,
    ...(comparedBefore !== null && { comparedBefore }),
  };
  const differences = { fields, changes, risks, delta, ...ofGit };
  return [{ kind: "drift-found", key, revision, severity, authors, ...differences }];
}

export function isSecurity(drift: Drift): boolean {
  return drift.tier === "security" && (drift.cause !== "revision" || isChangedInAws(drift));
}
