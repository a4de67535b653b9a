import type { FoundStatement, Layer } from "../../model/answers/decision.ts";
import type { AttachedPolicy, StatementMatcher } from "./policy.ts";

export function foundStatement(
  layer: Layer,
  { from, origin }: AttachedPolicy,
  { statement }: StatementMatcher,
): FoundStatement {
  const { sid, structure, source } = statement;
  return { layer, from, sid, origin: origin?.(sid, structure) ?? null, source };
}
