import type { AuditFact } from "../../audit/entry.ts";
import type { Drift } from "../../model/drift.ts";
import type { Assessment } from "./conditions.ts";
import { subjectOfOutcome, type KeyOutcome, type Pass } from "../pass/pass.ts";
import { driftFoundFacts } from "./drift-found.ts";
import { partsOf, type EndedDrift } from "./ended-drift.ts";

/** What the record says of a key's outcome: each thing once, when it begins or ends, never again while it lasts. */
export function outcomeFacts(
  pass: Pass,
  outcome: KeyOutcome,
  assessment: Assessment,
  {
    opened,
    ended,
    told,
  }: { readonly opened: readonly Drift[]; readonly ended: readonly EndedDrift[]; readonly told: boolean },
): readonly AuditFact[] {
  const { revision } = pass;
  const { key } = subjectOfOutcome(outcome);
  const found = "judged" in outcome && !told ? driftFoundFacts(outcome.judged, opened, revision) : [];
  const endings = (["reverted", "applied", "gone"] as const).flatMap((how): readonly AuditFact[] => {
    const kinds = ended.filter((one) => one.how === how).map((one) => partsOf(one.fingerprint).change.kind);
    return kinds.length === 0 ? [] : [{ kind: "drift-ended", key, revision, fields: fieldsOf(kinds), how }];
  });
  return [...found, ...endings, ...verdictFacts(pass, outcome, assessment)];
}

function fieldsOf(kinds: readonly string[]): readonly string[] {
  return [...new Set(kinds)].sort();
}

function verdictFacts(pass: Pass, outcome: KeyOutcome, assessment: Assessment): readonly AuditFact[] {
  if (outcome.kind !== "judged" && outcome.kind !== "written") return [];
  const { subject, plan, verdict } = outcome.judged;
  const { key } = subject;
  const before = subject.record.status;
  const readyBefore = before?.conditions.find((condition) => condition.type === "Ready");
  const same =
    readyBefore?.reason === assessment.ready.reason && readyBefore.message === assessment.ready.message;
  if (verdict.kind === "hold" && !(same && before?.plan?.digest === plan.digest)) {
    return [
      {
        kind: "plan-held",
        key,
        revision: pass.revision,
        planDigest: plan.digest,
        subject: verdict.subject,
        reason: verdict.reason,
      },
    ];
  }
  if (verdict.kind === "refuse" && !same) {
    const rules = [...new Set(verdict.findings.map((finding) => finding.rule))].sort();
    return [{ kind: "plan-refused", key, revision: pass.revision, rules, reason: verdict.reason }];
  }
  return [];
}
