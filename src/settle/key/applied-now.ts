import { appliedRevisions, isAppliedAt } from "../../model/records/key-revision.ts";
import { desiredOf, type Subject, type Pass } from "../../judge/subject.ts";
import { isBinding, type DesiredBinding, type DesiredPolicy } from "../../model/desired.ts";
import type { AppliedState } from "../../model/keys/key-record.ts";
import { canonicalText } from "../../model/values/digest.ts";
import type { Json } from "../../model/values/json.ts";

export function appliedNow(subject: Subject, pass: Pass, nowMs: number): AppliedState | null {
  const before = subject.record.applied;
  const wanted = desiredOf(subject);
  if (wanted === null) return before;
  const desired = dataOf(wanted);
  if (before !== null && isAppliedAt(before, wanted.key, pass) && isSameData(before.desired, desired))
    return before;
  const sourceText = pass.sourceTexts.get(wanted.key) ?? "";
  return { ...appliedRevisions(wanted.key, pass), sourceText, desired, atMs: nowMs };
}

export function dataOf(state: DesiredBinding | DesiredPolicy): AppliedState["desired"] {
  return isBinding(state) ? { kind: "binding", binding: state } : { kind: "policy", policy: state };
}

export function isSameData(a: AppliedState["desired"], b: AppliedState["desired"]): boolean {
  return canonicalText(a as unknown as Json) === canonicalText(b as unknown as Json);
}
