import { documentContext } from "../../diff/documents/document-context.ts";
import { managedText } from "../../diff/documents/permissions.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { Drift } from "../../model/drift.ts";
import type { Withheld } from "../../model/plan.ts";
import { livePolicy } from "../../model/live.ts";
import { provedDirection, type Direction } from "../inputs/direction.ts";
import { isForeignBoundary } from "../inputs/exposure.ts";
import { driftsOf, type BindingScope } from "../inputs/scope.ts";

/** What a change of the boundary means for the documents below it. */
export type BoundaryMove =
  | { readonly kind: "none" }
  /** None, or a foreign one: before all else, the writer may write nothing to such a role. */
  | { readonly kind: "restore"; readonly drift: Drift; readonly arn: string }
  | { readonly kind: "narrow"; readonly drift: Drift; readonly arn: string }
  | { readonly kind: "widen"; readonly drift: Drift; readonly arn: string }
  /** Neither proved narrower nor wider, and nobody but AWS's side moved: put back in one step. */
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
  return {
    kind: "held",
    withheld: {
      kind: "not-in-this-version",
      subject: drift.subject,
      reason: `neither boundary ${drift.live ?? "none"} nor ${arn} is proved to lie within the other: ${because}`,
      fix: "go by way of a boundary that contains both, or one that both contain",
    },
  };
}

const DIRECTIONS = { narrower: "narrow", wider: "widen" } as const satisfies Record<
  Exclude<Direction["kind"], "neither">,
  BoundaryMove["kind"]
>;

/** A boundary that does not exist (yet): nothing can be put below it. */
export function missingBoundary({ binding, context }: BindingScope, arn: string): Withheld | null {
  const isOfAws = arnParts(arn).accountId === "aws";
  if (isOfAws || livePolicy(context.live, arn).kind !== "absent") return null;
  return {
    kind: "dependency",
    subject: binding.role.arn,
    reason: `boundary ${arn} does not exist in the account`,
    fix: "create it by the pipeline that owns boundaries",
  };
}
