import type { AuditFact } from "../../audit/entry.ts";
import { revertText } from "../../plan/render/revert.ts";
import { DRIFT_ENDS, driftOfFingerprint, type Drift } from "../../model/drift.ts";
import { countedRules, refusedRules } from "../../model/rules/refusal.ts";
import type { Rejection } from "../../model/approval.ts";
import type { OpenDrift } from "../../model/keys/key-record.ts";
import type { Revision } from "../../model/values/revision.ts";
import type { ConditionClaim } from "../conditions/claim.ts";
import type { JudgedView, OutcomeView } from "../outcome/outcome.ts";
import { driftFoundFacts } from "../drift/new-drifts.ts";
import type { EndedDrift } from "../drift/ended-drifts.ts";

interface FactInputs {
  readonly revision: Revision;
  /** null: it is not known. */
  readonly comparedBefore: Revision | null;
  readonly ready: ConditionClaim;
  readonly rejections: readonly Pick<Rejection, "subject">[];
  readonly opened: readonly Drift[];
  readonly ended: readonly EndedDrift[];
  /** By fingerprint, including those of `opened`. */
  readonly openDrifts: Readonly<Record<string, OpenDrift>>;
  /** The drift was recorded before the first write. */
  readonly isRecorded: boolean;
}

/** The audit facts of a key's outcome: each once, when it begins or ends, and not repeated while it lasts. */
export function outcomeFacts(view: OutcomeView, inputs: FactInputs): readonly AuditFact[] {
  if (view.kind === "unjudged") return [];
  const { revision, ended, isRecorded } = inputs;
  const { key } = view.subject;
  const found = isRecorded ? [] : driftFoundFacts(view.judged, inputs, inputs);
  const endings = DRIFT_ENDS.flatMap((how): readonly AuditFact[] => {
    const those = ended.filter((one) => one.how === how);
    return those.length === 0 ? [] : [{ kind: "drift-ended", key, revision, how, ...endedFacts(those) }];
  });
  return [...found, ...endings, ...verdictFacts(view, inputs)];
}

type EndedFacts = Omit<
  Extract<AuditFact, { readonly kind: "drift-ended" }>,
  "kind" | "key" | "revision" | "how"
>;

/** For several drifts the earliest times, so that "open for at most" is true for each. */
export function endedFacts(ended: readonly EndedDrift[]): EndedFacts {
  const changes = ended.map(({ fingerprint }) => driftOfFingerprint(fingerprint).change);
  const clean = ended.map(({ lastCleanMs }) => lastCleanMs);
  const known = clean.filter((ms) => ms !== null);
  return {
    fields: [...new Set(changes.map(({ kind }) => kind))].sort(),
    changes: [...new Set(changes.map(revertText))].sort(),
    risks: ended.flatMap(({ risks }) => risks).sort(),
    since: isoTime(Math.min(...ended.map(({ sinceMs }) => sinceMs))),
    lastCleanAt: known.length < clean.length ? null : isoTime(Math.min(...known)),
  };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

function verdictFacts(
  { subject: { key, record }, judged: { plan, verdict } }: JudgedView,
  { revision, ready, rejections }: FactInputs,
): readonly AuditFact[] {
  const before = record.status?.conditions.find((condition) => condition.type === "Ready");
  const isSame = before?.reason === ready.reason && before.message === ready.message;
  if (verdict.kind === "hold" && !(isSame && record.status?.plan?.digest === plan.digest)) {
    const { subject, reason } = verdict;
    // It was recorded as held before it was rejected. After an outage it is still rejected, not held again.
    if (rejections.some((one) => one.subject === subject)) return [];
    return [{ kind: "plan-held", key, revision, planDigest: plan.digest, subject, reason }];
  }
  if (verdict.kind === "refuse" && !isSame) {
    const rules = [...new Set(verdict.findings.map((finding) => finding.rule))].sort();
    const counted = countedRules(refusedRules(verdict.findings)).toSorted();
    return [{ kind: "plan-refused", key, revision, rules, reason: verdict.reason, counted }];
  }
  return [];
}
