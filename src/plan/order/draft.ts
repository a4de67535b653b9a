import type { Action, Withheld } from "../../model/plan.ts";
import { WRITE_CALLS, type WriteCall } from "../../model/writes/write-calls.ts";
import { NO_DELTA } from "../../model/delta.ts";
import type { PlanStep } from "./steps.ts";

/** An action whose due time is not computed yet. */
export interface Draft extends Omit<Action, "key" | "step" | "risk" | "due"> {
  readonly step: PlanStep;
  /** The end of the grace period of a revert, or of a wait for writes of other keys; 0: it has none. */
  readonly notBeforeMs: number;
  /** Calls on the same target, in this plan or recent, whose propagation it waits for, in addition to what its step awaits. */
  readonly waitsFor: readonly WriteCall[];
  /** The same for recent writes only: within one plan the order is enough. */
  readonly waitsForPast: readonly WriteCall[];
  /** Waits for a fact that only another pass can see. */
  readonly needsAnotherPass: boolean;
}

/** A draft with the usual values for every field that is not given. */
export function draftOf(
  essential: Pick<Draft, "step" | "call" | "input" | "target" | "before" | "after" | "cause"> &
    Partial<Draft>,
): Draft {
  return {
    destructive: false,
    endsExposure: false,
    delta: NO_DELTA,
    origin: null,
    notBeforeMs: 0,
    waitsFor: [],
    waitsForPast: [],
    needsAnotherPass: false,
    ...essential,
  };
}

/** What all deletions of things that left Git have in common. */
export const DELETION = { step: "delete", cause: "revision", after: null, destructive: true } as const;

/** A change that is withheld until an operator approves its drafts. */
interface DraftApproval {
  readonly withheld: Withheld;
  readonly drafts: readonly Draft[];
}

/** The contribution of one planner: drafts, what is withheld and why, and what needs an approval. */
export interface Part {
  readonly drafts: readonly Draft[];
  readonly withheld: readonly Withheld[];
  readonly approvable: readonly DraftApproval[];
}

export const EMPTY_PART: Part = { drafts: [], withheld: [], approvable: [] };

export function joinParts(parts: readonly Part[]): Part {
  return {
    drafts: parts.flatMap((part) => part.drafts),
    withheld: parts.flatMap((part) => part.withheld),
    approvable: parts.flatMap((part) => part.approvable),
  };
}

export function approvalPart(withheld: Withheld, drafts: readonly Draft[]): Part {
  return { ...EMPTY_PART, approvable: [{ withheld, drafts }] };
}

export function withheldPart(...withheld: readonly Withheld[]): Part {
  return { ...EMPTY_PART, withheld };
}

export function riskOf(draft: Draft): Action["risk"] {
  if (WRITE_CALLS[draft.call].risk === "high") return "high";
  return draft.delta.allowed.some((row) => row.risk !== "none" || row.action.kind === "unknown")
    ? "high"
    : "low";
}
