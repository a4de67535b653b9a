import type { BindingObject } from "../api/bindings.ts";
import type { PendingChange, PermissionState } from "../model/answers/permission-state.ts";
import { isBinding } from "../model/desired.ts";
import { keyParts, type Key } from "../model/keys/key.ts";
import { lastAppliedOf, remainsText } from "../model/keys/last-applied.ts";
import { ruleNames } from "../model/rules/refusal.ts";
import { shortSubject } from "./words.ts";

/** The answer in one sentence: the revision in effect, and why a newer one is not. */
export function describedSummary(
  { status }: BindingObject,
  { declared, effective, pending }: PermissionState,
): string {
  const applied = status.lastAppliedRevision;
  const now = declared.revision;
  const revision = now === null ? "the revision" : shortSubject(now);
  const remains = remainsText(lastAppliedOf(applied));
  const isSynced = status.sync === "Synced";
  const stops = pending.map((change) => stopOf(change, revision, isSynced));
  const stop = stops.find((found) => found !== null) ?? null;
  if (stop !== null) {
    const { cause, lack } = stop;
    // The revision was applied, and AWS differs since then.
    if (applied !== null && applied === now)
      return `${cause}: ${stop.since ?? "AWS does not match"} ${revision}`;
    return `${cause}: ${lack}, ${remains}`;
  }
  if (effective.kind === "unknown") return `Unknown: ${effective.reason}`;
  if (declared.kind === "not-declared") return `Not declared in Git: ${remains}`;
  const ready = status.conditions.find(({ type }) => type === "Ready");
  if (ready?.reason === "Released") return `Released: ${ready.message}`;
  const isPartial = effective.unknown.length > 0;
  return restText(pending, revision, isPartial);
}

interface Stop {
  readonly cause: string;
  /** The part of the revision that is not in AWS. */
  readonly lack: string;
  /** The text for a revision that was applied before; default: AWS does not match it. */
  readonly since?: string;
}

/**
 * Reasons for which a revision is not applied. A pending change may need no write, but only a comparison without a
 * difference shows that AWS matches: other drift may be there.
 */
function stopOf(change: PendingChange, revision: string, isSynced: boolean): Stop | null {
  const { reason } = change;
  const lack = `${revision} is not applied`;
  const isMatched = isSynced && !changesSomething(change);
  switch (reason.kind) {
    case "broken":
      return { cause: "Broken manifest", lack };
    case "refused": {
      const { rules } = reason;
      const cause = rules.length === 0 ? "Refused" : `Refused by ${ruleNames(rules)}`;
      // What was applied before the rule refused it.
      return isMatched ? { cause, lack, since: "AWS still matches" } : { cause, lack };
    }
    case "awaiting-approval": {
      const cause = `Awaiting approval ${shortSubject(reason.digest)}`;
      const stop = { cause, lack: `not all of ${revision} is applied` };
      // A value from AWS that another stack has now: no call is needed.
      return isMatched ? { ...stop, since: "AWS matches" } : stop;
    }
    case "change-window":
      return { cause: "Waits for a change window", lack: `not all of ${revision} is applied` };
    case "account-order":
      return { cause: "Waits for another account", lack: `not all of ${revision} is applied` };
    case "depends-on":
      return { cause: "Waits for another function", lack: `not all of ${revision} is applied` };
    case "approved":
      return { cause: "Approved, not made yet", lack: `not all of ${revision} is applied` };
    case "rejected":
      return { cause: `Rejected ${shortSubject(reason.digest)}`, lack: `not all of ${revision} is applied` };
    case "suspended":
      return changesSomething(change) ? { cause: "Suspended", lack } : null;
    case "observe-only":
      return { cause: "Observe only", lack };
    case "failed":
    case "withheld":
      return { cause: "Not applied", lack: reason.reason, since: `${reason.reason}, AWS does not match` };
    case "unreadable":
      return { cause: "Unreadable", lack, since: "AWS cannot be compared with" };
    case "not-compared":
      return { cause: "Not compared", lack: `${lack} yet`, since: "AWS was not compared yet with" };
    case "applying":
    case "differs":
    case "drift":
    case "kept":
    case "not-deployed":
    case "policies-differ":
    case "propagation":
    case "unconfirmed":
    // It keeps its verdict, and what is applied is what Git declares.
    case "stricter-verdict":
      return null;
  }
}

function changesSomething({ add, remove, settings, other }: PendingChange): boolean {
  return [add.lines, remove.lines, settings, other].some((list) => list.length > 0);
}

function restText(pending: PermissionState["pending"], revision: string, isPartial: boolean): string {
  const kinds = new Set(pending.map(({ reason }) => reason.kind));
  if (kinds.has("drift")) return `Drift: AWS does not match ${revision}`;
  if (kinds.has("unconfirmed"))
    return `Not confirmed: the last read shows a difference from ${revision}, possibly from before Grantkeeper's last write`;
  if (kinds.has("differs")) return `Differs: AWS does not match ${revision}`;
  if (kinds.has("applying") || kinds.has("propagation")) return `Applying ${revision}`;
  if (kinds.has("not-deployed")) return `Applied ${revision}; the function does not exist yet`;
  if (kinds.has("policies-differ"))
    return `A policy of its role differs from Git; the rest matches ${revision}`;
  if (isPartial) return `Unknown in part: what was read in AWS matches ${revision}`;
  if (kinds.has("suspended")) return `Suspended: AWS matches ${revision}`;
  return `In sync: AWS matches ${revision}`;
}

/** The functions of its account and region that must be in sync before it changes, and those that change after it. */
export function orderTexts({ spec: { desired }, status }: BindingObject): readonly string[] {
  const first = desired !== null && isBinding(desired) ? (desired.dependsOn ?? []) : [];
  const after = status.dependents ?? [];
  return [
    ...(first.length === 0 ? [] : [`dependsOn ${namesOf(first)}`]),
    ...(after.length === 0 ? [] : [`comes before ${namesOf(after)} (dependsOn)`]),
  ];
}

function namesOf(keys: readonly Key[]): string {
  return keys.map((key) => keyParts(key).name).join(", ");
}
