import { nameInArn } from "../../model/aws/arn.ts";
import type { FunctionCoverage } from "../../model/answers/coverage.ts";
import { LONGEST_EXCLUSION_MS } from "../../model/desired.ts";
import type { LiveFunction } from "../../model/live.ts";
import type { CoverageInputs, DeclaredFunction } from "./coverage-inputs.ts";
import { exclusionOf, type PlacedFunction } from "./exclusions.ts";

type State = Pick<FunctionCoverage, "state" | "reason">;

interface JudgedFunction {
  readonly found: LiveFunction;
  readonly declared: DeclaredFunction | null;
  readonly place: PlacedFunction;
}

/** A manifest counts before an Exclusion: a function that is managed is not excluded. */
export function functionState(
  { found, declared, place }: JudgedFunction,
  inputs: Pick<CoverageInputs, "exclusions" | "nowMs">,
): State {
  if (declared === null) return undeclaredState({ ...place, edge: found.edge }, inputs);
  if (declared.kind === "broken") return { state: "proposed", reason: declared.reason };
  return boundState(declared, found);
}

type UndeclaredState =
  | { readonly state: "excluded"; readonly reason: string }
  | { readonly state: "uncovered"; readonly reason: string | null };

/** Of a function that no manifest names. */
export function undeclaredState(
  { edge, ...place }: PlacedFunction & Pick<LiveFunction, "edge">,
  { exclusions, nowMs }: Pick<CoverageInputs, "exclusions" | "nowMs">,
): UndeclaredState {
  if (edge) return { state: "excluded", reason: "Lambda@Edge is not supported" };
  const exclusion = exclusionOf(exclusions, place);
  if (exclusion === null) return { state: "uncovered", reason: null };
  const { name, owner, reason, until } = exclusion;
  const leftMs = Date.parse(until) - nowMs;
  if (leftMs > LONGEST_EXCLUSION_MS)
    return { state: "uncovered", reason: `Exclusion ${name} is for more than a year: until ${until}` };
  if (leftMs > 0) return { state: "excluded", reason: `${reason} (${owner}, until ${until})` };
  return { state: "uncovered", reason: `Exclusion ${name} ended on ${until}` };
}

function boundState(
  { binding, mode }: Extract<DeclaredFunction, { readonly kind: "bound" }>,
  { roleArn }: LiveFunction,
): State {
  if (roleArn !== binding.role.arn)
    return { state: "observed", reason: `it runs on ${nameInArn(roleArn)}, not on the declared role` };
  if (mode === "enforce") return { state: "enforced", reason: null };
  return { state: "switched", reason: "the mode is observe" };
}
