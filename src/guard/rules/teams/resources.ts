import { coversResource, ownsResource } from "../../../iam/names/name-pattern.ts";
import { namedByCondition } from "../../../iam/match/named-by-condition.ts";
import { conditionTests } from "../../../iam/row-text.ts";
import { matchesPattern } from "../../../iam/match/wildcard.ts";
import { lowerCase } from "../../../iam/lower-case.ts";
import { namedResource, type NamedResource } from "../../../iam/names/resource-name.ts";
import { factsOf } from "../../../iam/action-facts.ts";
import type { ActionData } from "../../../iam/action-data.ts";
import { arnParts } from "../../../model/aws/arn.ts";
import type { CompiledStatement, Desired } from "../../../model/desired.ts";
import { listsVerb, patternText, type BorrowedShare, type TeamFence } from "../../../model/rules/team.ts";
import { formatOrigin } from "../../../model/values/origin.ts";
import { someOf } from "../../../text/phrases.ts";
import type { GuardContext } from "../../context/context.ts";
import { bindableActions, isEveryResource } from "../resources/open-resources.ts";
import { listed, resourcePart } from "../breach.ts";
import { teamText, type FenceBreach } from "./fence.ts";

/** TEN-004: a resource that is not certainly the team's own, or shared with it. */
export function foreignResources(
  statements: readonly CompiledStatement[],
  fence: TeamFence,
  context: Pick<GuardContext, "desired" | "actionData">,
): readonly FenceBreach[] {
  if (fence.resources.some(({ kind }) => kind === "any")) return [];
  return statements.flatMap((compiled) => breachesOf(compiled, fence, context));
}

function breachesOf(
  compiled: CompiledStatement,
  fence: TeamFence,
  { desired, actionData }: Pick<GuardContext, "desired" | "actionData">,
): readonly FenceBreach[] {
  const { statement, origin } = compiled;
  if (statement.Effect === "Deny") return [];
  if (statement.Resource === undefined)
    return [{ origin, evidence: { NotResource: listed(statement.NotResource) }, ...everything(fence) }];
  const outside = listed(statement.Resource)
    .flatMap((resource, at) => namedBy(resource, compiled).map((text) => ({ text, part: resourcePart(at) })))
    .filter(({ text }) => isOutside(text, compiled, { fence, actionData }));
  // The first resource of each: a table and its indexes are one.
  const byLabel = new Map(outside.toReversed().map((named) => [labelOf(named.text), named]));
  return [...byLabel].toReversed().map(([label, { text, part }]) => ({
    origin,
    evidence: { Resource: text },
    part,
    ...(isEveryResource(text) ? everything(fence) : foreign({ text, label }, fence, desired)),
  }));
}

interface Surroundings {
  readonly fence: TeamFence;
  readonly actionData: ActionData;
}

function isOutside(text: string, compiled: CompiledStatement, { fence, actionData }: Surroundings): boolean {
  if (isEveryResource(text)) return namesNothing(compiled, actionData);
  const resource = namedResource(text);
  if (isPublic(text, resource) || ownsResource(fence, resource)) return false;
  if (isOfAccount(resource) && isNamedInAddition(text, compiled, actionData)) return false;
  return !fence.borrowed.some((share) => isShared(resource, compiled, share));
}

/** The catalogue names a key by its alias. A statement is judged by its Resource, and a metric namespace is no resource. */
function namedBy(text: string, compiled: CompiledStatement): readonly string[] {
  const { source, statement } = compiled;
  if (isEveryResource(text)) return [text];
  const below = readsBelow(text, compiled) ? [`${text}/*`] : [];
  const named =
    source.kind === "grant" ? namedByCondition(text, conditionTests(statement.Condition)) : [text];
  return [...named, ...below];
}

/**
 * A request for a path reads every parameter below it, also those that another statement denies.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-retrieval-authorization.html
 */
function readsBelow(text: string, { statement: { Action } }: CompiledStatement): boolean {
  const { service, resource } = arnParts(text);
  if (service !== "ssm" || !/^parameter\/[^*?$]+$/.test(resource)) return false;
  return (
    Action === undefined ||
    listed(Action).some((action) => matchesPattern(lowerCase(action), "ssm:getparametersbypath"))
  );
}

/** `*` is the only resource of some actions. RES-001 judges it too, but a waiver can lift that. */
function namesNothing(compiled: CompiledStatement, data: ActionData): boolean {
  const { Action } = compiled.statement;
  if (compiled.wildcardReason !== null) return false;
  if (Action === undefined || listed(Action).some((action) => factsOf(action, data).length === 0))
    return true;
  return bindableActions(compiled, data).length > 0;
}

/** Of AWS itself, such as a foundation model. */
function isPublic(text: string, { type }: NamedResource): boolean {
  return type?.name === "public" && arnParts(text).accountId === "";
}

function isOfAccount({ type, rest }: NamedResource): boolean {
  return type?.name === "account" && rest.kind === "exact" && rest.name === "";
}

/** Each action needs a resource of another type as well; on the account's alone it would concern every team. */
function isNamedInAddition(text: string, { statement }: CompiledStatement, data: ActionData): boolean {
  const own = arnParts(text).resource;
  const actions = statement.Action === undefined ? ["*"] : listed(statement.Action);
  return actions.every((action) => {
    const facts = factsOf(action, data);
    return (
      facts.length > 0 &&
      facts.every(({ resourceTypes }) =>
        resourceTypes.some((type) => type.required && arnParts(type.arn).resource !== own),
      )
    );
  });
}

function isShared(resource: NamedResource, { source }: CompiledStatement, share: BorrowedShare): boolean {
  if (!share.resources.some((pattern) => coversResource(pattern, resource))) return false;
  if (share.grants === null) return true;
  return source.kind === "grant" && listsVerb(share.grants, source);
}

function everything(fence: TeamFence): Pick<FenceBreach, "why" | "fix"> {
  return {
    why: `the statement allows resources outside ${teamText(fence)}`,
    fix: `name the resources in Resource${ownText(fence)}`,
  };
}

function foreign(
  { text, label }: { readonly text: string; readonly label: string },
  fence: TeamFence,
  { teams }: Pick<Desired, "teams">,
): Pick<FenceBreach, "why" | "fix"> {
  const resource = namedResource(text);
  const owner = [...teams.values()].find(
    (team) => team.kind === "fence" && team.namespace !== fence.namespace && ownsResource(team, resource),
  );
  const isCertain = resource.arn.kind === "exact" && resource.name.kind === "exact";
  const why = `${text} is not ${isCertain ? "" : "certainly "}a resource of ${teamText(fence)}`;
  const entry = JSON.stringify(label);
  if (owner !== undefined) {
    const line = `shares: [{with: ${fence.namespace}, resources: [${entry}]}]`;
    return { why, fix: `Team ${owner.namespace} owns it: ask for ${line} in ${formatOrigin(owner.origin)}` };
  }
  const own = `name a resource of the team${ownText(fence)}`;
  // An entry for every resource of a type would be no fence.
  if (resource.rest.kind === "prefix" && resource.rest.prefix === "") return { why, fix: own };
  const add = `ask the platform team to add ${entry} to spec.resources of the Team`;
  return { why, fix: `${own}, or ${add}` };
}

function ownText({ resources, functions }: TeamFence): string {
  const names = resources.length > 0 ? resources.map(({ text }) => text) : functions.map(patternText);
  return ` (${someOf(names)})`;
}

/** As an entry of a Team would name it: a table and its indexes are one resource. */
function labelOf(text: string): string {
  const { type, name } = namedResource(text);
  if (type === null || name.kind !== "exact" || type.name === "last") return text;
  return `${type.prefix}${name.name}`;
}
