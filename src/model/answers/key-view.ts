import type { ApprovedPart } from "../approval.ts";
import type { DesiredBinding, DesiredPolicy } from "../desired.ts";
import type { Drift } from "../drift.ts";
import type { Finding } from "../finding.ts";
import type { AdoptionState } from "../keys/adoption.ts";
import type { UsedRole } from "../keys/used-role.ts";
import type { Key } from "../keys/key.ts";
import type { BindingReadings, LiveFunction, LiveRole, Reading } from "../live.ts";
import type { LiveRules } from "./live-rules.ts";
import type { KeyPlan } from "../plan.ts";
import type { HeldBack, StricterVerdict, Verdict } from "../verdict.ts";

interface Obstacle {
  readonly reason: string;
  /** The permission that one of our identities lacks, such as `iam:TagRole`; null if something else is the obstacle. */
  readonly missing: string | null;
}

/** The state of one key after its last pass. Held in memory only: the first pass after a start creates it again. */
export interface KeyView {
  readonly key: Key;
  readonly desired: DesiredBinding | DesiredPolicy | null;
  /** Git declares it with an error: `desired` is the state that was applied last, if there is one. */
  readonly isInvalid: boolean;
  /** A state was applied before the pass: until then AWS has nothing of the manifest. */
  readonly isApplied: boolean;
  readonly drifts: readonly Drift[];
  /** Facts for people that are not drift: full sentences. */
  readonly notes: readonly string[];
  readonly findings: readonly Finding[];
  readonly liveRules: LiveRules;
  readonly plan: KeyPlan | null;
  readonly verdict: Verdict;
  /** The approvable parts of `plan` that an operator had approved when the pass began. */
  readonly approved: readonly ApprovedPart[];
  /** null: changes from Git wait for no change window and no other function. */
  readonly heldBack: HeldBack | null;
  /** What holds them back after that, or after the wait that the verdict names: an override ends one wait alone. Missing: nothing. */
  readonly furtherWaits?: readonly HeldBack[];
  /** Refuses the last applied state when an operator approves it; null: nothing does. */
  readonly stricter: StricterVerdict | null;
  readonly liveRole: LiveRole | null;
  readonly liveFunction: LiveFunction | null;
  /** The role that the function runs on; null: it is in another account, or the function was not read. */
  readonly functionRole: Reading<LiveRole>["kind"] | null;
  /** null for a ManagedPolicy, and for a function that is neither declared nor applied. */
  readonly readings: BindingReadings | null;
  /** Parts that could not be read, one sentence each: no conclusion is drawn about them. */
  readonly unread: readonly string[];
  /** The plan back to the last applied state, if the plan itself is not applied; null if there is none. */
  readonly undo: KeyPlan | null;
  /** Why due actions were not applied, if the next pass will not simply apply them; null if nothing stops them. */
  readonly obstacle: Obstacle | null;
  /** null: none is shown, as for a ManagedPolicy. */
  readonly adoption: AdoptionState | null;
  /** The other roles that the function runs on, as its adoption compared them; that of $LATEST first. */
  readonly usedRoles: readonly UsedRole[];
  /** ISO 8601: the time of the reading. */
  readonly readAt: string;
}
