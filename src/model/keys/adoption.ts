import type { AdoptionUndoStatus } from "./adoption-undo.ts";
import type { MissingNeed } from "./used-role.ts";

/**
 * How far the function of a binding has come under management, the first stage first.
 *
 * - `observed`: Git declares the binding, and the function runs on another role
 * - `proven`: two complete sweeps, at least a day apart, found that the declared role grants exactly what that role grants
 * - `adopted`: still proven, and the declared role is complete, read back, and visible everywhere in AWS; the function does not use it yet
 * - `switched`: $LATEST and every version behind an alias run on the declared role
 * - `enforced`: the mode is enforce, and a pass after the switch found nothing to write
 */
const ADOPTION_STAGES = ["observed", "proven", "adopted", "switched", "enforced"] as const;
export type AdoptionStage = (typeof ADOPTION_STAGES)[number];

/**
 * The stage, or why there is none. `not-needed`: the function does not exist yet, or no other role than the declared one
 * was ever seen on it. `undoing`: an undo has begun to write to a role that was taken over in place, and is not done, so that the
 * role is between two states. `unknown`: a part was not read, so no stage is claimed.
 */
export const ADOPTION_STATES = [...ADOPTION_STAGES, "not-needed", "undoing", "unknown"] as const;
export type AdoptionState = (typeof ADOPTION_STATES)[number];

export function isAdoptionStage(state: AdoptionState): state is AdoptionStage {
  return state !== "not-needed" && state !== "undoing" && state !== "unknown";
}

/** Why the next stage is not reached. */
type AdoptionNeedKind =
  /** A part that the next stage depends on was not read. */
  | "not-read"
  /** The declared role and one that the function uses do not grant the same. */
  | "difference"
  /** Lambda itself needs a permission that the declared role lacks. */
  | "function-need"
  /** The proof waits for a complete sweep at least a day after the first one. */
  | "second-sweep"
  /** The declared role or a policy of it does not exist, is not Grantkeeper's, or is not as declared. */
  | "role-incomplete"
  /** $LATEST runs on another role. */
  | "function-role"
  /** A version behind an alias runs on another role. */
  | "alias-version"
  | "mode"
  /** A pass after the switch must find nothing to write. */
  | "silent-pass";

export interface AdoptionNeed {
  readonly kind: AdoptionNeedKind;
  readonly message: string;
  /** What to do; null: Grantkeeper waits, and nothing needs to be done. */
  readonly fix: string | null;
}

/** `status.adoption` of a binding. It has no durations and no counts, so that nothing flaps. */
export interface AdoptionStatus {
  readonly state: AdoptionState;
  /** ISO 8601: since when it has this state. */
  readonly since: string;
  /** Why it has no stage; null if it has one. */
  readonly reason: string | null;
  /** The ARN of the other role that the function uses, or used before; null: none was seen. */
  readonly from: string | null;
  /** ISO 8601: since when complete sweeps find no difference to that role; null: the last one found one, or did not read all of it. */
  readonly equalSince: string | null;
  readonly next: AdoptionStage | null;
  /** What the next stage still needs, in the order in which it should be done; of `unknown`: what it needs to be known. */
  readonly needs: readonly AdoptionNeed[];
  /** Missing: it was not undone since the function last ran on the declared role. */
  readonly undo?: AdoptionUndoStatus;
}

/** A version behind an alias that runs on another role than the declared one. */
export interface VersionElsewhere {
  readonly version: string;
  /** Sorted. */
  readonly aliases: readonly string[];
  readonly roleArn: string;
}

/** The versions behind aliases that run on another role. */
export type AliasReading =
  | { readonly kind: "read"; readonly elsewhere: readonly VersionElsewhere[] }
  /** With the versions that the last complete read found: they are not known to have moved. */
  | { readonly kind: "failed"; readonly reason: string; readonly elsewhere: readonly VersionElsewhere[] }
  /** Aliases are read in rounds, and it was not the turn of the function yet. */
  | { readonly kind: "not-asked"; readonly elsewhere: readonly VersionElsewhere[] };

/** What Lambda needs in the function's role, and the declared one does not grant. */
export type NeedReading =
  | { readonly kind: "read"; readonly unmet: readonly MissingNeed[] }
  | { readonly kind: "failed"; readonly reason: string }
  /** As far as the listing shows it: event source mappings and destinations are read in rounds, as aliases are. */
  | { readonly kind: "not-asked"; readonly unmet: readonly MissingNeed[] };

/** What a key remembers of its adoption: facts that were seen, with the time of the read. */
export interface AdoptionRecord {
  /** As the last pass found it. */
  readonly state: AdoptionState;
  readonly sinceMs: number;
  /** The stage in the history: a part that was not read neither ends a stage there nor begins one. */
  readonly recorded: AdoptionStage | null;
  /** The declared role that all of this is about; null: none yet. */
  readonly declaredArn: string | null;
  /** The role of $LATEST in the last read; null: there was none. */
  readonly latestArn: string | null;
  readonly from: string | null;
  /** Unbroken since the first of the complete sweeps that found no difference to these roles. */
  readonly proof: {
    /** Sorted. */
    readonly roles: readonly ProofRole[];
    readonly sinceMs: number;
    /** The complete sweep, at least a day later, that found none either; null: there was none yet. */
    readonly provenMs: number | null;
  } | null;
  /**
   * ARNs of the roles that were created again during their proof, sorted, until the new ones are proven. Missing: there are
   * none, as in records of earlier versions.
   */
  readonly recreated?: readonly string[];
  /** The last read that asked for its aliases, answered or not; null: none did. */
  readonly askedMs: number | null;
  /** As that read answered. */
  readonly aliases: AliasReading;
  readonly needs: NeedReading;
}

/** A role of a proof: its id too, since another role may get the ARN. */
export interface ProofRole {
  readonly arn: string;
  readonly roleId: string;
}

/** False also for the roles of earlier records, which were texts: their proof begins again. */
export function isInProof(roles: readonly ProofRole[], { arn, roleId }: ProofRole): boolean {
  return roles.some((role) => role.arn === arn && role.roleId === roleId);
}
