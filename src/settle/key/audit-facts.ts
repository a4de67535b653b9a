import type { AuditFact } from "../../audit/entry.ts";
import { revertText } from "../../plan/render/revert.ts";
import type { Drift } from "../../model/drift.ts";
import type { Assessment } from "../conditions/conditions.ts";
import { type Pass } from "../../judge/pass.ts";
import { driftFoundFacts } from "../drift/found.ts";
import { partsOf, type EndedDrift } from "../drift/ended.ts";
import { type KeyOutcome, subjectOfOutcome } from "../outcome/outcome.ts";

/** The audit facts of a key's outcome: each once, when it begins or ends, and not repeated while it lasts. */
export function outcomeFacts(
  pass: Pass,
  outcome: KeyOutcome,
  assessment: Assessment,
  {
    opened,
    ended,
    isRecorded,
  }: {
    readonly opened: readonly Drift[];
    readonly ended: readonly EndedDrift[];
    readonly isRecorded: boolean;
  },
): readonly AuditFact[] {
  const { revision } = pass;
  const { key } = subjectOfOutcome(outcome);
  const found = "judged" in outcome && !isRecorded ? driftFoundFacts(outcome.judged, opened, revision) : [];
  const endings = (["reverted", "applied", "gone"] as const).flatMap((how): readonly AuditFact[] => {
    const those = ended.filter((one) => one.how === how);
    return those.length === 0 ? [] : [{ kind: "drift-ended", key, revision, how, ...endedFacts(those) }];
  });
  return [...found, ...endings, ...verdictFacts(pass, outcome, assessment)];
}

type EndedFacts = Omit<
  Extract<AuditFact, { readonly kind: "drift-ended" }>,
  "kind" | "key" | "revision" | "how"
>;

/** For several drifts the earliest times, so that "open for at most" is true for each. */
function endedFacts(ended: readonly EndedDrift[]): EndedFacts {
  const changes = ended.map(({ fingerprint }) => partsOf(fingerprint).change);
  const clean = ended.map(({ lastCleanMs }) => lastCleanMs);
  const known = clean.filter((ms) => ms !== null);
  return {
    fields: fieldsOf(changes.map(({ kind }) => kind)),
    changes: [...new Set(changes.map(revertText))].sort(),
    risks: ended.flatMap(({ risks }) => risks).sort(),
    since: isoTime(Math.min(...ended.map(({ sinceMs }) => sinceMs))),
    lastCleanAt: known.length < clean.length ? null : isoTime(Math.min(...known)),
  };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
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
