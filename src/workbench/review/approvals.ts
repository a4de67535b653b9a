import type { PreviewedChange } from "../../api/questions.ts";
import { newAccessText } from "../../model/rules/guardrail-profile.ts";
import { waitsByItself, type HoldCode } from "../../model/verdict.ts";
import { objectName, type PlanView } from "../../plan/render/plan-view.ts";
import { byText, sortedSet } from "../../text/order.ts";
import { someOf } from "../../text/phrases.ts";
import { inOrder } from "../plan/report.ts";
import type { Review } from "./review.ts";

/** An approval that the change will await once it is merged, and the functions and policies that wait for it. */
export interface AwaitedApproval {
  readonly code: HoldCode;
  /** `grants new access, which needs an approval of group security`. */
  readonly reason: string;
  /** Who approves it, as the end of a sentence; null: `reason` states that as well. */
  readonly by: string | null;
  /** The groups of which a member must approve, sorted; empty: everyone who may approve; null: not known, see `reason`. */
  readonly groups: readonly string[] | null;
  /** `orders/orders-api`, sorted. */
  readonly names: readonly string[];
  /** `orders/orders-api@prod/eu-west-1`, sorted. */
  readonly targets: readonly string[];
}

type ApprovalCause = Pick<AwaitedApproval, "code" | "reason" | "by" | "groups">;

interface Awaiting extends Pick<PlanView, "key" | "target"> {
  readonly cause: ApprovalCause;
}

/**
 * By cause: those that the manifests show, and those that the controller's preview has. The approval of a profile that both
 * show is listed once, as the controller has it. Without a preview, first enforcing passes and limits are not known.
 */
export function awaitedApprovals({ plan, live }: Pick<Review, "plan" | "live">): readonly AwaitedApproval[] {
  const previewed = new Map(
    live.kind === "previewed" ? live.preview.changes.map((change) => [change.key, change]) : [],
  );
  const ofManifests = inOrder(plan.views).flatMap((view) => manifestApprovals(view, previewed.get(view.key)));
  const ofController = [...previewed.values()].flatMap(liveApprovals);
  const groups = Map.groupBy([...ofManifests, ...ofController], ({ cause }) => JSON.stringify(cause));
  return [...groups.values()]
    .flatMap((group) => (group[0] === undefined ? [] : [awaitedApproval(group[0].cause, group)]))
    .toSorted((a, b) => byText(a.reason, b.reason) || byText(a.by ?? "", b.by ?? ""));
}

function awaitedApproval(cause: ApprovalCause, waiting: readonly Awaiting[]): AwaitedApproval {
  return {
    ...cause,
    names: sortedSet(waiting.map(({ key }) => objectName(key))),
    targets: sortedSet(waiting.map(({ key, target }) => `${objectName(key)}@${target}`)),
  };
}

/** `orders/api@prod/eu-west-1: first enforcing run; approved by everyone who may approve in all of its namespaces` */
export function approvalText({ reason, by, targets }: AwaitedApproval): string {
  return `${someOf(targets)}: ${reason}${by === null ? "" : `; approved by ${by}`}`;
}

function manifestApprovals(
  { key, target, approvers }: PlanView,
  change: PreviewedChange | undefined,
): readonly Awaiting[] {
  const left = approversBeyond(change, approvers);
  if (left.length === 0) return [];
  const groups = left.filter((group) => group !== null);
  return [{ key, target, cause: profileCause(newAccessText(left), groups) }];
}

/**
 * The groups that profiles want by the manifests alone, without those whose approval the preview has too. Nothing is written
 * in observe mode, and the reason of a first enforcing pass also has what profiles want.
 */
export function approversBeyond(
  change: PreviewedChange | undefined,
  approvers: PlanView["approvers"],
): PlanView["approvers"] {
  if (change?.mode === "observe") return [];
  const verdict = change?.found?.verdict;
  if (verdict?.kind !== "hold") return approvers;
  if (verdict.newAccess !== undefined) return [];
  if (verdict.code !== "profile-approval") return approvers;
  const { group = null } = verdict;
  return approvers.filter((one) => one !== group && one !== null);
}

function profileCause(reason: string, groups: readonly string[]): ApprovalCause {
  const members = groups.length === 1 ? "a member of it" : "a member of each";
  const by = groups.length === 0 ? "everyone who may approve in its namespace" : members;
  return { code: "profile-approval", reason, by: `${by}, but by no author of the change`, groups };
}

/** Those that the preview of the controller shows. */
export function liveApprovals({ key, target, mode, found }: PreviewedChange): readonly Awaiting[] {
  if (mode === "observe" || found === null) return [];
  const { verdict, plan } = found;
  const isHeld = verdict.kind === "hold" && !waitsByItself(verdict.code);
  const parts = (plan?.approvable ?? []).map(({ reason }) => everyone("needs-approval", reason));
  return [...(isHeld ? [heldCause(verdict)] : []), ...parts].map((cause) => ({ key, target, cause }));
}

type HeldVerdict = Extract<NonNullable<PreviewedChange["found"]>["verdict"], { readonly kind: "hold" }>;

function heldCause({ code, reason, group, newAccess }: HeldVerdict): ApprovalCause {
  if (code === "profile-approval") return profileCause(reason, group === undefined ? [] : [group]);
  return newAccess === undefined ? everyone(code, reason) : { code, reason, by: null, groups: null };
}

function everyone(code: HoldCode, reason: string): ApprovalCause {
  return { code, reason, by: "everyone who may approve in all of its namespaces", groups: [] };
}
