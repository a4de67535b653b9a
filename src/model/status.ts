import type { AttributedDrift } from "./changes/attribution.ts";
import type { AdoptionStatus } from "./keys/adoption.ts";
import type { AccountId, Region } from "./aws/ids.ts";
import type { RecordedDelta } from "./delta.ts";
import type { Digest } from "./values/digest.ts";
import type { Key } from "./keys/key.ts";
import type { Revision } from "./values/revision.ts";

type ConditionType =
  "Ready" | "Reconciling" | "Stalled" | "Drifted" | "SourceVerified" | "Suspended" | "Frozen";

export type ConditionReason =
  | "ReconciliationSucceeded"
  | "ObserveOnly"
  | "Released"
  | "AccountRemoved"
  | "ValidationFailed"
  | "DependencyNotReady"
  | "ReferenceNotResolved"
  | "GuardrailRefused"
  | "AwaitingApproval"
  | "ChangeWindowClosed"
  | "WaitingForDependency"
  | "Rejected"
  | "ReconciliationFailed"
  | "PruneFailed"
  | "AccessDenied"
  | "OwnershipConflict"
  | "RoleNotUsed"
  | "RoleNotPublished"
  | "NotCompared"
  | "Progressing"
  | "ProgressingWithRetry"
  | "WaitingForFunction"
  | "ImmutableField"
  | "UnmodifiableRole"
  | "QuotaExceeded"
  | "RejectedByAws"
  | "DriftDetected"
  | "NoDriftDetected"
  | "CorrectionFailed"
  | "Contended"
  | "UpstreamChanged"
  | "Suspended";

/** Kubernetes' condition; `lastTransitionTime` changes only with `status`. No durations or counts in `message`. */
export interface Condition {
  readonly type: ConditionType;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: ConditionReason;
  readonly message: string;
  readonly lastTransitionTime: string;
  /** Of `AccessDenied`: the missing action. Conditions of 0.1 lack it, and the API does not show it. */
  readonly missingAction?: string;
}

export interface InventoryItem {
  readonly type: "role" | "policy" | "statement";
  /** ARN; for a statement the function's (with qualifier) and `#sid`. */
  readonly id: string;
  /** RoleId or PolicyId; null for statements. */
  readonly uniqueId: string | null;
}

export interface DriftStatus {
  /** ISO 8601: when it was first seen. */
  readonly since: string;
  readonly fields: readonly string[];
  readonly delta: RecordedDelta;
  /** The caller of the last calls seen that set all of it: `alice@example.com via AWSReservedSSO_Admin from 203.0.113.7`; null: not known, or several. */
  readonly actor: string | null;
  /** Who made each difference, as far as change events show it. Missing in records of earlier versions. */
  readonly authors?: readonly AttributedDrift[];
}

export type Sync = "Synced" | "OutOfSync" | "Unknown";
export type Health = "Healthy" | "Progressing" | "Degraded" | "Missing" | "Suspended";

export interface KeyStatus {
  readonly key: Key;
  readonly account: string;
  readonly accountId: AccountId;
  /** null for a ManagedPolicy. */
  readonly region: Region | null;
  readonly mode: "observe" | "enforce";
  readonly sync: Sync;
  readonly health: Health;
  /** Set before the first write. */
  readonly lastAttemptedRevision: Revision | null;
  /** Changes only after the read-back agrees. */
  readonly lastAppliedRevision: Revision | null;
  readonly inventory: readonly InventoryItem[];
  readonly drift: DriftStatus | null;
  readonly plan: {
    readonly digest: Digest;
    readonly actions: number;
    readonly withheld: readonly string[];
  } | null;
  /** Sorted by type. */
  readonly conditions: readonly Condition[];
  /** The parts that "in sync" does not cover: undeclared qualifiers, function URL settings … */
  readonly notWatched: readonly string[];
  /**
   * ISO 8601: the account's last sweep in which the key was still read and compared; null: none is known. Missing: it was
   * read and compared in the account's last sweep.
   */
  readonly verifiedUntil?: string | null;
  /** Missing for a ManagedPolicy, and before the first comparison. */
  readonly adoption?: AdoptionStatus;
}

/**
 * The groups of bindings on `status`, in the order of their lines. Each binding is in exactly one of them, so that the lines add
 * up to the number of bindings.
 */
export const BINDING_GROUPS = [
  "in-sync",
  "upstream",
  "changing",
  "observed",
  "suspended",
  "awaiting-approval",
  "window-closed",
  "window-approved",
  "rejected",
  "refused",
  "depends-on",
  "dependent",
  "not-planned",
  "unread-differs",
  "unread",
  "not-compared",
] as const;

export type BindingGroup = (typeof BINDING_GROUPS)[number];
