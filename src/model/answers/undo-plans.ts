import type { UndoFinding } from "../keys/adoption-undo.ts";
import type { Key } from "../keys/key.ts";
import type { Digest } from "../values/digest.ts";

/** The functions whose adoption is to be undone. */
export interface UndoSelection {
  readonly keys: readonly Key[];
  /** Functions whose former state differs from what was recorded are planned too. */
  readonly acceptChanges: boolean;
}

/** What the undo of one function would do, by the last read. */
export interface UndoPlan {
  readonly key: Key;
  readonly account: string;
  readonly finding: UndoFinding;
  /** null: AWS was not read yet. */
  readonly readAtMs: number | null;
}

export interface UndoPlans {
  /** The digest over all that are planned; null: none is. */
  readonly subject: Digest | null;
  /** Sorted by key. */
  readonly plans: readonly UndoPlan[];
}

/** The order of an operator. */
export interface UndoOrderCommand extends UndoSelection {
  /** As `UndoPlans` names it, or its 64 hex digits. */
  readonly subject: string;
  readonly reason: string;
  /** How long the functions stay suspended. */
  readonly forMs: number;
}
