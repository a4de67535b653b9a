import type { WindowAfterApproval } from "../model/answers/hold.ts";
import type { ChangedReference } from "../model/aws/reference.ts";
import type { CoverageCounts } from "../model/answers/coverage.ts";
import type { RecordedDelta } from "../model/delta.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { RevertedDrift } from "../model/drift.ts";
import type { AlertRouteSpec } from "../model/records/alert-route-state.ts";
import type { RecordVerification } from "../model/records/record-verification.ts";
import type { Key } from "../model/keys/key.ts";
import type { GrownPattern } from "../model/plan.ts";
import type { Mode } from "../model/rules/mode.ts";
import type { RefusedRule } from "../model/rules/refusal.ts";
import type { Tenancy } from "../model/rules/team.ts";
import type { Revision } from "../model/values/revision.ts";
import type { SourceVerified } from "../model/verification.ts";
import type { ApprovalSubject, HoldCode, WaitCause, WaveName } from "../model/verdict.ts";
import type { ActionItem } from "./action-required.ts";
import type { SuspensionObject } from "./commands.ts";
import type { AccountStatus, RollbackOfSource, SourceRollback } from "./manifests.ts";
import type { ReplicaCounts } from "./replicas.ts";
import type { ApiObject } from "./object.ts";

/** `high`: a call that is high risk by itself. `medium`: removes something that exists in AWS. */
export type HoldRisk = "low" | "medium" | "high";

/** A pending approval without the changes of each key. */
export interface HoldSummary {
  /** The argument of `approve` and `reject`. */
  readonly subject: ApprovalSubject;
  readonly code: HoldCode | "revision";
  readonly reason: string;
  /** Of a first enforcing run: who must approve its new access, the end of `reason`. Missing: there is none. */
  readonly newAccess?: string;
  /** Of a plan that waits by itself: what it waits for, and all that an override ends. Missing: it awaits an approval, or it also covers keys of other namespaces. */
  readonly cause?: WaitCause;
  /** Of a change window: when it opens (ISO 8601), and the plan is written; no approval is needed. Missing: it is none, or its manifest must be corrected first. */
  readonly opensAt?: string;
  /** What its changes wait for after the approval or the override: change windows, other accounts and functions, unless an override covers them. Missing: nothing. */
  readonly windows?: readonly WindowAfterApproval[];
  /** Of a wave: which one. Of the switch of a function that waves move: the wave that has it, or the next one. Missing: neither. */
  readonly wave?: WaveName;
  /** The account's name; null for a held revision. */
  readonly account: string | null;
  /** Sorted. A token with namespaces sees its own. */
  readonly keys: readonly Key[];
  /** The number of `keys`. */
  readonly bindings: number;
  /** The number of calls; null if keys of other namespaces were left out. */
  readonly calls: number | null;
  /** The highest of its changes that the token sees; null: a revision, whose changes are not known yet, or a stricter verdict, which makes no calls. */
  readonly risk: HoldRisk | null;
  /** ISO 8601: the time when this plan or revision was first held. */
  readonly since: string;
  /** Only a member may approve it, and only a token of `members` is one; null: every token that may approve. */
  readonly group: { readonly name: string; readonly members: readonly string[] } | null;
  /** Addresses of the authors of the change: a token with one of them may not approve it. Empty: none is known, or an author may. */
  readonly authors: readonly string[];
  /**
   * Why further authors are unknown: a token without `mails` may not approve it, if another has some. Missing: there are
   * none, or an author may.
   */
  readonly unlistedAuthors?: string;
  /** Git has changed one of its targets since: the next pass plans it again, and what is pending may change. */
  readonly isOutdated?: true;
  /** Of the sources of `keys`, or of a held revision. Missing: none of them is rolled back. */
  readonly rollbacks?: readonly RollbackOfSource[];
  /** null: it waits for an answer. */
  readonly rejected: { readonly actor: string; readonly reason: string; readonly at: string } | null;
  /** False if the token may not approve it: it lacks the scope, or the pending approval covers keys of other namespaces. */
  readonly approvable: boolean;
}

/** The changes of a pending approval for one key. */
export interface HoldChange {
  readonly key: Key;
  /** null: a stricter verdict, which makes no calls. */
  readonly risk: HoldRisk | null;
  /** It revokes a permission that the function has now. */
  readonly canBreak: boolean;
  readonly delta: RecordedDelta;
  /** What AWS's new actions add to the declared permissions without any call; missing: nothing. */
  readonly grown?: readonly GrownPattern[];
  /** The references whose value in AWS, or whose stack, is not the applied one any more; missing: there are none. */
  readonly changedReferences?: readonly ChangedReference[];
  /** Of a stricter verdict: what refuses the applied state with the approval; missing: nothing. */
  readonly refusedBy?: readonly RefusedRule[];
  /** In their order. */
  readonly calls: readonly {
    readonly call: string;
    readonly target: string;
    readonly risk: "low" | "high";
  }[];
  /** The ARNs of the role that the function runs on and of the one that it gets. Missing: no call sets its role, or the token may not see it. */
  readonly roles?: { readonly from: string | null; readonly to: string | null };
  /**
   * The ARNs of the function and of the role that has the default name for it: changes that differ only in these are the
   * same for each function. Missing: a policy, an object that Git no longer declares, or the token may not see the role.
   */
  readonly own?: readonly string[];
}

/** A commit of a held revision. Author, committer and time are claimed: anyone can set them. */
export interface HeldCommit {
  readonly id: string;
  /** `Name <mail>` */
  readonly author: string;
  readonly committer: string;
  /** ISO 8601. */
  readonly at: string;
  readonly subject: string;
}

interface HoldStatus extends HoldSummary {
  /**
   * Of a held revision: the commits that it adds to the accepted one, newest first, at most 100. Empty for a branch that was moved back and for
   * the first revision. Missing: it is a plan.
   */
  readonly commits?: readonly HeldCommit[];
  /**
   * Of a force-push or a branch that was moved back: the commits of the accepted revision that it lacks, newest first, at most 100. Missing: none,
   * or they cannot be read any more.
   */
  readonly dropped?: readonly HeldCommit[];
  /** Sorted by key; of the keys that the token sees. */
  readonly changes: readonly HoldChange[];
}

/** A pending approval. Its name is the hex part of `subject`. */
export interface HoldObject extends ApiObject<"Hold"> {
  readonly status: HoldStatus;
}

export interface HoldSummaryObject extends ApiObject<"Hold"> {
  readonly status: HoldSummary;
}

/**
 * A role, policy or statement of ours that no manifest names, and why it is kept. Its name is `<role or policy>.<its name in
 * AWS>.<accountId>`, of a statement `statement.<function>.<qualifier, if it has one>.<Sid>.<region>.<accountId>`. A token with
 * namespaces sees those with a key in them.
 */
export interface OrphanObject extends ApiObject<"Orphan"> {
  readonly status: {
    /** null: it is not in the record; only its tags show that it is ours. */
    readonly key: Key | null;
    readonly account: string;
    readonly arn: string;
    /** ISO 8601. */
    readonly since: string;
    readonly reason: string;
  };
}

/** Differences of one key that Grantkeeper reverted in AWS together. */
export interface RevertStatus extends RevertedDrift {
  readonly key: Key;
  /** ISO 8601. */
  readonly at: string;
  /** Of the audit. */
  readonly entry: number;
  readonly by: "Grantkeeper";
}

/** A route of `alerts` in the operator's file; its name is the route's. A token with namespaces sees none. */
export interface AlertRouteObject extends ApiObject<"AlertRoute"> {
  readonly spec: AlertRouteSpec;
  readonly status: {
    /** ISO 8601: when its receiver accepted something last; null: not yet. */
    readonly deliveredAt: string | null;
    /** The messages that are due and not accepted yet. */
    readonly waiting: number;
    /** ISO 8601: when the oldest of them was due first; null: none waits. */
    readonly oldestWaitingAt: string | null;
    /** The last failure; null: none yet. `at`: ISO 8601. */
    readonly problem: { readonly at: string; readonly cause: string; readonly fix: string } | null;
    /** The receiver has accepted nothing since that failure, or a part of it accepted nothing. */
    readonly failing: boolean;
  };
}

export interface SourceStatus {
  readonly name: string;
  /** The revision that is enforced. */
  readonly accepted: Revision | null;
  /** ISO 8601. */
  readonly fetchedAt: string | null;
  /** `since`: ISO 8601. `rejected`: an operator rejected it; null: it awaits an approval. */
  readonly held: {
    readonly revision: Revision;
    readonly reason: string;
    readonly since: string;
    readonly rejected: { readonly by: string; readonly reason: string } | null;
  } | null;
  /** The latest failure; null if the last fetch succeeded. `refused`: the revision was fetched, and its content is refused. */
  readonly failure: { readonly message: string; readonly fix: string; readonly refused: boolean } | null;
  /** A working directory: its content is in no commit. */
  readonly uncommitted: boolean;
  /** The condition SourceVerified of the newest fetched revision; null: the operator's file asks for no signatures. */
  readonly verified: SourceVerified | null;
  /** An operator put an older revision in force until a time. Missing: the newest revision is accepted, or a controller of an earlier version answers. */
  readonly rolledBack?: SourceRollback;
}

/** Whether a queue answered its last request. */
export interface QueueStatus {
  /** null: none was answered since the start. */
  readonly readable: boolean | null;
  /** null: it answered. `since`: ISO 8601. */
  readonly failure: {
    readonly since: string;
    readonly code: string;
    readonly reason: string;
    readonly fix: string;
  } | null;
}

/** A queue that reports changes in AWS. */
export interface ChangeQueueStatus extends QueueStatus {
  readonly queue: string;
  /** The ids of the accounts whose events it is for. */
  readonly accounts: readonly string[];
}

/** A source of the operator's file; its name is the source's. A token with namespaces sees the platform source and its own. */
export interface SourceObject extends ApiObject<"Source"> {
  readonly spec: {
    /** null: the platform source. */
    readonly namespace: string | null;
    /** The URL of the repository without credentials, or the path of a folder. */
    readonly url: string;
    /** null: a folder. */
    readonly ref: { readonly kind: "branch" | "tag" | "semver" | "commit"; readonly name: string } | null;
    /** The paths to which forges report pushes, such as `/hooks/github`. */
    readonly webhooks: readonly string[];
    /** The URL of the queue that reports pushes; null: there is none. */
    readonly pushQueue: string | null;
  };
  readonly status: Omit<SourceStatus, "name"> & {
    /** null: the source has no queue. */
    readonly pushQueue: QueueStatus | null;
  };
}

/** A source that holds the manifests of one namespace, and is named after it. */
export interface NamespaceSourceStatus extends SourceStatus {
  readonly namespace: string;
}

/** Overall health and pending actions. A token with namespaces sees its own part. */
export interface OverviewObject extends ApiObject<"Overview"> {
  readonly status: {
    readonly version: string;
    readonly instance: string;
    readonly mode: Mode;
    /** ISO 8601, as is `now`: from the server's clock, so that ages are correct on any machine. */
    readonly startedAt: string;
    readonly now: string;
    readonly catalogueDate: string;
    /** How far AWS's clock is ahead of the controller's, negative: behind. Missing: at most 5 seconds, or AWS has not answered for 15 minutes. */
    readonly clockOffsetSeconds?: number;
    /** The platform source. */
    readonly source: SourceStatus;
    /** Sorted by namespace; missing: there are none, or none that the token sees. */
    readonly namespaceSources?: readonly NamespaceSourceStatus[];
    /** Whether namespaces need a Team; null: there is no accepted revision. */
    readonly tenancy: Tenancy["kind"] | null;
    /** Sorted by name. */
    readonly accounts: readonly AccountStatus[];
    /** Of the live functions of all accounts; missing: none was read yet, or the token does not see them all. */
    readonly coverage?: CoverageCounts;
    /** The queues of change events, in the order of the operator's file; missing: there are none, or the token may not see them. */
    readonly changeQueues?: readonly ChangeQueueStatus[];
    /** Missing: a controller of an earlier version answers. */
    readonly record?: RecordVerification;
    /** Missing: the record is in a file, or the token may not see them. */
    readonly replicas?: ReplicaCounts;
    /** Empty only if no action is required. */
    readonly actionRequired: readonly ActionItem[];
    readonly diagnostics: readonly Diagnostic[];
    /** Includes rejected ones. */
    readonly holds: readonly HoldSummaryObject[];
    readonly suspensions: readonly SuspensionObject[];
    readonly orphans: readonly OrphanObject[];
    /** In the order of the operator's file. */
    readonly alertRoutes: readonly AlertRouteObject[];
    /** Of the last 24 hours, newest first. */
    readonly reverts: readonly RevertStatus[];
  };
}
