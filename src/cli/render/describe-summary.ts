import type { BindingObject } from "../../api/bindings.ts";
import type { PendingReason, PermissionState } from "../../model/permission-state.ts";
import { clockTime } from "./time.ts";
import { shortHash, shortSubject } from "./words.ts";

/** The answer in one sentence: which revision is in effect, and what keeps the newest one from it. */
export function summaryText(
  { status }: BindingObject,
  { declared, effective, pending }: PermissionState,
): string {
  const applied = status.lastAppliedRevision;
  const now = declared.revision;
  const remains = applied === null ? "nothing was applied before" : `${shortHash(applied)} remains in effect`;
  const revision = now === null ? "the revision" : shortSubject(now);
  const stopping = pending.map(({ reason }) => stopText(reason, revision)).find((text) => text !== null);
  if (stopping !== undefined && stopping !== null) return `${stopping}, ${remains}`;
  if (effective.kind === "unknown") return `Unknown: ${effective.reason}`;
  if (declared.kind === "not-declared") return `Not declared in Git: ${remains}`;
  if (effective.failing !== null)
    return `Unknown since ${clockTime(effective.failing.since, Date.parse(effective.failing.since))}: AWS cannot be read`;
  return restText(pending, revision);
}

/** Reasons for which a revision is not applied. */
function stopText(reason: PendingReason, revision: string): string | null {
  switch (reason.kind) {
    case "broken":
      return `Broken manifest: ${revision} is not applied`;
    case "refused": {
      const [first] = reason.rules;
      return `Refused${first === undefined ? "" : ` by ${first.rule}`}: ${revision} is not applied`;
    }
    case "awaiting-approval":
      return `Awaiting approval ${shortSubject(reason.digest)}: not all of ${revision} is applied`;
    case "rejected":
      return `Rejected ${shortSubject(reason.digest)}: not all of ${revision} is applied`;
    case "suspended":
      return `Suspended: ${revision} is not applied`;
    case "observe-only":
      return `Observe only: ${revision} is not applied`;
    case "failed":
    case "withheld":
      return `Not applied: ${reason.reason}`;
    case "unreadable":
      return `Unreadable: ${revision} is not applied`;
    case "not-compared":
      return `Not compared: ${revision} is not applied yet`;
    case "applying":
    case "differs":
    case "drift":
    case "kept":
    case "not-deployed":
    case "propagation":
      return null;
  }
}

function restText(pending: PermissionState["pending"], revision: string): string {
  const kinds = new Set(pending.map(({ reason }) => reason.kind));
  if (kinds.has("drift")) return `Drift: AWS does not match ${revision}`;
  if (kinds.has("differs")) return `Differs: AWS does not match ${revision}`;
  if (kinds.has("applying") || kinds.has("propagation")) return `Applying ${revision}`;
  if (kinds.has("not-deployed")) return `Applied ${revision}; the function does not exist yet`;
  return `In sync: AWS matches ${revision}`;
}
