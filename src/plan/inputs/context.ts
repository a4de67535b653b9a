import type { DiffContext } from "../../diff/drift/context.ts";
import type { Desired } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";

/** More than `max` reverts of one field within the window are contention, which an operator must end. */
interface ContentionLimits {
  readonly max: number;
  readonly windowMs: number;
}

/** The facts from which a plan is made, in addition to the desired state and the drift. */
export interface PlanContext extends DiffContext {
  /** `undo`: the desired state handed in is the last applied one. */
  readonly purpose: "converge" | "undo";
  /** The rules that refuse the last applied state now: an undo plan may remove, but not add or widen. null: none does. */
  readonly refusedBy: string | null;
  readonly desired: Desired;
  /** Of every key in this account. */
  readonly records: ReadonlyMap<Key, KeyRecord>;
  readonly contentionLimits: ContentionLimits;
  /** Two sweeps count as two only if they are this far apart. */
  readonly sweepMs: number;
}
