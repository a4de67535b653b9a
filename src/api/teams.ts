import type { AllowedGrants } from "../model/rules/team.ts";
import type { JsonObject } from "../model/values/json.ts";
import type { BindingCounts, SourcePlace } from "./manifests.ts";
import type { ApiObject } from "./object.ts";

/** Resources of one team that another one may use. */
export interface TeamShare {
  /** The other team; null for a namespace that the token may not see. */
  readonly team: string | null;
  /** As entries of the Team. */
  readonly resources: readonly string[];
  /** null: every grant and statement that the borrower may write. */
  readonly grants: AllowedGrants | null;
}

/** What a Team allows after it was compiled. */
export interface TeamFenceStatus {
  /** Names of AwsAccounts; null: all. */
  readonly accounts: readonly string[] | null;
  readonly functions: readonly string[];
  readonly resources: readonly string[];
  /** Names of the operator's alert routes that get the namespace's alerts as well. */
  readonly alerts: readonly string[];
  readonly given: readonly TeamShare[];
  readonly received: readonly TeamShare[];
}

/** `metadata.name` is the namespace. A token with namespaces sees its own Teams, without `spec.shares`. */
export interface TeamObject extends ApiObject<"Team"> {
  readonly spec: JsonObject;
  readonly status: {
    /** null: it has an error, so it allows nothing. */
    readonly fence: TeamFenceStatus | null;
    /** Of the functions of its namespace, in all accounts. */
    readonly counts: BindingCounts;
    /** By rule, sorted: how many functions and ManagedPolicies of the namespace it refuses. */
    readonly refused: Readonly<Record<string, number>>;
    readonly source: SourcePlace;
  };
}
