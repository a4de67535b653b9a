import { desiredOf, type Subject } from "../../judge/subject.ts";
import { isBinding } from "../../model/desired.ts";
import { approvalOfPart, type ApprovedPart } from "../../model/approval.ts";
import {
  approvedPartText,
  blockedText,
  partReason,
  heldBackAfter,
} from "../../plan/render/approved/approved-text.ts";
import { isUpstream } from "../../model/drift.ts";
import type { KeyPlan, Withheld } from "../../model/plan.ts";
import { READY_OF_WITHHELD } from "../../model/rules/withheld-reasons.ts";
import type { ConditionReason } from "../../model/status.ts";
import { waitsByItself, type Verdict, type WaitingCode } from "../../model/verdict.ts";
import { isDenied, isTerminal, type FailedWrite, type JudgedView } from "../outcome/outcome.ts";
import { deniedClaim, invalidReason, readyClaim, whyInvalid, type ConditionClaim } from "./claim.ts";

/** `Ready`: the most severe reason why a key does not match Git, if any. */
export function readyOf(view: JudgedView): ConditionClaim {
  const { subject, judged, skipped, failure, drifts } = view;
  if (failure !== null) return readyAfter(failure, judged.plan);
  if (subject.kind === "invalid") return notReady(invalidReason(subject), whyInvalid(subject));
  if (judged.verdict.kind === "refuse") return notReady("GuardrailRefused", judged.verdict.reason);
  const [unread] = view.unread;
  if (subject.kind === "removed") return readyOfRemoved(view);
  if (skipped?.kind === "observe" && unread === undefined) {
    if (isReleased(subject)) return drifts.length === 0 ? RELEASED : NOT_RELEASED;
    const message = drifts.length === 0 ? "matches Git" : "compared; observe mode writes nothing";
    return readyClaim("True", "ObserveOnly", message);
  }
  if (judged.verdict.kind === "hold") return readyOfHeld(judged.verdict);
  const ready = readySkipped(view) ?? readyByPlan(view);
  if (unread === undefined || ready.status === "False") return ready;
  return readyClaim("Unknown", "Progressing", `some parts could not be read: ${unread}`);
}

/** It never matches Git, which declares nothing for it: it is kept or deleted until AWS has nothing of it. */
function readyOfRemoved(view: JudgedView): ConditionClaim {
  const ready =
    view.judged.verdict.kind === "hold" && view.skipped?.kind !== "observe"
      ? readyOfHeld(view.judged.verdict)
      : (readySkipped(view) ?? readyByPlan(view));
  if (view.skipped?.kind === "observe" && view.plan.withheld.length === 0)
    return readyClaim("Unknown", "ObserveOnly", "no longer declared in Git; observe mode deletes nothing");
  if (ready.status !== "True") return ready;
  return readyClaim("Unknown", "Progressing", "no longer declared in Git");
}

function readyOfHeld({ code, reason }: Extract<Verdict, { readonly kind: "hold" }>): ConditionClaim {
  return notReady(waitsByItself(code) ? REASON_OF_WAIT[code] : "AwaitingApproval", reason);
}

const REASON_OF_WAIT = {
  "change-window": "ChangeWindowClosed",
  "account-order": "ChangeWindowClosed",
  "depends-on": "WaitingForDependency",
} as const satisfies Record<WaitingCode, ConditionReason>;

function notReady(reason: ConditionReason, message: string): ConditionClaim {
  return readyClaim("False", reason, message);
}

function readySkipped({ skipped, judged }: JudgedView): ConditionClaim | null {
  if (skipped?.kind === "stalled") return notReady(failureReason(judged.plan), skipped.stalled.message);
  if (skipped?.kind === "read-failed" && isDenied(skipped.error)) return deniedClaim(skipped.error);
  return null;
}

function readyByPlan(view: JudgedView): ConditionClaim {
  const { plan, skipped, drifts, judged } = view;
  const isAnswered = (part: Pick<ApprovedPart, "digest">): boolean =>
    approvalOfPart(part, judged.approved) !== null;
  const open = plan.withheld.filter(
    ({ approval }) => approval === undefined || !isAnswered({ digest: approval }),
  );
  const withheld = gravest(open);
  if (withheld !== undefined) {
    const [status, reason] = READY_OF_WITHHELD[withheld.kind];
    const part = plan.approvable.find(({ digest }) => digest === withheld.approval);
    return readyClaim(status, reason, part === undefined ? withheld.reason : partReason(part, drifts));
  }
  if (skipped?.kind === "dependency") return notReady("DependencyNotReady", `waits for ${skipped.policy}`);
  const approvable = plan.approvable.find((part) => !isAnswered(part));
  if (approvable !== undefined) return notReady("AwaitingApproval", partReason(approvable, drifts));
  const answered = answeredOf(view);
  if (answered !== null) return answered;
  if (drifts.some((drift) => drift.change.kind === "function-role"))
    return notReady("RoleNotUsed", "the function runs on another role");
  if (drifts.some((drift) => drift.change.kind === "role-not-published"))
    return notReady("RoleNotPublished", "a published version behind an alias runs on another role");
  return progressOf(view);
}

/**
 * An approved change that is not made yet; null: there is none. While nothing is written for the role of a switch, the
 * function keeps its other role.
 */
function answeredOf(view: JudgedView): ConditionClaim | null {
  const { plan, judged } = view;
  const [part] = plan.approvable;
  if (part === undefined) return null;
  const text = approvedPartText(part, { ...judged, drifts: view.drifts });
  if (text === null) return null;
  const held = heldBackAfter(part, judged.heldBack);
  if (held !== null) return notReady(REASON_OF_WAIT[held.code], `a change is ${text}`);
  const isBlocked = blockedText(part.actions, view.drifts) !== null;
  // A revert that is not due yet may be hours away, and the function runs on the other role until then.
  if (isBlocked && plan.actions.every(({ due }) => due.kind === "at"))
    return notReady("RoleNotUsed", `the function runs on another role; its switch is ${text}`);
  const progress = plan.actions.length === 0 ? "" : `${progressOf(view).message}; `;
  return readyClaim("Unknown", "Progressing", `${progress}a change is ${text}`);
}

function progressOf({ judged, plan, skipped, drifts, ordered }: JudgedView): ConditionClaim {
  if (plan.actions.length > 0) {
    const isSuspended = skipped?.kind === "suspended" || ordered !== null;
    const message = isSuspended ? "waits for the end of its suspension" : progressText(plan);
    return readyClaim("Unknown", "Progressing", message);
  }
  if (!drifts.every(isUpstream))
    return readyClaim("Unknown", "Progressing", "waits until AWS shows the last write");
  if (judged.waitsForFunction)
    return readyClaim("Unknown", "WaitingForFunction", "the function does not exist yet; its role is ready");
  if (isReleased(judged.subject)) return RELEASED;
  return readyClaim("True", "ReconciliationSucceeded", "matches Git, read back");
}

/** For 15 minutes, nothing may be done but wait for the time of a revert. */
function progressText({ actions }: KeyPlan): string {
  const isNow = actions.some(({ due }) => due.kind === "now");
  return isNow ? "changes are being applied" : "waits until its changes are due";
}

const RELEASED = readyClaim(
  "True",
  "Released",
  "its role does not have the ownership tags of this manifest; nothing of it is written",
);

/** A release is a request to write: it is not done by a comparison. */
const NOT_RELEASED = readyClaim(
  "False",
  "ObserveOnly",
  "not released: its role has the ownership tags of this manifest, and observe mode writes nothing",
);

function isReleased(subject: Subject): boolean {
  const state = desiredOf(subject);
  return state !== null && isBinding(state) && state.released === true;
}

/** A reason that needs an operator has priority over one that only waits. */
function gravest(withheld: readonly Withheld[]): Withheld | undefined {
  return withheld.find(({ kind }) => READY_OF_WITHHELD[kind][0] === "False") ?? withheld[0];
}

function readyAfter(failure: FailedWrite, plan: KeyPlan): ConditionClaim {
  if (isDenied(failure.error)) return deniedClaim(failure.error);
  const { message } = failure.error;
  return isTerminal(failure)
    ? notReady(failureReason(plan), message)
    : readyClaim("Unknown", "Progressing", message);
}

function failureReason({ purpose }: KeyPlan): ConditionReason {
  return purpose === "delete" ? "PruneFailed" : "ReconciliationFailed";
}
