import type { Rejection, Suspension } from "../model/approval.ts";
import type { ClockOffset } from "../model/changes/clock-offset.ts";
import type { Key } from "../model/keys/key.ts";
import type { LiveAccount } from "../model/live.ts";
import type { PolicyReads } from "./policy-reads/kept-policies.ts";
import type { AccountHistory, JudgeInputs, Observation } from "./inputs.ts";

/** The scope of a pass over an account: everything by a sweep, or some keys by targeted reads. */
export type PassScope = { readonly kind: "all" } | { readonly kind: "keys"; readonly keys: readonly Key[] };

/** All inputs of one pass of a controller, apart from its ports. */
export interface Pass extends JudgeInputs {
  /** Appears in session names (`gk-<id>`), log lines and intents. */
  readonly id: string;
  /** The number of this pass in this process. */
  readonly number: number;
  readonly startedAtMs: number;
  readonly scope: PassScope;
  /** Keys that an operator asked to reconcile: for these, a plan that AWS refused is tried again. */
  readonly requestedKeys: ReadonlySet<Key>;
  readonly history: AccountHistory;
  readonly rejections: readonly Rejection[];
  readonly suspensions: readonly Suspension[];
  /** By key: the text of the document that declares it. */
  readonly sourceTexts: ReadonlyMap<Key, string>;
  /** When AWS had been read for the pass; missing: it was not read yet. */
  readonly readEndedMs?: number;
  /** Of AWS's clock, by its answers of the 15 minutes until then; null: there are none. Missing: AWS was not read yet. */
  readonly clockOffset?: ClockOffset | null;
  /** The account's last observation; null before its first sweep, which a pass with scope `all` makes. */
  readonly base: LiveAccount | null;
  /** By `functionPlaceId`: the qualifiers that change events since the last reads name; missing: none. */
  readonly changedQualifiers?: ReadonlyMap<string, readonly string[]>;
  /** What a sweep may keep of `base`; missing: nothing, it reads everything. */
  readonly policyReads?: PolicyReads;
}

/** A pass after it has read the account. */
export type PassContext = Pass & Observation;
