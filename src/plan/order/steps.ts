import type { StepNumber } from "../../model/plan.ts";

/**
 * The total order of a plan: actions are made by step, and within one step in the order in which they were drafted.
 * The rows of this table alone decide it. The idea: first what nothing else can do without, then what adds permissions, then a wait
 * until AWS shows the additions everywhere, and only then what removes permissions. So no moment in between lacks what
 * both states allow, and none allows what neither does.
 *
 * `number` is the name of a step in the record, the journal and the output of `plan`, so a step keeps it for ever, even
 * if its row moves. 7 and 9 are the two waits. `waitsFor`: every write of that step and of the steps before it must have reached AWS's data planes, since
 * each write reaches them on its own, and a removal may be seen before the addition that replaces it.
 */
const STEPS = {
  /** Policies and their versions come first: a role can attach only what exists. */
  "write-policy": { number: 1, waitsFor: null },
  /** A role is created with trust, boundary, tags and settings in one call, so that it never exists without them. */
  "create-role": { number: 2, waitsFor: null },
  /**
   * Ownership tags and a missing or unknown boundary, because the writer's own conditions need them for every later
   * write; then every exposure of the role or the function, because it must end now and waits for nothing. Also a
   * statement that names a deleted principal, because AWS refuses to add another one while it exists.
   */
  restore: { number: 3, waitsFor: null },
  /** A boundary that is proved narrower: nothing that is added below is ever outside it. */
  "narrow-boundary": { number: 4, waitsFor: null },
  /** The trust policy before the permissions: a principal that may no longer assume the role gets none of them. */
  "write-trust": { number: 5, waitsFor: null },
  /** Attachments, the inline document and callers. Everything that a later removal relies on is added here. */
  add: { number: 6, waitsFor: null },
  /** A function is pointed at its role once the role is complete and AWS shows it everywhere. */
  "set-function-role": { number: 8, waitsFor: "add" },
  /** Attachments, inline documents, callers, and narrower defaults of policies. */
  remove: { number: 10, waitsFor: "set-function-role" },
  /** A boundary that widens, after the removals: it would open what is still to be removed. */
  "widen-boundary": { number: 11, waitsFor: "set-function-role" },
  /** Tags and the role's description. Policies can depend on tags, so they change when the documents are complete. */
  "update-settings": { number: 12, waitsFor: "set-function-role" },
  /** Deletions are last: IAM refuses to delete a role that still has policies. */
  delete: { number: 13, waitsFor: "set-function-role" },
} as const;

export type PlanStep = keyof typeof STEPS;

const RULES: Readonly<Record<PlanStep, { readonly number: StepNumber; readonly waitsFor: PlanStep | null }>> =
  STEPS;

export function stepNumber(step: PlanStep): StepNumber {
  return RULES[step].number;
}

const ORDER: readonly StepNumber[] = Object.values(RULES).map(({ number }) => number);

export function byStep(a: { readonly step: PlanStep }, b: { readonly step: PlanStep }): number {
  return byStepNumber({ step: stepNumber(a.step) }, { step: stepNumber(b.step) });
}

/** The same for actions, which have the numbers of their steps. */
export function byStepNumber(a: { readonly step: StepNumber }, b: { readonly step: StepNumber }): number {
  return ORDER.indexOf(a.step) - ORDER.indexOf(b.step);
}

function isBefore(earlier: StepNumber, step: PlanStep): boolean {
  return ORDER.indexOf(earlier) < ORDER.indexOf(stepNumber(step));
}

/** True for a write before every removal: of the step `remove` and of those after it. */
export function isBeforeRemovals(step: StepNumber): boolean {
  return isBefore(step, "remove");
}

/** True for a write that a function needs in its role before it is pointed at it. */
export function isBeforeSwitch(step: StepNumber): boolean {
  return isBefore(step, "set-function-role");
}

/** True when a write of the one step must have reached AWS's data planes before a write of the other is made. */
export function isAwaited(earlier: StepNumber, step: PlanStep): boolean {
  const { waitsFor } = RULES[step];
  return waitsFor !== null && (earlier === stepNumber(waitsFor) || isBefore(earlier, waitsFor));
}
