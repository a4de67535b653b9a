import type { Comparer } from "../../iam/compare/comparer.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { Drift, LeftAloneStatement } from "../../model/drift.ts";
import type { InstanceName } from "../../model/aws/ids.ts";
import type { KnownChanges } from "../../model/changes/attribution.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { LiveAccount } from "../../model/live.ts";
import type { CompiledTexts } from "../documents/compiled-texts.ts";
import type { RoleDeltas } from "../documents/role-deltas.ts";
import type { DeclarationDigests } from "./declaration-digests.ts";
import type { RecentWrites } from "./recent-writes.ts";

/** The facts that a comparison uses in addition to the desired state. */
export interface DiffContext {
  readonly live: LiveAccount;
  /** null: nothing is recorded for the key, as after a lost database. */
  readonly record: KeyRecord | null;
  readonly writes: RecentWrites;
  readonly nowMs: number;
  /** After our own write, a field that still shows the earlier value is a stale read for this long. */
  readonly staleReadMs: number;
  readonly instance: InstanceName;
  readonly account: DesiredAccount;
  /** Of the pass. */
  readonly comparer: Comparer;
  readonly roleDeltas: RoleDeltas;
  readonly texts: CompiledTexts;
  readonly declarations: DeclarationDigests;
  /** The change events since the last reads without a difference; missing: no queue is for the account. */
  readonly changes?: KnownChanges;
}

export type KeyComparison =
  | {
      readonly kind: "compared";
      /** Sorted by subject, then change. */
      readonly drifts: readonly Drift[];
      readonly leftAlone: readonly LeftAloneStatement[];
      /** Sentences about what an operator should know and what is no drift. */
      readonly notes: readonly string[];
      /** True for a binding whose function does not exist yet. */
      readonly waitsForFunction: boolean;
      /** Parts that could not be read: nothing is concluded or planned for them. Empty if everything was read. */
      readonly unread: readonly string[];
      /** A change from Git waits, and AWS has all of what was applied last. Missing: not known, or no change waits. */
      readonly isAsApplied?: true;
    }
  /** The object itself was not read: nothing is concluded at all. */
  | { readonly kind: "unknown"; readonly reason: string };
