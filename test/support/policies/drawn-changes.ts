import fc from "fast-check";
import { drawnDocument, drawnStatement, type DrawnStatement } from "./drawn-policies.ts";

/** A document with one token replaced, dropped or turned round. */
export const mutated = fc
  .tuple(drawnDocument, fc.nat(), fc.constantFrom("effect", "action", "resource", "drop", "condition"))
  .map(([statements, nth, kind]) => {
    const at = nth % statements.length;
    const statement = statements[at] as DrawnStatement;
    return { before: statements, after: statements.with(at, mutate(statement, kind)) };
  });

export function mutate(statement: DrawnStatement, kind: string): DrawnStatement {
  if (kind === "effect") return { ...statement, Effect: statement.Effect === "Allow" ? "Deny" : "Allow" };
  const action = statement.Action === undefined ? "NotAction" : "Action";
  const resource = statement.Resource === undefined ? "NotResource" : "Resource";
  if (kind === "action")
    return { ...statement, [action]: ["fresh:Action", ...(statement[action] ?? []).slice(1)] };
  if (kind === "resource")
    return { ...statement, [resource]: ["arn:aws:fresh:::r", ...(statement[resource] ?? []).slice(1)] };
  if (kind === "condition")
    return {
      ...statement,
      Condition: { ...statement.Condition, IpAddress: { "aws:SourceIp": ["10.0.0.0/8"] } },
    };
  return { ...statement, [action]: [...(statement[action] ?? []), "fresh:Dropped"] };
}

/** One statement and itself with one element drawn again: the near misses of every comparison. */
export const nearMiss = fc
  .tuple(drawnStatement, drawnStatement, fc.constantFrom("action", "resource", "condition"))
  .map(([statement, other, kind]) => {
    const { Action, NotAction, Resource, NotResource, Condition, ...rest } = statement;
    const elements = {
      action: kind === "action" ? pick(other, "Action", "NotAction") : { Action, NotAction },
      resource: kind === "resource" ? pick(other, "Resource", "NotResource") : { Resource, NotResource },
      condition: kind === "condition" ? pick(other, "Condition") : { Condition },
    };
    const near = { ...rest, ...elements.action, ...elements.resource, ...elements.condition };
    return { inner: [near as DrawnStatement], outer: [statement] };
  });

function pick(
  statement: DrawnStatement,
  ...names: readonly (keyof DrawnStatement)[]
): Partial<DrawnStatement> {
  return Object.fromEntries(names.map((name) => [name, statement[name]]));
}
