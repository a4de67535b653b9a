import type { CompiledStatement, DesiredBinding } from "../../../model/desired.ts";
import { listsVerb, verbOfCompanion, type GrantedVerb, type TeamFence } from "../../../model/rules/team.ts";
import { nameInArn } from "../../../model/aws/arn.ts";
import { formatOrigin } from "../../../model/values/origin.ts";
import type { GuardContext } from "../../context/context.ts";
import { teamText, type FenceBreach } from "./fence.ts";

/** Settings of the function itself. TEN-004 judges the log groups that `logs` names. */
const OWN_SETTINGS: ReadonlySet<string> = new Set(["logs", "tracing", "vpc"]);

/** TEN-005: a grant, a verb or a statement in IAM syntax that the Team does not list. */
export function grantsNotAllowed(
  statements: readonly CompiledStatement[],
  fence: TeamFence,
): readonly FenceBreach[] {
  const ofCompanions = (one: CompiledStatement): boolean =>
    one.source.kind === "grant" && verbOfCompanion(one.source.verb) !== null;
  const found = statements
    .filter((one) => !ofCompanions(one))
    .flatMap((one) => statementNotAllowed(one, fence) ?? []);
  // The verb that needs it is judged by its own statement, at the same place. An action of several verbs may need more here.
  const places = new Set(found.map(({ origin }) => formatOrigin(origin)));
  const exact = statements.filter(
    (one) => ofCompanions(one) && "only" in one.source && !places.has(formatOrigin(one.origin)),
  );
  return [...found, ...exact.flatMap((one) => statementNotAllowed(one, fence) ?? [])];
}

function statementNotAllowed(
  { source, statement, origin }: CompiledStatement,
  fence: TeamFence,
): FenceBreach | null {
  if (source.kind === "implicit") return null;
  const evidence = { Sid: statement.Sid ?? "" };
  if (source.kind === "statement")
    return fence.statements
      ? null
      : { origin, evidence, ...noStatements("a statement in IAM syntax", fence) };
  const { grant, verb } = source;
  const { grants } = fence;
  if (grants === null || OWN_SETTINGS.has(grant) || listsVerb(grants, source)) return null;
  const why = `${teamText(fence)} does not allow ${grant}: [${notListed(source, grants).join(", ")}]`;
  const fix = `${allowedText(grant, grants)}, or ask the platform team to add ${verbOfCompanion(verb) ?? verb} to spec.grants.${grant}`;
  return { origin, evidence, why, fix };
}

/** The verb, or those of its actions that no listed verb contains. */
function notListed(
  { grant, verb, only }: GrantedVerb,
  grants: NonNullable<TeamFence["grants"]>,
): readonly string[] {
  if (only === undefined) return [verb];
  return only.filter((one) => !listsVerb(grants, { grant, verb, only: [one] })).map(({ name }) => name);
}

function allowedText(grant: string, grants: NonNullable<TeamFence["grants"]>): string {
  const verbs = grants[grant];
  if (verbs !== undefined) return `use ${grant}: [${verbs.join(", ")}]`;
  const names = Object.keys(grants);
  return names.length === 0 ? "remove the entry" : `use a grant that it lists (${names.join(", ")})`;
}

/** A caller as a statement, where the Team allows only those of the catalogue. */
export function callersNotAllowed({ callers }: DesiredBinding, fence: TeamFence): readonly FenceBreach[] {
  if (fence.statements) return [];
  return callers
    .filter(({ caller }) => caller === "statement")
    .map(({ origin, sid }) => ({
      origin,
      evidence: { Sid: sid },
      ...noStatements("a caller in IAM syntax", fence),
    }));
}

function noStatements(what: string, fence: TeamFence): Pick<FenceBreach, "why" | "fix"> {
  return {
    why: `${teamText(fence)} does not allow ${what}`,
    fix: "write a grant or a caller of the catalogue, or ask the platform team for statements: true in the Team",
  };
}

/** TEN-006: a boundary that neither the account gives by default nor the Team lists. */
export function boundaryNotAllowed(
  { role }: DesiredBinding,
  fence: TeamFence,
  { account }: GuardContext,
): readonly FenceBreach[] {
  const { boundary } = role;
  if (boundary === null || boundary.arn === account.boundary) return [];
  const name = nameInArn(boundary.arn);
  if (fence.boundaries.includes(name)) return [];
  const why = `boundary ${name} is not one of ${teamText(fence)}`;
  const fix =
    "leave spec.role.boundary out, or ask the platform team to add it to spec.boundaries of the Team";
  const evidence = { PermissionsBoundary: boundary.arn };
  return [{ origin: boundary.origin, evidence, why, fix, remedy: { kind: "remove-field" } }];
}
