import type { ClockOffset } from "../changes/clock-offset.ts";
import type { Attribution } from "../changes/attribution.ts";
import type { AdoptedRole } from "./adopted-role.ts";
import type { AdoptionRecord } from "./adoption.ts";
import type { AdoptionUndoRecord } from "./adoption-undo.ts";
import type { FormerRole } from "./former-role.ts";
import type { UndeclaredQualifiers } from "./undeclared-qualifiers.ts";
import type { StepNumber } from "../plan.ts";
import type { WriteCall } from "../writes/write-calls.ts";
import type { PinnedReference } from "../aws/reference.ts";
import type { DesiredBinding, DesiredPolicy } from "../desired.ts";
import { currentFingerprint, type Drift, type DriftRisk } from "../drift.ts";
import type { Key } from "./key.ts";
import type { Revision } from "../values/revision.ts";
import type { Digest } from "../values/digest.ts";
import type { ConditionReason, InventoryItem, KeyStatus } from "../status.ts";

/** The last state that was applied and read back; the fallback for an invalid, refused or held key. */
export interface AppliedState {
  readonly revision: Revision;
  /** Of the platform source, for a key of a namespace source; missing: the revision is the platform's. */
  readonly platformRevision?: Revision;
  /** The document's own text, for people and for the record. */
  readonly sourceText: string;
  readonly desired:
    | { readonly kind: "binding"; readonly binding: DesiredBinding }
    | { readonly kind: "policy"; readonly policy: DesiredPolicy };
  readonly atMs: number;
}

/** One of our recent writes, from the audit: the planner's waits and the window of stale reads depend on it. */
export interface PastWrite {
  readonly key: Key;
  readonly atMs: number;
  readonly call: WriteCall;
  readonly step: StepNumber;
  readonly target: string;
  /** SHA-256 (hex) of the previous value; null if there was none. */
  readonly beforeHash: string | null;
  /** The same for its new value: it distinguishes additions to a set (attachments, statements). */
  readonly afterHash: string | null;
}

/** A key whose manifest or target is gone. */
export interface Unbinding {
  readonly atMs: number;
  /** The first and the last of the complete sweeps since then that all found every condition of the delete to be met. */
  readonly agreedSweepsMs: readonly number[];
}

/** A plan that AWS refused: the same plan is retried when live has changed, and otherwise slowly. */
export interface StalledPlan {
  readonly digest: Digest;
  /** Digest of the key's live objects after the refusal. */
  readonly live: Digest;
  /** The time of the last refusal. Records of version 0.1.0 lack both: their plans are retried immediately. */
  readonly atMs: number;
  readonly reason: ConditionReason;
  readonly message: string;
}

/** The remembered facts of a difference while it lasts. */
export interface OpenDrift {
  /** The last read without it; null if there is none. */
  readonly lastCleanMs: number | null;
  /** When the read that first saw it ended; missing, as in records of earlier versions: only its start is known. */
  readonly seenUntilMs?: number;
  /** Of AWS's clock from the last read without it to the first one with it; null or missing: not known. */
  readonly clockOffset?: ClockOffset | null;
  readonly risks: readonly DriftRisk[];
  /** Missing: no queue of change events is for the account, or the record is of a version without them. */
  readonly attribution?: Attribution;
  /**
   * It was made in AWS while the declared state was applied only partly: the digest of what Git declared in its place.
   * Missing: the applied state shows its cause.
   */
  readonly madeInAws?: Digest;
  /** As in the difference, until an event shows that it was added. */
  readonly ofFirstRead?: true;
  /** As in the difference, as the last pass that knew it found it. */
  readonly sinceApplied?: Drift["sinceApplied"];
  readonly comparedWith?: Drift["comparedWith"];
  /** `+ AdministratorAccess attached to its role`; missing: it has no author, or the record is of an earlier version. */
  readonly difference?: string;
}

/** A difference that ended: an event that shows its author, or corrects the name, may still arrive. */
export interface UnattributedDrift extends OpenDrift {
  readonly fingerprint: string;
  /** `+ AdministratorAccess attached to its role` */
  readonly difference: string;
  /** The start of the read that first saw it. */
  readonly sinceMs: number;
  readonly lastCleanMs: number;
  readonly seenUntilMs: number;
  readonly attribution: Attribution;
  /** Of the alert that an author is sent after; null: people were not alerted to it. */
  readonly alertedAs: "security" | "other" | null;
}

/** Since when a guard rule is broken, waived or not. */
export interface BrokenRule {
  /** The start of the first pass that found it. */
  readonly sinceMs: number;
  /** The revision of that pass: the rule may also be broken by a change of AWS, of a profile or of Grantkeeper. */
  readonly revision: Revision;
}

/** By pattern of actions: those that it matched. */
export type MatchedActions = Readonly<Record<string, readonly string[]>>;

/** What decided about a verdict besides the declaration, the profiles and AWS. */
export interface JudgedBy {
  /** The version of Grantkeeper and the date of its action data. */
  readonly rules: string;
  /** Digest of what the AwsAccount and the Team of the namespace allow. */
  readonly fences: Digest;
}

/** The last verdict of the rules on the applied state: proves that it was accepted, and by which version. */
export interface AppliedVerdict extends JudgedBy {
  /** The findings that refuse it, as `findingId`; missing: none, it is accepted. */
  readonly refusing?: readonly string[];
  /** Those that refuse it since an upgrade, and that no one has approved yet; missing: there are none. */
  readonly pending?: {
    /** Since when at least one of them is pending. */
    readonly sinceMs: number;
    /** By `findingId`: what became stricter, such as `profile production (main@9c1d04e)`; sorted. */
    readonly causes: Readonly<Record<string, readonly string[]>>;
  };
}

/** The declared state of the last comparison, which is in AWS only partly. */
interface PartlyApplied {
  /** Digest of the declaration, without its places in Git. */
  readonly declaration: Digest;
  /** The verdict allowed to write it. */
  readonly isAllowed: boolean;
}

export interface KeyRecord {
  readonly key: Key;
  readonly status: KeyStatus | null;
  readonly inventory: readonly InventoryItem[];
  /** When the inventory learned the id of its role; null: it has none. */
  readonly roleKnownSinceMs: number | null;
  readonly applied: AppliedState | null;
  /**
   * The references of a state of which something was written, while something else still keeps it from being applied:
   * its values are pinned before the first write. Missing: there is no such state.
   */
  readonly writtenReferences?: readonly PinnedReference[];
  /** Missing: the declared state is applied, nothing of it is in AWS, or the record is of an earlier version. */
  readonly partlyApplied?: PartlyApplied;
  /**
   * When AWS was known to have what was applied last, with no attempt of ours to write since. Missing: it is not known, as
   * after an attempt that no read has confirmed, and in records of 0.1.
   */
  readonly asAppliedMs?: number;
  /**
   * The function that the binding has claimed: a plan was written for it, or nothing was to be written and no one else
   * used it. null: none. Absent before the first comparison, and in records of 0.1.
   */
  readonly claimedFunction?: string | null;
  /** By drift fingerprint: when it was first seen. */
  readonly driftSinceMs: Readonly<Record<string, number>>;
  /** By drift fingerprint, for those in `driftSinceMs`; records of 0.1 have none. */
  readonly openDrifts?: Readonly<Record<string, OpenDrift>>;
  /** Missing: there is none, or the record is of a version that did not seek the authors of differences that had ended. */
  readonly unattributed?: readonly UnattributedDrift[];
  /** By id of the rule; absent if none is broken, and in records of 0.1. */
  readonly brokenRules?: Readonly<Record<string, BrokenRule>>;
  /** The same for what AWS has and Git does not declare. */
  readonly rulesBrokenInAws?: Readonly<Record<string, BrokenRule>>;
  /** When the key was first compared; records of 0.1 have none. */
  readonly comparedSinceMs?: number | null;
  /** By `subject#kind`: the times of reverts, newest last; for detecting contention. */
  readonly revertsMs: Readonly<Record<string, readonly number[]>>;
  readonly unbinding: Unbinding | null;
  /** The start of the open incident; null: none is open. */
  readonly incidentSinceMs: number | null;
  readonly stalled: StalledPlan | null;
  /** Since when its write fails in a way that time should fix; null: it does not. */
  readonly retryingSinceMs: number | null;
  /** The last revision that changed an applied state (`changeOf`); creations and reverts do not count. */
  readonly changedBy: string | null;
  /** By ARN of an attached AWS-managed policy: its default version when this revision was first compared. */
  readonly upstreamVersions: Readonly<Record<string, string>>;
  /**
   * By pattern of actions that the declared permissions allow, in lower case: the actions, in AWS's spelling, that it
   * matched when it was first compared, or when what AWS added later was approved. Missing: none, as in records of 0.1.
   */
  readonly matchedActions?: MatchedActions;
  /** Missing: no applied state was judged yet, or only by an earlier version of Grantkeeper. */
  readonly appliedVerdict?: AppliedVerdict;
  /** Missing: not a binding, not compared yet, or only by a version before stages of adoption. */
  readonly adoption?: AdoptionRecord;
  /** Missing: its role was not taken over in place, as in records of 0.1. */
  readonly adoptedRole?: AdoptedRole;
  /** Missing: no other role of the function was read completely, as in records of 0.1. */
  readonly formerRole?: FormerRole;
  /** Missing: its adoption was not undone since the function last ran on the declared role. */
  readonly adoptionUndo?: AdoptionUndoRecord;
  /** Missing: no policy of an undeclared qualifier was read yet, as in records of 0.1. */
  readonly undeclaredQualifiers?: UndeclaredQualifiers;
}

/** A record without its applied state, which is most of it, and which few readers need. */
export type KeyRecordSummary = Omit<KeyRecord, "applied">;

/** The differences of a record of an earlier version under their names of this version: none of them is new after an upgrade. */
export function withCurrentFingerprints(record: KeyRecordSummary): KeyRecordSummary {
  const { driftSinceMs, openDrifts } = record;
  if (Object.keys(driftSinceMs).every((fingerprint) => currentFingerprint(fingerprint) === fingerprint))
    return record;
  return {
    ...record,
    driftSinceMs: renamed(driftSinceMs),
    ...(openDrifts !== undefined && { openDrifts: renamed(openDrifts) }),
  };
}

function renamed<T>(byFingerprint: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(byFingerprint).map(([fingerprint, value]) => [currentFingerprint(fingerprint), value]),
  );
}

/** For records of 0.1, the function of the applied state. */
export function claimedFunctionOf({ applied, claimedFunction }: KeyRecord): string | null {
  if (claimedFunction !== undefined) return claimedFunction;
  return applied?.desired.kind === "binding" ? applied.desired.binding.functionName : null;
}

export function emptyKeyRecord(key: Key): KeyRecord {
  return {
    key,
    status: null,
    inventory: [],
    roleKnownSinceMs: null,
    applied: null,
    driftSinceMs: {},
    revertsMs: {},
    unbinding: null,
    incidentSinceMs: null,
    stalled: null,
    retryingSinceMs: null,
    changedBy: null,
    upstreamVersions: {},
  };
}
