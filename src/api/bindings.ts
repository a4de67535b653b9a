import type { RecordedDelta } from "../model/delta.ts";
import type { DesiredBinding, DesiredPolicy } from "../model/desired.ts";
import type { Drift } from "../model/drift.ts";
import type { Finding } from "../model/finding.ts";
import type { Key } from "../model/keys/key.ts";
import type { LiveFunction, LiveResourcePolicy, LiveRole, Reading } from "../model/live.ts";
import type { KeyPlan } from "../model/plan.ts";
import type { Verdict } from "../model/verdict.ts";
import type { BindingStatus, DocumentPlace } from "./manifests.ts";
import type { ApiObject } from "./object.ts";

/** A live function with its policies as plain data: by qualifier, "" for the unqualified function. */
export type FunctionReading = Omit<LiveFunction, "policies"> & {
  readonly policies: Readonly<Record<string, Reading<LiveResourcePolicy>>>;
};

/** One row a key: a function, or a ManagedPolicy, in one account. */
export interface BindingObject extends ApiObject<"Binding"> {
  readonly spec: {
    readonly key: Key;
    /** As compiled at the accepted revision; null before the first pass and for a key that left git. */
    readonly desired: DesiredBinding | DesiredPolicy | null;
    /** null for a key that left git. */
    readonly source: DocumentPlace | null;
  };
  readonly status: BindingStatus & {
    /** What people should know and what is no drift, a sentence each: a document that means the same in other words … */
    readonly notes: readonly string[];
    /** What AWS says, as the last pass read it; null before the first one. */
    readonly live: {
      /** ISO 8601. */
      readonly readAt: string;
      /** null: absent or not read; for a token with namespaces also a role that is another owner's. */
      readonly role: LiveRole | null;
      readonly function: FunctionReading | null;
    } | null;
  };
}

/** The function of a binding: is it there, and does it run on the declared role. */
export interface FunctionObject extends ApiObject<"Function"> {
  readonly status: {
    readonly key: Key;
    readonly account: string;
    readonly accountId: string;
    readonly region: string;
    readonly functionName: string;
    readonly functionArn: string;
    readonly declaredRole: string;
    /** ISO 8601: the reading it rests on. */
    readonly readAt: string;
    /** null: not there, or not read. */
    readonly live: {
      /** The role of $LATEST. */
      readonly roleArn: string;
      /** Published versions on another role, sorted; null where versions were not read. */
      readonly versionsOnOtherRoles: readonly string[] | null;
      /** Lambda@Edge: left alone. */
      readonly edge: boolean;
    } | null;
  };
}

/** One difference between git and AWS. */
export interface DriftObject extends ApiObject<"Drift"> {
  readonly status: Drift<RecordedDelta> & {
    /** ISO 8601: when it was first seen; null for one that is not in the record yet. */
    readonly since: string | null;
    /** ISO 8601: the reading it rests on. */
    readonly readAt: string;
  };
}

/** The last plan of a key with its verdict. */
export interface PlanObject extends ApiObject<"Plan"> {
  readonly status: {
    readonly key: Key;
    /** null: nothing could be planned; the verdict or the findings say why. */
    readonly plan: KeyPlan<RecordedDelta> | null;
    readonly verdict: Verdict;
    readonly findings: readonly Finding[];
    /** ISO 8601: the reading it rests on. */
    readonly readAt: string;
  };
}
