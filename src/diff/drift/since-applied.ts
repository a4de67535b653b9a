import { unqualifiedArn } from "../../model/aws/arn.ts";
import { sameTagKey } from "../../model/aws/tag.ts";
import { isUpstream, type Drift, type DriftChange } from "../../model/drift.ts";
import type { PastWrite } from "../../model/keys/key-record.ts";
import { sha256Hex } from "../../model/values/digest.ts";
import type { KeyComparison } from "./context.ts";
import type { RecentWrites } from "./recent-writes.ts";
import { callsThatWrite } from "./stale-read.ts";

type KeyDifferences = Extract<KeyComparison, { readonly kind: "compared" }>;

interface AppliedComparison {
  /** What AWS has, compared with the state that was applied last; null: none was, or it is compared with nothing. */
  readonly compare: () => KeyComparison | null;
  /** ARNs of the objects that the declared state names: its role and its function, or its policy. */
  readonly objects: readonly string[];
  readonly writes: Pick<RecentWrites, "byTarget">;
}

/**
 * For each change of a revision, whether AWS still has what was applied last. While the change waits, someone may change
 * the same field, or remove what the revision replaces: then the difference is not one of the revision alone.
 */
export function withSinceApplied(compared: KeyDifferences, applied: AppliedComparison): KeyDifferences {
  if (!compared.drifts.some(({ cause }) => cause === "revision")) return compared;
  const before = applied.compare();
  if (before === null || before.kind === "unknown") return compared;
  if (before.unread.some((part) => !compared.unread.includes(part))) return compared;
  const reported = compared.drifts.filter(({ cause }) => cause !== "revision");
  const changes = before.drifts.filter(
    (drift) =>
      drift.certainty === "confirmed" &&
      !isUpstream(drift) &&
      !isOurWrite(drift, applied.writes) &&
      !reported.some((each) => isSamePlace(each, drift)),
  );
  // The declared state is not compared there, so that nothing else shows the change.
  const isElsewhere = changes.some(({ subject }) => !applied.objects.includes(unqualifiedArn(subject)));
  const sinceAppliedOf = (drift: Drift): NonNullable<Drift["sinceApplied"]> =>
    isElsewhere || changes.some((change) => concerns(change, drift)) ? "changed" : "unchanged";
  return {
    ...compared,
    drifts: compared.drifts.map((drift) =>
      drift.cause === "revision" ? { ...drift, sinceApplied: sinceAppliedOf(drift) } : drift,
    ),
  };
}

/** A loss counts for all of the object: a statement that replaces another has another Sid. */
const LOSSES: ReadonlySet<DriftChange["kind"]> = new Set(["statement-missing", "attachment-missing"]);

function concerns(change: Drift, drift: Drift): boolean {
  if (unqualifiedArn(change.subject) !== unqualifiedArn(drift.subject)) return false;
  // Of an object that Git releases, nothing else is compared.
  if (drift.change.kind === "not-released" || LOSSES.has(change.change.kind)) return true;
  return isSamePlace(change, drift);
}

function isSamePlace(a: Drift, b: Drift): boolean {
  if (a.subject !== b.subject) return false;
  if ("tag" in a.change && "tag" in b.change) return sameTagKey(a.change.tag, b.change.tag);
  return placeOf(a.change) === placeOf(b.change);
}

function placeOf(change: DriftChange): string {
  if ("sid" in change) return `statement ${change.sid ?? ""}`;
  if (change.kind === "attachment-missing" || change.kind === "attachment-extra")
    return `attachment ${change.arn}`;
  return change.kind === "inline-extra" ? `inline ${change.policyName}` : change.kind;
}

/** AWS has what we wrote last, as between two steps of a plan. */
function isOurWrite({ subject, change, live, desired }: Drift, writes: AppliedComparison["writes"]): boolean {
  const shown = live === null ? null : sha256Hex(live);
  const member = LOSSES.has(change.kind) && desired !== null ? sha256Hex(desired) : null;
  const isOfField = ({ call, beforeHash, afterHash }: PastWrite): boolean =>
    member === null ? callsThatWrite(change).includes(call) : [beforeHash, afterHash].includes(member);
  return (writes.byTarget.get(subject) ?? []).findLast(isOfField)?.afterHash === shown;
}
