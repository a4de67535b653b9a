import type { ActionData, ActionFacts } from "../../../iam/action-data.ts";
import { factsOf } from "../../../iam/action-facts.ts";
import { isAssigned } from "./assigned-ids.ts";
import { mayNameNoResource } from "./optional-resource.ts";
import { pinnedBy, type TagLimit } from "../../../iam/match/pinned.ts";
import { collapseWildcards } from "../../../iam/match/wildcard.ts";
import { readConditions } from "../../../iam/read/conditions.ts";
import type { CompiledStatement } from "../../../model/desired.ts";
import { sortedSet } from "../../../text/order.ts";
import { someOf } from "../../../text/phrases.ts";
import { namedArn, exampleResource, type ArnPlace } from "./named-arn.ts";
import type { SharedDocuments } from "../../context/shared-documents.ts";
import { opennessOf, type Openness } from "./open-names.ts";
import { type Breach, breachOf, eachStatement, listed, resourcePart, withResource } from "../breach.ts";

/** What the rules about resources know besides the statements. */
export interface ResourceFacts {
  readonly data: ActionData;
  readonly place: ArnPlace;
  readonly shared: SharedDocuments;
}

/** RES-001: `*` although the action names resources. Wildcards with a reason in the catalogue pass. */
export function openResources(
  statements: readonly CompiledStatement[],
  { data, place }: ResourceFacts,
): readonly Breach[] {
  return eachStatement(statements, (compiled) => {
    if (isAccepted(compiled) || !listed(compiled.statement.Resource).some(isEveryResource)) return null;
    const pinned = pinnedOf(compiled);
    if (pinned === "named") return null;
    const facts = bindableActions(compiled, data);
    const bindable = sortedSet(facts.map(({ action }) => action));
    const [first] = bindable;
    if (first === undefined) return null;
    const why = `${someOf(bindable)} can be limited to a resource, but Resource "*" means every one`;
    const fix = exampleResource(first, place, data) ?? "name the resources";
    return limited(breachOf("RES-001", compiled, { why, fix }), pinned);
  });
}

/** RES-002: an ARN that names nothing, such as `arn:aws:s3:::*-*` and `table/?*`, or a name in every region. */
export function effectivelyOpenResources(
  statements: readonly CompiledStatement[],
  { data, place, shared }: ResourceFacts,
): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const compiled of statements) {
    if (isAccepted(compiled)) continue;
    const resources = listed(compiled.statement.Resource);
    if (!resources.some(isPattern)) continue;
    const types = shared.resourceTypes(compiled, () =>
      bindableActions(compiled, data).flatMap(nameableTypes),
    );
    for (const [at, resource] of resources.entries()) {
      if (!isPattern(resource)) continue;
      const openness = opennessOf(resource, types, place);
      const text = textOf(resource, openness, place);
      // Read last: nearly every pattern is a name.
      const pinned = text === null ? "named" : pinnedOf(compiled);
      if (text === null || pinned === "named") continue;
      const found = breachOf("RES-002", withResource(compiled, at), { ...text, part: resourcePart(at) });
      const breach = limited(found, pinned);
      breaches.push(openness.kind === "any-region" ? { ...breach, severity: "warn" } : breach);
    }
  }
  return breaches;
}

function textOf(resource: string, openness: Openness, place: ArnPlace): Pick<Breach, "why" | "fix"> | null {
  switch (openness.kind) {
    case "named":
      return null;
    case "open": {
      const why = `"${resource}" names no resource: it matches nearly every one of its type`;
      return { why, fix: `write Resource: "${namedArn(openness.type, place)}"` };
    }
    case "any-region": {
      const why = `"${resource}" names a resource in every region`;
      return { why, fix: `write Resource: "${openness.corrected}"` };
    }
  }
}

function isAccepted({ statement, wildcardReason }: CompiledStatement): boolean {
  return statement.Effect === "Deny" || wildcardReason !== null;
}

function isPattern(resource: string): boolean {
  return /[*?]|\$\{/.test(resource) && !isEveryResource(resource);
}

/** `*`, and `*?` or `?*`, which match every name too. */
export function isEveryResource(resource: string): boolean {
  if (!resource.startsWith("*") && !resource.startsWith("?")) return false;
  return /^[*?]*\*[*?]*$/.test(collapseWildcards(resource));
}

/** The form that the catalogue writes for an alias names the key in a condition. */
function pinnedOf({ statement }: CompiledStatement): TagLimit {
  if (statement.Condition === undefined) return "open";
  const conditions = readConditions(statement.Condition);
  return conditions.kind === "read" ? pinnedBy(conditions.tests) : "open";
}

/** Every resource with one tag is more than a name, and less than all of them. */
function limited(breach: Breach, pinned: TagLimit): Breach {
  if (pinned !== "tagged") return breach;
  return { ...breach, severity: "warn", why: `${breach.why} that has the tag of the condition` };
}

/** The actions of the statement that name a resource in each request. */
export function bindableActions({ statement }: CompiledStatement, data: ActionData): readonly ActionFacts[] {
  const facts = listed(statement.Action).flatMap((action) => factsOf(action, data));
  return facts.filter((each) => !each.wildcardOnly && !mayNameNoResource(each));
}

function nameableTypes({ action, resourceTypes }: ActionFacts): readonly string[] {
  return resourceTypes.filter(({ name }) => !isAssigned(action, name)).map(({ arn }) => arn);
}

/** RES-003: NotResource. */
export function allowedButResources(statements: readonly CompiledStatement[]): readonly Breach[] {
  return statements
    .filter(({ statement }) => statement.Effect === "Allow" && statement.NotResource !== undefined)
    .map((compiled) =>
      breachOf("RES-003", compiled, {
        why: "NotResource with Allow allows every resource that it does not list",
        fix: "replace it with Resource and the resources that the code uses",
      }),
    );
}
