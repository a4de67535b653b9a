import type { WaveMemberState, WaveStopKind } from "../model/records/wave-record.ts";
import type { ApprovalSubject, Verdict } from "../model/verdict.ts";
import type { RecordedDelta } from "../model/delta.ts";
import type { DesiredBinding, DesiredPolicy } from "../model/desired.ts";
import type { Drift } from "../model/drift.ts";
import type { Finding } from "../model/finding.ts";
import type { AdoptionStatus } from "../model/keys/adoption.ts";
import type { Key } from "../model/keys/key.ts";
import type { CoverageCounts, CoverageDay, FunctionCoverage } from "../model/answers/coverage.ts";
import type { AccountId, Region } from "../model/aws/ids.ts";
import type { LiveBreach } from "../model/answers/live-rules.ts";
import type { LiveFunction, LiveResourcePolicy, LiveRole, Reading } from "../model/live.ts";
import type { KeyPlan } from "../model/plan.ts";
import type { Revision } from "../model/values/revision.ts";
import type { BindingStatus, SourcePlace, WaveState } from "./manifests.ts";
import type { ApiObject } from "./object.ts";

/** A live function with its policies as plain data: by qualifier, "" for the unqualified function. */
export type FunctionReading = Omit<LiveFunction, "policies"> & {
  readonly policies: Readonly<Record<string, Reading<LiveResourcePolicy>>>;
};

/** One object for each key: a function or a ManagedPolicy in one account. */
export interface BindingObject extends ApiObject<"Binding"> {
  readonly spec: {
    readonly key: Key;
    /**
     * As compiled at the accepted revision, or what was compared last while the document has an error; null before the
     * first pass and for a key that left Git.
     */
    readonly desired: DesiredBinding | DesiredPolicy | null;
    /** null for a key that left Git. */
    readonly source: SourcePlace | null;
  };
  readonly status: BindingStatus & {
    /** As of a FunctionPermission. */
    readonly lastHandledReconcileAt?: string;
    /** Sorted: the bindings whose manifests name this one in `dependsOn`, as far as these compile; missing: there are none. */
    readonly dependents?: readonly Key[];
    /** Changes from Git that are not applied yet, with the documents of both sides; missing: the last pass found none. */
    readonly pendingDifferences?: readonly (Drift<RecordedDelta> & {
      /** Git has changed the key since the pass. */
      readonly isOutdated?: true;
    })[];
    /** Facts for people that are not drift, one sentence each; for example, a document that differs in wording only. */
    readonly notes: readonly string[];
    /** The state in AWS according to the last pass; null before the first one. */
    readonly live: {
      /** ISO 8601. */
      readonly readAt: string;
      /** null: absent or not read; for a token with namespaces also if it belongs to another owner. */
      readonly role: LiveRole | null;
      readonly function: FunctionReading | null;
    } | null;
  };
}

/** The function of a binding: whether it exists, and whether it runs on the declared role. */
export interface FunctionObject extends ApiObject<"Function"> {
  readonly status: {
    readonly key: Key;
    readonly account: string;
    readonly accountId: string;
    readonly region: string;
    readonly functionName: string;
    readonly functionArn: string;
    /** If its manifest was removed from Git: the role that it declared. */
    readonly declaredRole: string;
    /** false: its manifest was removed from Git, and its role is not deleted yet. */
    readonly isInGit: boolean;
    /** ISO 8601: the time of the reading. */
    readonly readAt: string;
    /** null: it does not exist, or was not read. */
    readonly live: {
      /** The role of $LATEST. */
      readonly roleArn: string;
      /** Published versions on another role, sorted; null if the versions were not read. */
      readonly versionsOnOtherRoles: readonly string[] | null;
      /** Lambda@Edge: Grantkeeper does not change it. */
      readonly edge: boolean;
    } | null;
    /** How far it is from another role to the declared one; null before the first comparison. */
    readonly adoption: AdoptionStatus | null;
  };
}

/** One difference between Git and AWS. */
export interface DriftObject extends ApiObject<"Drift"> {
  readonly status: Drift<RecordedDelta> & {
    /** ISO 8601: the time when it was first seen; null if it is not in the record yet. */
    readonly since: string | null;
    /** ISO 8601: the time of the reading. */
    readonly readAt: string;
    /** Git has changed the key since, and no pass has compared the new declaration. */
    readonly isOutdated?: true;
  };
}

/** Since when a rule is broken, by the pass that found it first. */
interface FirstFound {
  /** ISO 8601. */
  readonly since: string;
  /** The revision that was accepted then. */
  readonly revision: Revision;
}

/** A rule that AWS breaks by something that Git does not declare. Nothing is refused for it, and no waiver lifts it. */
interface ShownLiveBreach extends LiveBreach {
  /** null: it is not in the record yet. */
  readonly found: FirstFound | null;
}

/** Whether the guard's rules judged what the key declares, and since when each rule of its findings is broken. */
interface RuleJudgement {
  /** Why there are no findings about what Git declares; null if the rules judged it. */
  readonly notJudged: string | null;
  /** By id of the rule: the first pass that found it. A rule that the record does not have yet is absent. */
  readonly broken: Readonly<Record<string, FirstFound>>;
  /** What AWS has and Git does not declare. */
  readonly live: {
    /** Why some of it is not judged; null if all of it is. */
    readonly notJudged: string | null;
    /** By rule; each rule once. */
    readonly breaches: readonly ShownLiveBreach[];
  };
}

/** The last plan of a key with its verdict. */
export interface PlanObject extends ApiObject<"Plan"> {
  readonly status: {
    readonly key: Key;
    /** null: nothing could be planned; see the verdict and the findings. */
    readonly plan: KeyPlan<RecordedDelta> | null;
    /** Every part was read: AWS differs in nothing but what the plan has. */
    readonly isComplete: boolean;
    readonly verdict: Verdict;
    readonly findings: readonly Finding[];
    readonly rules: RuleJudgement;
    /** ISO 8601: the time of the reading. */
    readonly readAt: string;
    /** Git has changed the key since, and no pass has planned the new declaration. */
    readonly isOutdated?: true;
  };
}

/** A function that exists in AWS, with or without a manifest. A token with namespaces sees those of its namespaces, without roles and risks. */
export interface LiveFunctionObject extends ApiObject<"LiveFunction"> {
  readonly status: Omit<FunctionCoverage, "name" | "arn"> & {
    readonly account: string;
    readonly accountId: AccountId;
    readonly region: Region;
    readonly functionName: string;
    readonly functionArn: string;
    /** ISO 8601: the start of the read. */
    readonly readAt: string;
  };
}

/** How far the live functions of an account are managed; its name is that of the account. */
export interface CoverageObject extends ApiObject<"Coverage"> {
  readonly status: {
    readonly account: string;
    readonly accountId: AccountId;
    /** ISO 8601: the start of the read. */
    readonly readAt: string;
    /** The number of live functions that the token sees. */
    readonly functions: number;
    readonly counts: CoverageCounts;
    /** Sorted by namespace; null: the functions that no manifest names. */
    readonly namespaces: readonly {
      readonly namespace: string | null;
      readonly functions: number;
      readonly counts: CoverageCounts;
    }[];
    /** Of all namespaces, one point for each day with a complete read, the newest last; up to 92. */
    readonly trend: readonly CoverageDay[];
    /** Regions that were not read: they may have functions that are not counted. */
    readonly unread: readonly string[];
  };
}

export interface WaveFunction {
  readonly key: Key;
  readonly state: WaveMemberState;
  /** What it still needs, or why it was not read; null: nothing. */
  readonly needs: string | null;
}

/** The waves of a namespace in an account. Its name is `<namespace>.<accountId>`. */
export interface WaveObject extends ApiObject<"Wave"> {
  readonly status: {
    readonly account: string;
    readonly accountId: string;
    /** Of the open wave, else of the last one. */
    readonly number: number;
    readonly state: WaveState;
    /** What `approve` takes; null: there is nothing to approve now. */
    readonly subject: ApprovalSubject | null;
    /** Of the open wave, sorted by key; empty if none is open. */
    readonly functions: readonly WaveFunction[];
    /** The proven functions that a later wave has, sorted by key. */
    readonly later: readonly Key[];
    /** The approval in force; null: none is. `until`: ISO 8601. */
    readonly approved: { readonly by: string; readonly until: string } | null;
    /** The end of the suspension of its namespace or account, ISO 8601; null: nothing suspends it. */
    readonly suspendedUntil: string | null;
    /** What ended an approval of the open wave, oldest first. `at`: ISO 8601. */
    readonly stops: readonly {
      readonly key: Key;
      readonly kind: WaveStopKind;
      readonly reason: string;
      readonly at: string;
      /** Of `call-denied`: the call, by the names of CloudTrail. */
      readonly call?: string;
    }[];
    /**
     * The sweeps that saw all its functions on their declared roles and nothing wrong: the first, the last, and the earliest
     * time of the next wave, ISO 8601. null: not all were seen there, or something was wrong.
     */
    readonly watch: { readonly since: string; readonly seenAt: string; readonly until: string } | null;
    /** What is read in that time, and what is not. */
    readonly watched: readonly string[];
    readonly notWatched: readonly string[];
    /** Oldest first; the times are ISO 8601. */
    readonly ended: readonly {
      readonly number: number;
      readonly functions: number;
      readonly openedAt: string;
      readonly endedAt: string;
      /** How often it stopped. */
      readonly stops: number;
    }[];
    /** ISO 8601: the last complete sweep of the account; null: none is known. */
    readonly readAt: string | null;
  };
}
