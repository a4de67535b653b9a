import type { Action, WriteCall } from "../../model/action.ts";
import { NO_DELTA, type Delta } from "../../model/delta.ts";
import type { DriftCause } from "../../model/drift.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Origin } from "../../model/origin.ts";
import type { Withheld } from "../../model/plan.ts";
import type { PlanStep } from "./steps.ts";

/** An action before it is known when it may run. */
export interface Draft {
  readonly step: PlanStep;
  readonly call: WriteCall;
  readonly input: JsonObject;
  readonly target: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly cause: DriftCause;
  readonly destructive: boolean;
  readonly closesHole: boolean;
  readonly delta: Delta;
  readonly origin: Origin | null;
  /** The grace of a revert ends then; 0 for none. */
  readonly notBeforeMs: number;
  /** Calls on the same target that must have settled, in this plan or lately, beside what the step asks for. */
  readonly settlesAfter: readonly WriteCall[];
  /** The same of writes already made only: in one plan the order is enough. */
  readonly settlesAfterPast: readonly WriteCall[];
  /** Waits for something that only another pass can see. */
  readonly needsAnotherPass: boolean;
}

/** A draft that does what it says at once, for the usual reasons; the rest says what is unusual. */
export function draftOf(
  essential: Pick<Draft, "step" | "call" | "input" | "target" | "before" | "after" | "cause"> &
    Partial<Draft>,
): Draft {
  return {
    destructive: false,
    closesHole: false,
    delta: NO_DELTA,
    origin: null,
    notBeforeMs: 0,
    settlesAfter: [],
    settlesAfterPast: [],
    needsAnotherPass: false,
    ...essential,
  };
}

/** What all deletions of things that left Git have in common. */
export const DELETION = { step: "delete", cause: "revision", after: null, destructive: true } as const;

/** What one planner has to say: actions to be, reasons why not, and what only a person may set free. */
export interface Part {
  readonly drafts: readonly Draft[];
  readonly withheld: readonly Withheld[];
  readonly approvable: readonly { readonly reason: string; readonly drafts: readonly Draft[] }[];
}

export const EMPTY_PART: Part = { drafts: [], withheld: [], approvable: [] };

export function joinParts(parts: readonly Part[]): Part {
  return {
    drafts: parts.flatMap((part) => part.drafts),
    withheld: parts.flatMap((part) => part.withheld),
    approvable: parts.flatMap((part) => part.approvable),
  };
}

export function withheldPart(...withheld: readonly Withheld[]): Part {
  return { ...EMPTY_PART, withheld };
}

/** Calls whose effect on a role nobody can read from its input alone, or that may open it. */
const GRAVE: ReadonlySet<WriteCall> = new Set([
  "iam:UpdateAssumeRolePolicy",
  "iam:PutRolePermissionsBoundary",
  "iam:TagRole",
  "iam:UntagRole",
  "iam:DeleteRole",
  "iam:DeletePolicy",
  "lambda:UpdateFunctionConfiguration",
]);

export function riskOf(draft: Draft): Action["risk"] {
  if (GRAVE.has(draft.call)) return "high";
  return draft.delta.allowed.some((row) => row.risk !== "none" || row.action === "unknown") ? "high" : "low";
}
