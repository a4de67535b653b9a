import type { AuditFact } from "../../audit/entry.ts";
import { joinedDelta, type Drift } from "../../model/drift.ts";
import type { Assessment } from "./conditions.ts";
import { subjectOfOutcome, type KeyOutcome, type Pass } from "../pass/pass.ts";
import { partsOf, type EndedDrift } from "./ended-drift.ts";

/** What the record says of a key's outcome: each thing once, when it begins or ends, never again while it lasts. */
export function outcomeFacts(
  pass: Pass,
  outcome: KeyOutcome,
  assessment: Assessment,
  opened: readonly Drift[],
  ended: readonly EndedDrift[],
): readonly AuditFact[] {
  const { key } = subjectOfOutcome(outcome);
  const facts: AuditFact[] = [];
  const foreign = opened.filter((drift) => drift.cause !== "revision");
  if (foreign.length > 0) {
    facts.push({
      kind: "drift-found",
      key,
      revision: pass.revision,
      fields: fieldsOf(foreign.map((drift) => drift.change.kind)),
      delta: joinedDelta(foreign),
      severity: foreign.some(isSecurity) ? "security" : "other",
    });
  }
  for (const how of ["reverted", "applied", "gone"] as const) {
    const fields = fieldsOf(
      ended.filter((one) => one.how === how).map((one) => partsOf(one.fingerprint).change.kind),
    );
    if (fields.length > 0) facts.push({ kind: "drift-ended", key, revision: pass.revision, fields, how });
  }
  return [...facts, ...verdictFacts(pass, outcome, assessment)];
}

export function isSecurity(drift: Drift): boolean {
  return drift.tier === "security" && drift.cause !== "revision";
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
