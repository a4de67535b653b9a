import { shortDigits } from "../../model/rules/approval-subject.ts";
import type { Rejection } from "../../model/approval.ts";
import type { Hold } from "../../model/answers/hold.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import type { PendingReason } from "../../model/answers/permission-state.ts";
import type { KeyPlan } from "../../model/plan.ts";
import { approvedPartText, partReason } from "../../plan/render/approved/approved-text.ts";

/** What answers whether a part of a plan is approved. */
export interface Answers {
  /** The state of the key after its last pass; null: it had none. */
  readonly view: KeyView | null;
  readonly rejections: readonly Rejection[];
  /** The pending approval of the wave that has the function; null: there is none. */
  readonly waveHold: Hold | null;
}

type ApprovablePart = KeyPlan["approvable"][number];

/** Why a part of a plan that needs its own approval is not in effect. */
export function pendingPart(
  part: ApprovablePart,
  answers: Answers,
): { readonly reason: PendingReason; readonly hint: string | null } {
  const { approved = [], drifts = [], heldBack = null } = answers.view ?? {};
  const text = approvedPartText(part, { approved, drifts, heldBack });
  if (text !== null) return { reason: { kind: "approved", digest: part.digest, reason: text }, hint: null };
  const { subject, reason } = holdOf(part, answers);
  return { reason: approvalReason(subject, reason, answers), hint: holdHint(subject) };
}

/** A rejection ends when the plan changes, so it is looked up by the digest of this exact plan. */
export function approvalReason(
  digest: string,
  reason: string,
  { rejections }: Pick<Answers, "rejections">,
): PendingReason {
  const rejected = rejections.find(({ subject }) => subject === digest);
  if (rejected === undefined) return { kind: "awaiting-approval", digest, reason };
  return { kind: "rejected", digest, by: rejected.actor, at: rejected.at, reason: rejected.reason };
}

export function holdHint(digest: string): string {
  return `grantkeeper describe approval ${shortDigits(digest)}`;
}

/** The switch of a function in a wave is approved with that wave. */
function holdOf(part: ApprovablePart, { view, waveHold }: Answers): Pick<Hold, "subject" | "reason"> {
  const ofWave = view === null ? undefined : waveHold?.parts?.get(view.key);
  if (waveHold !== null && ofWave === part.digest) return waveHold;
  return { subject: part.digest, reason: partReason(part, view?.drifts ?? []) };
}
