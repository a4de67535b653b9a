import type { JsonObject } from "../model/values/json.ts";
import type { Key } from "../model/keys/key.ts";
import type { Mode } from "../model/rules/mode.ts";
import type { Condition, KeyStatus } from "../model/status.ts";
import type { ApiObject } from "./object.ts";

/** Where the document stands in git; `line` is 1-based. */
export interface DocumentPlace {
  readonly file: string;
  readonly line: number;
}

/** One key's status as the record has it. A key that no pass has settled yet is `Unknown` and `Progressing`. */
export interface BindingStatus extends KeyStatus {
  /** ISO 8601: the account's last complete sweep; null before the first. */
  readonly lastVerifiedAt: string | null;
}

/** Status of a FunctionPermission or ManagedPolicy: the worst of its bindings, and each of them. */
export interface OwnerStatus {
  readonly observedGeneration: number;
  /** Sorted by type. */
  readonly conditions: readonly Condition[];
  /** One for each key of the document, sorted by key. */
  readonly bindings: readonly BindingStatus[];
  readonly source: DocumentPlace;
}

/** `spec` is as written in git. */
export interface FunctionPermissionObject extends ApiObject<"FunctionPermission"> {
  readonly spec: JsonObject;
  readonly status: OwnerStatus;
}

/** Platform policies have the namespace `platform`. */
export interface ManagedPolicyObject extends ApiObject<"ManagedPolicy"> {
  readonly spec: JsonObject;
  readonly status: OwnerStatus;
}

/** How many bindings of an account are in which state; a token with namespaces counts its own only. */
export interface BindingCounts {
  readonly bindings: number;
  readonly synced: number;
  /** `Drifted` is True. */
  readonly drifted: number;
  /** Part of a hold that no one has answered, or `Ready` says `AwaitingApproval`. */
  readonly held: number;
  /** `Stalled`, or `Ready` is False for a reason that waiting and approving do not fix. */
  readonly broken: number;
  /** Refused, broken or awaiting approval: each once. */
  readonly blocked: number;
}

export interface AccountStatus {
  readonly accountId: string;
  readonly name: string;
  /** Effective: the more cautious of process and account. */
  readonly mode: Mode;
  /** A pass runs right now. */
  readonly passing: boolean;
  /** The first enforcing pass is behind it. */
  readonly started: boolean;
  /** ISO 8601: begin of the last complete sweep. */
  readonly lastSweepAt: string | null;
  /** While the account's own reads fail: since when (ISO 8601) and why. */
  readonly failing: { readonly since: string; readonly reason: string } | null;
  /** What the last read left out, a sentence each; empty after a complete one. */
  readonly unread: readonly string[];
  /** Coverage; null before the first complete sweep. */
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
  readonly status: (AccountStatus & { readonly source: DocumentPlace }) | null;
}

/** A token with namespaces sees the waivers of its own bindings. */
export interface WaiverObject extends ApiObject<"Waiver"> {
  readonly spec: JsonObject;
  /** `binding` is null for a waiver that does not compile: it lifts nothing. */
  readonly status: { readonly binding: Key | null; readonly source: DocumentPlace };
}
