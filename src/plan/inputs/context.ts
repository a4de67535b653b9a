import type { DiffContext } from "../../diff/drift/context.ts";
import type { Desired } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";

/** More than `max` reverts of one field within the window are a fight: it is left to people then. */
export interface FightLimits {
  readonly max: number;
  readonly windowMs: number;
}

/** What a plan rests on beside the desired state and the drift. */
export interface PlanContext extends DiffContext {
  /** `undo`: the desired state handed in is the last applied one. */
  readonly purpose: "converge" | "undo";
  readonly desired: Desired;
  /** Of every key in this account. */
  readonly records: ReadonlyMap<Key, KeyRecord>;
  readonly fights: FightLimits;
  /** Two sweeps count as two only when they lie this far apart. */
  readonly sweepMs: number;
}
