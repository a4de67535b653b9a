import type { HoldChange, HoldObject } from "../../api/overview.ts";
import { functionInArn, unqualifiedArn } from "../../model/aws/arn.ts";
import { waitsByItself, type WaitingCode } from "../../model/verdict.ts";
import { counted } from "../../text/phrases.ts";
import { byTextOf } from "../../text/order.ts";

/** Keys for which an approval changes the same. */
export interface ChangeGroup {
  /** The first of the group, by which all are shown. */
  readonly change: HoldChange;
  readonly keys: readonly HoldChange["key"][];
  /** It needs a look before the approval: a high risk, or it can break running code. */
  readonly isRisky: boolean;
}

const RANK = { high: "0", medium: "1", low: "2" } as const;

/** Equal changes once, with all their keys; those with the highest risk first. */
export function changeGroups(changes: readonly HoldChange[]): readonly ChangeGroup[] {
  const groups = Map.groupBy(changes, (change) => sameText(change));
  return [...groups.values()]
    .flatMap((all): readonly ChangeGroup[] => {
      const [change] = all;
      if (change === undefined) return [];
      const isRisky = change.risk === "high" || change.canBreak;
      return [{ change, keys: all.map(({ key }) => key), isRisky }];
    })
    .sort(byTextOf(({ change, isRisky }) => `${isRisky ? 0 : 1}${rankOf(change)}${change.key}`));
}

function rankOf({ risk }: HoldChange): string {
  return risk === null ? "3" : RANK[risk];
}

/** Equal for changes that differ only in the function that they are for. */
function sameText(change: HoldChange): string {
  const { risk, canBreak, delta, calls, grown, changedReferences, refusedBy, roles } = change;
  const rows = [delta.allowed, delta.noLongerAllowed, delta.unknownEffect];
  const own = ownTarget(change);
  const shownCalls = calls.map(({ call, target, risk: ofCall }) => [call, own(target), ofCall]);
  const shownRoles =
    roles === undefined ? null : [roles.from, roles.to].map((arn) => (arn === null ? null : own(arn)));
  return JSON.stringify([risk, canBreak, rows, shownCalls, shownRoles, grown, changedReferences, refusedBy]);
}

/** What a call is about: an object of the function alone by its place in `own`, so that it is the same for each function. */
function ownTarget({ own = [] }: HoldChange): (arn: string) => unknown {
  return (arn) => {
    const object = unqualifiedArn(arn);
    const at = own.indexOf(object);
    return at === -1 ? arn : [at, functionInArn(arn)?.qualifier ?? null];
  };
}

/** What the controller answered when it was asked for the pending approval again. */
export interface HoldReading {
  readonly value: HoldObject | null;
  /** null: it was read. */
  readonly failed: { readonly code: number; readonly message: string; readonly hint: string | null } | null;
}

/** Whether what is on the screen may be approved. */
export type ApprovalLock =
  | { readonly kind: "open" }
  /** The plan on the screen is not the one that waits any more. */
  | { readonly kind: "changed"; readonly message: string; readonly hint: string | null }
  /** It was rejected: only an approval is left. */
  | { readonly kind: "not-approvable"; readonly message: string };

const GONE: ReadonlySet<number> = new Set([404, 409, 410]);

/** Whether the answer states that the approval is not pending; else nothing is known about it. */
export function isGoneCode(code: number): boolean {
  return GONE.has(code);
}

/** @param shown the pending approval that the person looks at; its digest does not change without them seeing it */
export function lockOf(shown: HoldObject, { value, failed }: HoldReading): ApprovalLock {
  if (failed !== null && isGoneCode(failed.code))
    return { kind: "changed", message: failed.message, hint: failed.hint };
  if (value !== null && value.status.subject !== shown.status.subject)
    return { kind: "changed", message: "The plan has changed", hint: null };
  const { approvable, group, rejected, code } = (value ?? shown).status;
  if (approvable) return { kind: "open" };
  if (waitsByItself(code)) return { kind: "not-approvable", message: NO_APPROVAL[code] };
  const message =
    group === null
      ? `You cannot approve${rejected === null ? " or reject" : ""} it: it needs the scope approve for every binding`
      : `You cannot approve it: it needs a member of group ${group.name}`;
  return { kind: "not-approvable", message };
}

const NO_APPROVAL = {
  "change-window": "No approval is needed: it is written when its change window opens",
  "account-order": "No approval is needed: it is written when the accounts that come first are verified",
  "depends-on": "No approval is needed: it is written when the functions that it depends on are in sync",
} as const satisfies Record<WaitingCode, string>;

/** Why nothing is written yet: a plan that waits for a window or a function needs no approval, and its reason is that it waits. */
export function reasonText({ code, reason }: Pick<HoldObject["status"], "code" | "reason">): string {
  return waitsByItself(code) ? `Needs no approval: ${reason}` : `Needs an approval because: ${reason}`;
}

export function headingOf({ code, rejected }: Pick<HoldObject["status"], "code" | "rejected">): string {
  if (rejected !== null) return "Rejected plan";
  return waitsByItself(code) ? "Waiting plan" : "Approval";
}

/** Only of a plan that waits it is true that it will change something. */
export function changesTitle(
  { code, rejected, opensAt }: Pick<HoldObject["status"], "code" | "rejected" | "opensAt">,
  lock: ApprovalLock,
): string {
  if (lock.kind === "changed") return "What the plan was";
  if (rejected !== null) return "Would change in AWS if it is approved after all";
  if (code === "change-window" && opensAt === undefined)
    return "Will change in AWS once its change window is corrected";
  return CHANGES_TITLES[code] ?? "Will change in AWS after approval";
}

const CHANGES_TITLES: Partial<Readonly<Record<HoldObject["status"]["code"], string>>> = {
  "depends-on": "Will change in AWS after the functions that it depends on",
  "account-order": "Will change in AWS after the accounts that come first are verified",
  "change-window": "Will change in AWS when its change window opens",
  "verdict-changed": "Will be refused after approval",
};

const OVERRIDES = {
  "change-window": "Override the window",
  "account-order": "Override the order of accounts",
  "depends-on": "Override dependsOn",
} as const satisfies Record<WaitingCode, string>;

/** On the button. Who approves a rejected plan revokes the answer of someone else. */
export function approveText({ calls, code, rejected }: HoldObject["status"]): string {
  const what = calls === null || code === "revision" ? "" : ` ${counted(calls, "call")}`;
  if (waitsByItself(code)) return `${OVERRIDES[code]} for${what}`;
  return rejected === null ? `Approve${what}` : `Approve${what} after all`;
}

/** The calls that an approval covers and its changes do not have: the role belongs to another owner, which is hidden. */
export function unlistedCalls({ calls, changes }: Pick<HoldObject["status"], "calls" | "changes">): number {
  const listed = changes.reduce((sum, change) => sum + change.calls.length, 0);
  return calls === null ? 0 : Math.max(0, calls - listed);
}

/** The pending approval that took the place of another one: of the same code, with the most of its keys; null: there is none. */
export function successorOf(gone: HoldObject, holds: readonly HoldObject[]): HoldObject | null {
  const keys = new Set(gone.status.keys);
  const candidates = holds
    .filter(({ status }) => status.subject !== gone.status.subject && status.rejected === null)
    .map((hold) => ({ hold, shared: hold.status.keys.filter((key) => keys.has(key)).length }))
    .filter(({ shared }) => shared > 0)
    .sort((a, b) => b.shared - a.shared);
  return candidates[0]?.hold ?? null;
}
