import { arnFields } from "../../../model/aws/arns/arn-fields.ts";
import { isAuthored } from "../../context/role-check.ts";
import { matchesPattern } from "../../../iam/match/wildcard.ts";
import { namedResource } from "../../../iam/names/resource-name.ts";
import { typeOf, type ResourceType } from "../../../iam/names/resource-types.ts";
import { arnParts } from "../../../model/aws/arn.ts";
import { ownLogGroup } from "../../../model/aws/log-group.ts";
import type { Namespace } from "../../../model/aws/ids.ts";
import type { CompiledStatement } from "../../../model/desired.ts";
import type { LiveAccount } from "../../../model/live.ts";
import { beginningWith, nextParts, sortedSet } from "../../../text/order.ts";
import { someOf } from "../../../text/phrases.ts";
import type { GuardContext } from "../../context/context.ts";
import { type Breach, breachOf, listed, resourcePart, withResource } from "../breach.ts";
import { isFenced, isShownTo } from "./shown-names.ts";

/**
 * RES-004: a name that ends in a star after a letter or digit. `orders*` is meant for `orders`, or for names that begin
 * with `orders-`, and matches `ordersadmin` too. The key of an object, the path of a parameter and an id are no names here.
 */
export function siblingNames(
  statements: readonly CompiledStatement[],
  context: GuardContext,
  { namespace }: { readonly namespace: Namespace },
): readonly Breach[] {
  const reader = { context, namespace, functionName: null };
  const authored = statements.filter((compiled) => isAuthored(compiled) && !writesByPrefix(compiled));
  return authored.flatMap((compiled) => breachesOf(compiled, (...open) => textOf(...open, reader)));
}

/** RES-004 of `logs.groupPrefix`: the function can write into the log groups of other functions. */
export function siblingLogGroups(
  statements: readonly CompiledStatement[],
  reader: SiblingContext,
): readonly Breach[] {
  const byPrefix = statements.filter(writesByPrefix);
  return byPrefix.flatMap((compiled) => breachesOf(compiled, (...open) => logsText(...open, reader)));
}

type TextOf = (resource: string, open: OpenName) => Pick<Breach, "why" | "fix">;

function breachesOf(compiled: CompiledStatement, text: TextOf): readonly Breach[] {
  if (compiled.statement.Effect === "Deny") return [];
  return listed(compiled.statement.Resource).flatMap((resource, at) => {
    const open = openName(resource);
    if (open === null) return [];
    const found = { ...text(resource, open), part: resourcePart(at) };
    return [breachOf("RES-004", withResource(compiled, at), found)];
  });
}

/** `logs.groupPrefix`, whose two statements are about the same log groups. */
function writesByPrefix({ source }: CompiledStatement): boolean {
  return source.kind === "grant" && source.grant === "logs" && source.verb === "write";
}

/** Of the functions, which are read, and not of their log groups, which are not. */
function logsText(resource: string, { begin }: OpenName, reader: SiblingContext): ReturnType<TextOf> {
  const { partition, region, accountId } = arnParts(resource);
  const prefix = begin.slice(ownLogGroup("").length);
  const functions = `arn:${partition}:lambda:${region}:${accountId}:function:${prefix}*`;
  return {
    why: `"${resource}" matches the log group of each function whose name begins with ${prefix}; ${siblingText(functions, prefix, reader)}`,
    fix: "remove groupPrefix from spec.logs: by default the function writes to its own log group, and to no other",
  };
}

interface OpenName {
  readonly type: ResourceType;
  /** Before the star. */
  readonly begin: string;
  /** The star, with what else is as good as one. */
  readonly wildcard: string;
}

interface SiblingContext {
  readonly context: GuardContext;
  readonly namespace: Namespace;
  /** The function that the name may match without a doubt; null: there is none. */
  readonly functionName: string | null;
}

function openName(resource: string): OpenName | null {
  if (!resource.includes("*")) return null;
  const { service, resource: last } = arnParts(resource);
  const type = typeOf(service, last);
  const part = type === undefined ? null : namePart(last.slice(type.prefix.length), type);
  if (type === undefined || part === null) return null;
  const [, begin, wildcard] = /^([^*?$]*[A-Za-z0-9])([*?]*\*[*?]*)$/.exec(part) ?? [];
  return begin === undefined || wildcard === undefined || isOpen(begin) ? null : { type, begin, wildcard };
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
  { type, begin, wildcard }: OpenName,
  reader: SiblingContext,
): ReturnType<TextOf> {
  const name = `${begin}${wildcard}`;
  const at =
    type.name === "last"
      ? resource.lastIndexOf(name)
      : resource.indexOf(`${type.prefix}${name}`) + type.prefix.length;
  const [before, after] = [resource.slice(0, at), resource.slice(at + name.length)];
  const one = `${before}${begin}${after}`;
  const family = `${before}${begin}-*${after}`;
  const qualified = type.prefix === "function:" && after === "" ? `, "${one}:*"` : "";
  return {
    why: `"${resource}" matches every name that begins with ${begin}; ${siblingText(resource, begin, reader)}`,
    fix: `write Resource: ["${one}"${qualified}] for the one, or "${family}" for names that begin with ${begin}-`,
  };
}

function siblingText(
  resource: string,
  begin: string,
  { context, namespace, functionName }: SiblingContext,
): string {
  const { live, desired } = context;
  const { service } = arnParts(resource);
  const arns = context.roleChecks.knownArns.of(desired);
  const isRead = live !== null && (service === "lambda" || service === "iam");
  const read = isRead ? context.index.shared.liveArns(() => liveArns(live)) : [];
  const known = [...candidates(resource, arns), ...candidates(resource, read)];
  const names = known.flatMap((arn) => {
    if (!matchesPattern(resource, arn)) return [];
    const found = namedResource(arn);
    const isShown = isShownTo(namespace, found, desired);
    if (!isShown || found.name.kind !== "exact") return [];
    const { name } = found.name;
    return name === begin || name === functionName ? [] : [name];
  });
  const from = isRead ? "manifests and AWS" : "manifests alone";
  const others = names.length === 0 ? "no other" : someOf(sortedSet(names));
  return `${from} show ${others}${isFenced(namespace, desired) ? " that the team may use" : ""}`;
}

/** Sorted. */
function liveArns(live: LiveAccount): readonly string[] {
  const functions = [...live.regions.values()].flatMap((region) =>
    region.kind === "read" ? [...region.functions.values()].map(({ arn }) => arn) : [],
  );
  const roles = [...live.roles.values()].flatMap((role) => (role.kind === "present" ? [role.value.arn] : []));
  return sortedSet([...functions, ...roles]);
}

/**
 * A team may write thousands of such names, and each would be compared with every known one. A wildcard before the
 * resource, such as `*` for the region, is compared with what the sorted list has there.
 */
function candidates(resource: string, sorted: readonly string[]): readonly string[] {
  const before = arnFields(resource).slice(0, PARTS_BEFORE_RESOURCE);
  const literal = resource.slice(before.join(":").length + 1).replace(/[*?$][^]*$/, "");
  const starts = before.reduce<readonly string[]>(
    (found, part) =>
      found.flatMap((start) => {
        const parts = /[*?]/.test(part)
          ? nextParts(start, ":", sorted).filter((each) => matchesPattern(part, each))
          : [part];
        return parts.map((each) => `${start}${each}:`);
      }),
    [""],
  );
  return starts.flatMap((start) => beginningWith(`${start}${literal}`, sorted));
}

const PARTS_BEFORE_RESOURCE = 5;
