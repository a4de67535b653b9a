import type { BindingGroup, Condition, DriftStatus, KeyStatus } from "../model/status.ts";
import type { WaveMemberState, WavePhase } from "../model/records/wave-record.ts";
import type { ApprovalSubject } from "../model/verdict.ts";
import type { JsonObject } from "../model/values/json.ts";
import type { Key } from "../model/keys/key.ts";
import type { Mode } from "../model/rules/mode.ts";
import type { Revision } from "../model/values/revision.ts";
import type { Weekday } from "../model/windows/change-window.ts";
import type { ApiObject } from "./object.ts";

/** The place of a document in Git; `line` is 1-based. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
}

/** An operator put an older revision in force until a time. */
export interface SourceRollback {
  readonly revision: Revision;
  /** What was in force before. */
  readonly from: Revision;
  /** The newest fetched revision, which is applied then unless it is held; null: nothing newer was fetched. */
  readonly waiting: Revision | null;
  /** It is over, and its revision stays in force until a newer one is. Missing: it is not over. */
  readonly ended?: true;
  readonly by: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly at: string;
  readonly until: string;
}

/** A rollback, where an object is shown that its source declares. */
export interface RollbackOfSource extends SourceRollback {
  /** The name of the source. */
  readonly source: string;
}

/** Without the revision that waits, which each push changes: the source has it, and no binding depends on it before the end. */
export type RollbackOfBinding = Omit<RollbackOfSource, "waiting">;

interface BindingDrift extends DriftStatus {
  /** Git has changed the key since, and no pass has compared the new declaration. */
  readonly isOutdated?: true;
}

/** The recorded status of one key. Before its first pass it is `Unknown` and `Progressing`. */
export interface BindingStatus extends Omit<KeyStatus, "verifiedUntil" | "drift"> {
  /** Differences that the last comparison found; null: none. */
  readonly drift: BindingDrift | null;
  /**
   * ISO 8601: the account's last sweep in which it was read and compared, or the earlier reading of its function's policies
   * that the sweep kept; null: none is known.
   */
  readonly lastVerifiedAt: string | null;
  /** Refused, broken or awaiting approval, as `blocked` counts it; missing: it is none of them. */
  readonly isBlocked?: true;
  /** The wave that moves its function to the declared role, or that watches it there; missing: none does. */
  readonly wave?: BindingWave;
  /** An older revision of its source is in force. Missing: the newest accepted one is. */
  readonly rolledBack?: RollbackOfBinding;
}

/** `paused`: approved, and its namespace is suspended. `rejected`: an operator refused it. `ended`: the last wave, and no function waits. */
export type WaveState = WavePhase | "paused" | "rejected" | "ended";

/** The wave of a function. */
export interface BindingWave {
  /** Of the wave that has it, or that will have it if nothing changes. */
  readonly number: number;
  /** `later`: another wave is before it. */
  readonly state: WaveMemberState | "later";
  /** Of the open wave; null: none is open. */
  readonly wave: WaveState | null;
  /** What `approve` takes for all functions of the open wave; null: there is nothing to approve now. */
  readonly subject: ApprovalSubject | null;
}

/** Status of a FunctionPermission or ManagedPolicy: the worst of its bindings, and each of them. */
export interface OwnerStatus {
  readonly observedGeneration: number;
  /** Sorted by type. */
  readonly conditions: readonly Condition[];
  /** The annotation `grantkeeper.dev/requestedAt` whose reconcile was done last. Missing: none since the start of the controller. */
  readonly lastHandledReconcileAt?: string;
  /** One for each key of the document, sorted by key. */
  readonly bindings: readonly BindingStatus[];
  readonly source: SourcePlace;
}

/** `spec` is as written in Git. */
export interface FunctionPermissionObject extends ApiObject<"FunctionPermission"> {
  readonly spec: JsonObject;
  readonly status: OwnerStatus;
}

/** Platform policies have the namespace `platform`. */
export interface ManagedPolicyObject extends ApiObject<"ManagedPolicy"> {
  readonly spec: JsonObject;
  readonly status: OwnerStatus;
}

/** The number of bindings of an account in each state. A token with namespaces counts only its own. */
export interface BindingCounts {
  readonly bindings: number;
  readonly synced: number;
  /** `Drifted` is True. */
  readonly drifted: number;
  /** Part of a hold that no one has answered, or `Ready` has the reason `AwaitingApproval`. */
  readonly held: number;
  /** `Stalled`, or `Ready` is False for a reason that neither waiting nor an approval fixes. */
  readonly broken: number;
  /** Refused, broken or awaiting approval: each once. */
  readonly blocked: number;
  /** By group, without those that have none: each binding is in one group. Missing: the controller is of an earlier version. */
  readonly groups?: Readonly<Partial<Record<BindingGroup, number>>>;
  /** ManagedPolicies, boundaries included. Missing: as `groups`. */
  readonly policies?: PolicyCounts;
}

export interface PolicyCounts {
  /** Declared in Git. */
  readonly declared: number;
  /** Those of them that match Git. */
  readonly synced: number;
  /** Those of them that no pass has compared. Missing: the controller is of an earlier version. */
  readonly uncompared?: number;
}

interface ThrottledRequests {
  /** null: the API is global, as IAM. */
  readonly region: string | null;
  /** As `iamRead`: the fields of `spec.budgets`, and `cloudformation`, `cloudtrail`, `organizations`, `ssm`, `tagging`. */
  readonly family: string;
  /** Requests per second that are allowed: of `spec.budgets`, or a fixed number for the other families. */
  readonly budget: number;
  /** Requests per second that are made at most now. */
  readonly rate: number;
}

export interface AccountStatus {
  readonly accountId: string;
  readonly name: string;
  /** Effective: the more cautious of process and account. */
  readonly mode: Mode;
  /** The AccountSet that found it in its organization; null: a manifest names it. */
  readonly set: string | null;
  /** A pass is running. */
  readonly passing: boolean;
  /** No pass has compared it since the start of the controller: the counts are those of the last read before. */
  readonly comparing: boolean;
  /** Another replica makes its passes: its coverage is not known. Missing: as `groups`. */
  readonly assigned?: boolean;
  /** The limits of requests that AWS's throttling has reduced; each recovers within a minute. Of an assigned account: at the end of its last pass. null: that is not known, because none has ended. Missing: as `groups`. */
  readonly throttled?: readonly ThrottledRequests[] | null;
  /**
   * Calls for which access is missing (AWS denied them, or there are no credentials), made as a probe every 30 seconds to 5 minutes
   * only. Empty for a token with namespaces. Of an assigned account and null: as `throttled`. Missing: as `groups`.
   */
  readonly deniedCalls?:
    | readonly {
        /** `iam:PutRolePolicy role/x`, or the call alone where it takes no resource. */
        readonly call: string;
        /** ISO 8601. */
        readonly since: string;
      }[]
    | null;
  /** The first enforcing pass has ended. */
  readonly started: boolean;
  /** ISO 8601: the start of the last complete sweep. */
  readonly lastSweepAt: string | null;
  /** Set while the account's own reads fail: the start (ISO 8601) and the reason. */
  readonly failing: { readonly since: string; readonly reason: string } | null;
  /** The parts that the last read left out, one sentence each; empty after a complete read. */
  readonly unread: readonly string[];
  /** Coverage of all functions in AWS; null before the first complete sweep, and for a token with namespaces. */
  readonly functionsSeen: number | null;
  readonly functionsInGit: number | null;
  readonly counts: BindingCounts;
}

/**
 * A token with namespaces sees of `spec` only `id`, `partition`, `regions`, `mode`, `boundary`, `boundaries`,
 * `functionRole` and `tagKeys`. `status` is null for an account that does not compile.
 */
export interface AwsAccountObject extends ApiObject<"AwsAccount"> {
  readonly spec: JsonObject;
  readonly status:
    | (AccountStatus & {
        readonly source: SourcePlace;
        /** The first error of its document, while the account is read as it was declared before; null: it has none. */
        readonly broken: string | null;
      })
    | null;
}

/** Only a token with all namespaces sees it. */
export interface AccountSetObject extends ApiObject<"AccountSet"> {
  readonly spec: JsonObject;
  readonly status: {
    /** The names of the accounts that it adds now, sorted: those that it lists, and those that its organization has. */
    readonly accounts: readonly string[];
    /** null for a set that names no organization. */
    readonly organization: OrganizationStatus | null;
    readonly source: SourcePlace;
  };
}

export interface OrganizationStatus {
  /** ISO 8601; null: not read by this process, so the accounts are those of the record. */
  readonly lastReadAt: string | null;
  /** Set while the organization cannot be read: the start (ISO 8601) and the reason. */
  readonly failing: { readonly since: string; readonly reason: string } | null;
  /** The accounts that left it in the last seven days and that nothing else declares: they are not observed any more. */
  readonly left: readonly {
    readonly id: string;
    readonly name: string;
    /** ISO 8601. */
    readonly at: string;
  }[];
}

/** A token with namespaces sees the waivers of its own bindings. */
export interface WaiverObject extends ApiObject<"Waiver"> {
  readonly spec: JsonObject;
  /** `binding` is null for a waiver that does not compile: it has no effect. */
  readonly status: { readonly binding: Key | null; readonly source: SourcePlace };
}

/** Changes from Git that a change window holds back. */
interface WaitingChanges {
  /** The pending approval, as `grantkeeper describe approval` takes it. */
  readonly subject: string;
  /** When it opens, or which account is not verified yet and why. */
  readonly reason: string;
  /** ISO 8601 */
  readonly since: string;
  /** Sorted. */
  readonly keys: readonly Key[];
}

/**
 * A ChangeWindow of the platform, as the accepted revision declares it. A token with namespaces sees those that apply to them, and its
 * own changes alone.
 */
interface WindowOpening {
  readonly days: readonly Weekday[];
  /** Local time in the zone, such as `09:30`. */
  readonly at: string;
  /** Its length, such as `6h`. */
  readonly for: string;
}

export interface ChangeWindowObject extends ApiObject<"ChangeWindow"> {
  readonly spec: {
    /** Names of accounts; null: all. */
    readonly accounts: readonly string[] | null;
    /** null: all. */
    readonly namespaces: readonly string[] | null;
    /** A name of the IANA database; null: it limits no times, or cannot be used. */
    readonly zone: string | null;
    /** When it opens, as in its manifest; null: it limits no times, or cannot be used. */
    readonly opens: readonly WindowOpening[] | null;
    /** How long a change that has begun may go on after it has closed, such as `10m`; null: it limits no times, or cannot be used. */
    readonly overrun: string | null;
    /** The accounts that come before, and how long they must be verified; null: it orders no accounts. */
    readonly after: { readonly accounts: readonly string[]; readonly verifiedForSeconds: number } | null;
  };
  readonly status: {
    /**
     * `open` and `closed`: by its times. `waiting-for-accounts`: its times allow changes, and one of `waiting` waits since an account of `after` is not
     * verified. `after-accounts`: it limits no times, and nothing waits for its accounts now. `unusable`: it has an error, and stays closed.
     */
    readonly state: "open" | "closed" | "waiting-for-accounts" | "after-accounts" | "unusable";
    /** ISO 8601: when its times end if they allow changes, or begin if it is closed; null: it limits no times, or cannot be used. */
    readonly until: string | null;
    /** The same in its zone, such as `09:30 Europe/Berlin`; null: the zone is UTC, or there is no such time. */
    readonly untilInZone: string | null;
    /** `FILE:LINE:COLUMN` */
    readonly place: string;
    /** Everything that this window keeps waiting now; sorted by subject. */
    readonly waiting: readonly WaitingChanges[];
  };
}
