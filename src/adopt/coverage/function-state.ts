import { nameInArn } from "../../model/aws/arn.ts";
import type { FunctionCoverage } from "../../model/answers/coverage.ts";
import type { LiveFunction } from "../../model/live.ts";
import { undeclaredState, type ExclusionsAt, type UndeclaredFunction } from "../estate/undeclared.ts";
import type { DeclaredFunction } from "./coverage-inputs.ts";

type StateOfFunction = Pick<FunctionCoverage, "state" | "reason">;

interface JudgedFunction {
  readonly found: LiveFunction;
  readonly declared: DeclaredFunction | null;
  readonly place: Omit<UndeclaredFunction, "edge">;
}

/** A manifest counts before an Exclusion: a function that is managed is not excluded. */
export function functionState(
  { found, declared, place }: JudgedFunction,
  inputs: ExclusionsAt,
): StateOfFunction {
  if (declared === null) return undeclaredState({ ...place, edge: found.edge }, inputs);
  if (declared.kind !== "broken" && declared.kind !== "bound") {
    const own = undeclaredState({ ...place, edge: found.edge }, inputs);
    return own.state === "uncovered" && own.reason === null ? { ...own, reason: declared.reason } : own;
  }
  if (declared.kind === "broken") return { state: "proposed", reason: declared.reason };
  return boundState(declared, found);
}

function boundState(
  { binding, mode, isApplied, isUndoing }: Extract<DeclaredFunction, { readonly kind: "bound" }>,
  { roleArn }: LiveFunction,
): StateOfFunction {
  if (roleArn !== binding.role.arn)
    return { state: "observed", reason: `it runs on ${nameInArn(roleArn)}, not on the declared role` };
  if (isUndoing === true)
    return {
      state: "switched",
      reason: "an undo of its adoption has begun to restore the role, and is not done",
    };
  if (mode === "enforce" && !isApplied)
    return { state: "switched", reason: "no revision was applied to its role yet" };
  if (mode === "enforce") return { state: "managed", reason: null };
  return { state: "switched", reason: "the mode is observe" };
}
