import { matchesPattern } from "../../iam/match/wildcard.ts";
import { namedResource } from "../../iam/names/resource-name.ts";
import { typeOf, type ResourceType } from "../../iam/names/resource-types.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { CompiledStatement } from "../../model/desired.ts";
import type { LiveAccount } from "../../model/live.ts";
import { sortedSet } from "../../text/order.ts";
import { someOf } from "../../text/phrases.ts";
import type { GuardContext } from "../context.ts";
import type { Breach } from "../rules/rule.ts";
import { breachOf, isAuthored, listed } from "../rules/written.ts";

/**
 * RES-004: a name that ends in a star after a letter or digit. `orders*` is meant for `orders`, or for names that begin
 * with `orders-`, and matches `ordersadmin` too. The key of an object, the path of a parameter and an id are no names here.
 */
export function siblingNames(
  statements: readonly CompiledStatement[],
  context: GuardContext,
): readonly Breach[] {
  return statements.filter(isAuthored).flatMap((compiled) => {
    if (compiled.statement.Effect === "Deny") return [];
    return listed(compiled.statement.Resource).flatMap((resource) => {
      const open = openName(resource);
      return open === null ? [] : [breachOf("RES-004", compiled, textOf(resource, open, context))];
    });
  });
}

interface OpenName {
  readonly type: ResourceType;
  /** Before the star. */
  readonly begin: string;
}

function openName(resource: string): OpenName | null {
  if (!resource.includes("*")) return null;
  const { service, resource: last } = arnParts(resource);
  const type = typeOf(service, last);
  const part = type === undefined ? null : namePart(last.slice(type.prefix.length), type);
  if (type === undefined || part === null) return null;
  const [, begin] = /^([^*?$]*[A-Za-z0-9])\*$/.exec(part) ?? [];
  return begin === undefined || isOpen(begin) ? null : { type, begin };
}

/** As good as no name: RES-002 judges it. */
function isOpen(begin: string): boolean {
  return begin.replaceAll(/[^A-Za-z0-9]/g, "").length < 2 || "/aws/lambda/".startsWith(begin);
}

function namePart(rest: string, { name }: ResourceType): string | null {
  switch (name) {
    case "/":
    case ":":
      return rest.split(name, 1)[0] ?? "";
    case "whole":
      return rest;
    case "last":
      return rest.slice(rest.lastIndexOf("/") + 1);
    case "path":
    case "secret":
    case "id":
    case "public":
    case "account":
      return null;
  }
}

function textOf(
  resource: string,
  { type, begin }: OpenName,
  context: GuardContext,
): Pick<Breach, "why" | "fix"> {
  const at = resource.lastIndexOf(`${begin}*`);
  const [before, after] = [resource.slice(0, at), resource.slice(at + begin.length + 1)];
  const one = `${before}${begin}${after}`;
  const family = `${before}${begin}-*${after}`;
  const qualified = type.prefix === "function:" && after === "" ? `, "${one}:*"` : "";
  return {
    why: `"${resource}" matches every name that begins with ${begin}; ${siblingText(resource, begin, context)}`,
    fix: `write Resource: ["${one}"${qualified}] for the one, or "${family}" for names that begin with ${begin}-`,
  };
}

function siblingText(resource: string, begin: string, context: GuardContext): string {
  const { service } = arnParts(resource);
  const { declared, named } = context.roleChecks.known.of(context.desired);
  const isRead = context.live !== null && (service === "lambda" || service === "iam");
  const known = [...declared, ...named, ...(isRead ? liveArns(context.live) : [])];
  const names = known.flatMap((arn) => {
    if (!matchesPattern(resource, arn)) return [];
    const { name } = namedResource(arn);
    return name.kind === "exact" && name.name !== begin ? [name.name] : [];
  });
  const from = isRead ? "manifests and AWS" : "manifests alone";
  return names.length === 0 ? `${from} show no other` : `${from} show ${someOf(sortedSet(names))}`;
}

function liveArns(live: LiveAccount): readonly string[] {
  const functions = [...live.regions.values()].flatMap((region) =>
    region.kind === "read" ? [...region.functions.values()].map(({ arn }) => arn) : [],
  );
  const roles = [...live.roles.values()].flatMap((role) => (role.kind === "present" ? [role.value.arn] : []));
  return [...functions, ...roles];
}
