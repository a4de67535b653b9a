import { withheldOf } from "../inputs/withheld.ts";
import { documentContext } from "../../diff/documents/document-context.ts";
import { managedText } from "../../diff/documents/permissions.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { Drift } from "../../model/drift.ts";
import type { Withheld } from "../../model/plan.ts";
import { livePolicy } from "../../model/live.ts";
import { provedDirection, type Direction } from "../inputs/direction.ts";
import { isForeignBoundary } from "../inputs/exposure.ts";
import { driftsOf, type BindingScope } from "../inputs/scope.ts";

/** What a change of the boundary means for the documents that it limits. */
export type BoundaryMove =
  | { readonly kind: "none" }
  /** There is no boundary or a foreign one. It is restored first, because the writer may write nothing else to such a role. */
  | { readonly kind: "restore"; readonly drift: Drift; readonly arn: string }
  | { readonly kind: "narrow" | "widen"; readonly drift: Drift; readonly arn: string }
  /** Not proved narrower or wider, and changed only in AWS: restored in one step. */
  | { readonly kind: "swap"; readonly drift: Drift; readonly arn: string; readonly because: string }
  | { readonly kind: "held"; readonly withheld: Withheld };

export function boundaryMove(scope: BindingScope): BoundaryMove {
  const [drift] = driftsOf(scope.drifts, "boundary");
  const arn = scope.binding.role.boundary?.arn;
  if (drift === undefined || arn === undefined) return { kind: "none" };
  const missing = missingBoundary(scope, arn);
  if (missing !== null) return { kind: "held", withheld: missing };
  if (isForeignBoundary(drift.live, scope.context)) return { kind: "restore", drift, arn };
  return comparedMove(scope, drift, arn);
}

function comparedMove({ binding, context }: BindingScope, drift: Drift, arn: string): BoundaryMove {
  const [from, to] = [managedText(drift.live ?? "", context.live), managedText(arn, context.live)];
  const direction = provedDirection(from, to, documentContext(binding, "boundary"));
  if (direction.kind !== "neither") return { kind: DIRECTIONS[direction.kind], drift, arn };
  const { because } = direction;
  if (drift.cause === "out-of-band") return { kind: "swap", drift, arn, because };
  const reason = `neither boundary ${drift.live ?? "none"} nor ${arn} is proved to lie within the other: ${because}`;
  const fix = "change to a boundary that contains both first, or to one that both contain";
  return { kind: "held", withheld: withheldOf(drift.subject)("not-in-this-version", reason, fix) };
}

const DIRECTIONS = { narrower: "narrow", wider: "widen" } as const satisfies Record<
  Exclude<Direction["kind"], "neither">,
  BoundaryMove["kind"]
>;

/** A boundary that does not exist (yet) cannot be set. */
export function missingBoundary({ binding, context }: BindingScope, arn: string): Withheld | null {
  const isOfAws = arnParts(arn).accountId === "aws";
  if (isOfAws || livePolicy(context.live, arn).kind !== "absent") return null;
  const reason = `boundary ${arn} does not exist in the account`;
  return withheldOf(binding.role.arn)("dependency", reason, "create it in the pipeline that owns boundaries");
}
