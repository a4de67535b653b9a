/**
 * How far the function of a binding has come under management, the first stage first.
 *
 * - `observed`: Git declares the binding; nothing is written for it
 * - `proven`: two complete sweeps, at least a day apart, found the declared role to grant exactly what the role grants that the function uses
 * - `adopted`: still proven, and the declared role is complete, read back and settled; the function does not use it yet
 * - `switched`: $LATEST and every version behind an alias run on the declared role
 * - `enforced`: the mode is enforce, and a pass after the switch found nothing to write
 *
 * A stage is shown only while its facts are seen; the facts of the stages before it are seen too.
 */
const ADOPTION_STAGES = ["observed", "proven", "adopted", "switched", "enforced"] as const;
type AdoptionStage = (typeof ADOPTION_STAGES)[number];

/**
 * The stage, or why there is none. `not-needed`: the function does not exist yet, or no other role than the declared one
 * was ever seen on it. `unknown`: the function or its role was not read, so no stage is claimed.
 */
type AdoptionState = AdoptionStage | "not-needed" | "unknown";

/** Why the next stage is not reached. */
type AdoptionNeedKind =
  /** A part that the next stage depends on was not read. */
  | "not-read"
  /** The declared role and the one that the function uses differ, or their difference is not known. */
  | "difference"
  /** Lambda itself needs a permission that the declared role lacks. */
  | "function-need"
  /** The proof waits for a complete sweep at least a day after the first one. */
  | "second-sweep"
  /** The declared role is missing, not Grantkeeper's, or not as declared. */
  | "role-incomplete"
  /** $LATEST runs on another role. */
  | "function-role"
  /** A version behind an alias runs on another role. */
  | "alias-version"
  | "mode"
  /** A pass after the switch must find nothing to write. */
  | "silent-pass";

interface AdoptionNeed {
  readonly kind: AdoptionNeedKind;
  readonly message: string;
  /** What to do; null: Grantkeeper waits and nothing needs to be done. */
  readonly fix: string | null;
}

/** A version behind an alias that runs on another role than the declared one. */
interface VersionElsewhere {
  readonly version: string;
  /** Sorted. */
  readonly aliases: readonly string[];
  readonly roleArn: string;
}

/** `status.adoption` of a binding. It has no durations and no counts, so that nothing flaps. */
export interface AdoptionStatus {
  readonly state: AdoptionState;
  /** ISO 8601: since when it has this state. */
  readonly since: string;
  /** Why it has no stage; null if it has one. */
  readonly reason: string | null;
  /** The ARN of the role that the function used before, or still uses; null: no other role was seen. */
  readonly from: string | null;
  /** ISO 8601: the first and the last complete sweep that found no difference, without one since; null: there is none. */
  readonly equal: { readonly since: string; readonly lastAt: string } | null;
  /** ISO 8601: the last complete read of its aliases; null: not read. */
  readonly aliasesReadAt: string | null;
  readonly next: AdoptionStage | null;
  /** What the next stage still needs, in the order in which it should be done. */
  readonly needs: readonly AdoptionNeed[];
}

/** What a key remembers of its adoption: facts that were seen, with the time of the read. */
export interface AdoptionRecord {
  readonly state: AdoptionState;
  readonly sinceMs: number;
  /** The last stage in the history: a part that was not read neither ends a stage there nor begins one. */
  readonly recorded: AdoptionStage | null;
  readonly from: string | null;
  /** The unbroken series of complete sweeps without a difference to this role. */
  readonly proof: {
    readonly roleArn: string;
    readonly roleId: string;
    readonly firstMs: number;
    readonly lastMs: number;
  } | null;
  readonly aliases: { readonly readAtMs: number; readonly elsewhere: readonly VersionElsewhere[] } | null;
  /** The last sweep that asked for its aliases and triggers, answered or not; null: none did. */
  readonly askedAtMs: number | null;
}
