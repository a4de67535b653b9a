import { isOfGit, isSwitch, type Action, type KeyPlan } from "../../../model/plan.ts";
import { approvalOfPart, type ApprovedPart } from "../../../model/approval.ts";
import type { Drift } from "../../../model/drift.ts";
import type { HeldBack } from "../../../model/verdict.ts";
import { timeText } from "../../../text/phrases.ts";
import { driftLine } from "../drift-line.ts";

type ApprovablePart = KeyPlan["approvable"][number];

/** Why a part of a plan needs an approval, with what its calls wait for even then. */
export function partReason({ reason, actions }: ApprovablePart, drifts: readonly Drift[]): string {
  const blocked = blockedText(actions, drifts);
  return blocked === null ? reason : `${reason}; ${blocked}`;
}

/** What answers whether a part is approved, and what may still hold it back. */
export interface PartFacts {
  readonly approved: readonly ApprovedPart[];
  readonly drifts: readonly Drift[];
  /** null: nothing holds changes from Git back. */
  readonly heldBack: HeldBack | null;
}

/** An approval opens no change window, and brings no other function in sync: the part waits for it as well; null: for nothing. */
export function heldBackAfter(
  { actions }: Pick<ApprovablePart, "actions">,
  heldBack: HeldBack | null,
): HeldBack | null {
  return actions.some(isOfGit) ? heldBack : null;
}

/** Who approved a part of a plan, until when, and all that it waits for; null: no one has approved it. */
export function approvedPartText(
  part: Pick<ApprovablePart, "actions" | "digest">,
  { approved, drifts, heldBack }: PartFacts,
): string | null {
  const answer = approvalOfPart(part, approved);
  if (answer === null) return null;
  const text = approvedText(answer, part, drifts);
  const held = heldBackAfter(part, heldBack);
  return held === null ? text : `${text}; it waits for ${held.reason}`;
}

/** What an approved part of a plan waits for, with who approved it. */
function approvedText(
  { by, until }: ApprovedPart,
  { actions }: Pick<ApprovablePart, "actions">,
  drifts: readonly Drift[],
): string {
  const blocked = blockedText(actions, drifts);
  const waits = blocked === null ? actions.filter(isSwitch).flatMap(waitTexts) : [blocked];
  return [`approved by ${by} until ${timeText(until)}`, ...waits].join("; ");
}

/** Of a switch: an approval of another change ends its wait. */
function waitTexts({ due }: Action): readonly string[] {
  if (due.kind === "now") return [];
  const end = due.kind === "at" ? ` until ${timeText(new Date(due.atMs).toISOString())}` : "";
  return [`the switch waits${end}: the last change of its role must reach AWS everywhere`];
}

/** A function moves only to a role without a difference: the first one, and the number of the others; null: there is none. */
export function blockedText(actions: readonly Action[], drifts: readonly Drift[]): string | null {
  const roles = new Set(actions.filter(isSwitch).map(({ after }) => after));
  const [first, ...others] = drifts.filter(({ subject }) => roles.has(subject));
  if (first === undefined) return null;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return `the switch waits until its role matches Git: ${driftLine(first)}${more}`;
}
