import { unqualifiedArn } from "../../model/aws/arn.ts";
import { sameTagKey } from "../../model/aws/tag.ts";
import { driftFingerprint, driftRisks, type Drift, type DriftChange } from "../../model/drift.ts";
import type { PastWrite } from "../../model/keys/key-record.ts";
import { sha256Hex } from "../../model/values/digest.ts";
import type { DiffContext, KeyComparison } from "./context.ts";
import { sortedDrifts } from "./drift.ts";
import { callsThatWrite } from "./stale-read.ts";

type KeyDifferences = Extract<KeyComparison, { readonly kind: "compared" }>;
type ProofFacts = Pick<DiffContext, "record" | "writes">;

interface AppliedComparison {
  /** What AWS has, compared with the state that was applied last; null: none was, or it is compared with nothing. */
  readonly compare: () => KeyComparison | null;
  /** ARNs of the objects that are compared with the declared state: its role and its function, or its policy. */
  readonly objects: readonly string[];
}

/**
 * For each change of a revision, whether AWS still has what was applied last. While the change waits, someone may change
 * the same field, or remove what the revision replaces: then the difference is not one of the revision alone. A change of an
 * object that is not compared with the declared state is a difference of its own.
 */
export function withSinceApplied(
  compared: KeyDifferences,
  { compare, objects }: AppliedComparison,
  known: ProofFacts,
): KeyDifferences {
  if (!compared.drifts.some(({ cause }) => cause === "revision")) return compared;
  const before = compare();
  if (before === null || before.kind === "unknown") return compared;
  if (before.unread.some((part) => !compared.unread.includes(part))) return compared;
  const reported = compared.drifts.filter(({ cause }) => cause !== "revision");
  const changes = before.drifts
    .filter(
      (drift) =>
        !isNoWriteOfOurs(drift) &&
        drift.certainty === "confirmed" &&
        !reported.some((each) => isSamePlace(each, drift)) &&
        (isForeign(drift, known) || !isOurWrite(drift, known.writes)),
    )
    // A statement with a Sid of ours that neither state declares has another cause.
    .map((drift): Drift => ({ ...drift, cause: "out-of-band" }));
  const [elsewhere, here] = split(changes, ({ subject }) => !objects.includes(unqualifiedArn(subject)));
  const others = elsewhere
    .map((drift): Drift => ({ ...drift, comparedWith: "applied" }))
    .filter((drift) => isForeign(drift, known) || isRecorded(drift, known));
  const drifts = compared.drifts.map((drift) =>
    drift.cause === "revision" ? { ...drift, ...sinceAppliedOf(drift, here, known) } : drift,
  );
  const isAsApplied = before.unread.length === 0 && before.drifts.every(isNoWriteOfOurs);
  return {
    ...compared,
    drifts: others.length === 0 ? drifts : sortedDrifts([...drifts, ...others]),
    ...(isAsApplied && { isAsApplied }),
  };
}

/** AWS made it, or it may have been there since before anything was applied. */
function isNoWriteOfOurs({ cause }: Drift): boolean {
  return cause === "upstream" || cause === "initial";
}

/** Without the proof that a change is not ours, nothing is stated. */
function sinceAppliedOf(
  drift: Drift,
  changes: readonly Drift[],
  known: ProofFacts,
): Pick<Drift, "sinceApplied" | "risksSinceApplied"> {
  const concerned = changes.filter((change) => concerns(change, drift));
  if (concerned.length === 0) return { sinceApplied: "unchanged" };
  if (!isRecorded(drift, known) && !concerned.some((change) => isForeign(change, known))) return {};
  return {
    sinceApplied: "changed",
    risksSinceApplied: [...new Set(concerned.flatMap(driftRisks))].sort(),
  };
}

/** An earlier pass proved that someone made the same change. */
function isRecorded(drift: Drift, { record }: ProofFacts): boolean {
  const open = record?.openDrifts?.[driftFingerprint(drift)];
  return drift.comparedWith === undefined
    ? open?.sinceApplied === "changed"
    : open?.comparedWith === drift.comparedWith;
}

/** A read found what was applied, and nothing was written by us since: it is not part of a state that we applied partly. */
function isForeign({ key, subject }: Drift, { record, writes }: ProofFacts): boolean {
  const sinceMs = record?.asAppliedMs;
  if (sinceMs === undefined) return false;
  const ours = [...(writes.byKey.get(key) ?? []), ...(writes.byTarget.get(subject) ?? [])];
  return ours.every(({ atMs }) => atMs <= sinceMs);
}

/** A loss counts for all of the object: a statement that replaces another has another Sid. */
const LOSSES: ReadonlySet<DriftChange["kind"]> = new Set(["statement-missing", "attachment-missing"]);

function concerns(change: Drift, drift: Drift): boolean {
  if (unqualifiedArn(change.subject) !== unqualifiedArn(drift.subject)) return false;
  return LOSSES.has(change.change.kind) || isSamePlace(change, drift);
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
function isOurWrite({ subject, change, live, desired }: Drift, writes: DiffContext["writes"]): boolean {
  const shown = live === null ? null : sha256Hex(live);
  const lost = desired === null ? null : sha256Hex(desired);
  const calls = callsThatWrite(change);
  const isOfField = ({ call, beforeHash, afterHash }: PastWrite): boolean => {
    if (LOSSES.has(change.kind)) return [beforeHash, afterHash].includes(lost);
    // The same call deletes other policies of the role.
    return calls.includes(call) && (call !== "iam:DeleteRolePolicy" || beforeHash === lost);
  };
  return (writes.byTarget.get(subject) ?? []).findLast(isOfField)?.afterHash === shown;
}

function split<T>(
  values: readonly T[],
  isFirst: (value: T) => boolean,
): readonly [readonly T[], readonly T[]] {
  return [values.filter(isFirst), values.filter((value) => !isFirst(value))];
}
