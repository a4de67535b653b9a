import type { CompiledTexts } from "../diff/documents/compiled-texts.ts";
import type { RoleChecks } from "../guard/role-checks.ts";
import type { Comparer } from "../iam/compare/comparer.ts";
import type { ActionData } from "../iam/action-data.ts";
import type { Action } from "../model/action.ts";
import type { Approval, Rejection, Suspension } from "../model/approval.ts";
import type { AwsError } from "../model/aws/aws-error.ts";
import type { Desired, DesiredAccount } from "../model/desired.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Drift } from "../model/drift.ts";
import type { Finding } from "../model/finding.ts";
import type { InstanceName } from "../model/aws/ids.ts";
import type { Key } from "../model/keys/key.ts";
import type { KeyRecord, StalledPlan } from "../model/keys/key-record.ts";
import type { Limits } from "../model/rules/limits.ts";
import type { LiveAccount } from "../model/live.ts";
import type { Mode } from "../model/rules/mode.ts";
import type { KeyPlan } from "../model/plan.ts";
import type { Revision } from "../model/values/revision.ts";
import type { Verdict } from "../model/verdict.ts";
import type { Subject } from "./subject.ts";
import type { AccountRecord } from "../model/records/account-record.ts";

/** The scope of a pass over an account: everything by a sweep, or some keys by targeted reads. */
export type PassScope = { readonly kind: "all" } | { readonly kind: "keys"; readonly keys: readonly Key[] };

/** All inputs of one pass, apart from its ports. */
export interface Pass {
  /** Appears in session names (`gk-<id>`), log lines and intents. */
  readonly id: string;
  /** The number of this pass in this process. */
  readonly number: number;
  readonly startedAtMs: number;
  readonly account: DesiredAccount;
  readonly accountRecord: AccountRecord;
  readonly scope: PassScope;
  /** Keys that an operator asked to reconcile: for these, a plan that AWS refused is tried again. */
  readonly asked: ReadonlySet<Key>;
  readonly revision: Revision;
  readonly desired: Desired;
  /** Declared keys that cannot be compiled. */
  readonly invalid: ReadonlyMap<Key, readonly Diagnostic[]>;
  readonly brokenFileKeys: ReadonlyMap<Key, Diagnostic>;
  /** By key: the text of the document that declares it. */
  readonly sourceTexts: ReadonlyMap<Key, string>;
  readonly instance: InstanceName;
  /** The mode of the process: the ceiling. */
  readonly mode: Mode;
  readonly limits: Limits;
  readonly records: ReadonlyMap<Key, KeyRecord>;
  readonly approvals: readonly Approval[];
  readonly rejections: readonly Rejection[];
  readonly suspensions: readonly Suspension[];
  readonly freshDatabase: boolean;
  readonly catalogueDigest: string;
  /** Of the services that the desired documents name. */
  readonly actionData: ActionData;
  /** The configured interval between sweeps. */
  readonly sweepMs: number;
  /** The account's last observation; null before its first sweep, which a pass with scope `all` makes. */
  readonly base: LiveAccount | null;
  /** Created for this pass. */
  readonly comparer: Comparer;
  /** Shared by all passes of the controller. */
  readonly roleChecks: RoleChecks;
  /** Of the controller. */
  readonly texts: CompiledTexts;
}

/** The reasons why writes that the guard allowed were not made. */
export type NotApplied =
  | { readonly kind: "observe" }
  | { readonly kind: "suspended"; readonly suspension: Suspension }
  | { readonly kind: "nothing-due" }
  | { readonly kind: "open-intent"; readonly intent: number }
  | { readonly kind: "dependency"; readonly policy: Key }
  /** AWS refused this exact plan before, and live has not changed since. */
  | { readonly kind: "stalled"; readonly stalled: StalledPlan }
  | { readonly kind: "changed-meanwhile" }
  | { readonly kind: "read-failed"; readonly error: AwsError }
  | { readonly kind: "cut-short" };

/** The results of planner and guard for one subject, before anything is written. */
export interface Judged {
  readonly subject: Subject;
  readonly drifts: readonly Drift[];
  readonly notes: readonly string[];
  /** Parts that could not be read: no conclusion is drawn about them. */
  readonly unread: readonly string[];
  readonly findings: readonly Finding[];
  readonly plan: KeyPlan;
  readonly verdict: Verdict;
  /** The plan back to the last applied state, if the plan itself may not run. */
  readonly undo: KeyPlan | null;
  /** For a key that was removed from Git: every condition of its delete holds, except the agreement of two sweeps. */
  readonly mayBeDeleted: boolean;
  /** The approvable parts of `plan` that an operator has approved. */
  readonly released: readonly Action[];
}

/** A subject that could not be judged. */
export type Unjudged =
  /** A required part was not read: no conclusion is drawn. */
  | { readonly kind: "unknown"; readonly subject: Subject; readonly reason: string }
  /** Invalid and never applied: there is nothing to compare with. */
  | { readonly kind: "unusable"; readonly subject: Subject };
