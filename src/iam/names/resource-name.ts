import { arnParts, hasArnParts } from "../../model/aws/arn.ts";
import type { NamePattern } from "../../model/rules/team.ts";
import { typeOf, type NameRule, type ResourceType } from "./resource-types.ts";

/** What a resource of a statement certainly is called: one name, any name with a prefix, or nothing is certain. */
export type KnownName = NamePattern | { readonly kind: "unknown" };

/** A resource of a statement, which may be a pattern, by the names that a Team can compare. */
export interface NamedResource {
  readonly arn: KnownName;
  /** null: the type is not known, so neither is the name. */
  readonly type: ResourceType | null;
  readonly name: KnownName;
  /** All that follows the type's prefix, for types whose name is only a part of it. */
  readonly rest: KnownName;
  /** The function that the resource is, or whose log group it is. */
  readonly functionName: KnownName;
}

const UNKNOWN: KnownName = { kind: "unknown" };

/** From here on a pattern stands for other text: a wildcard, or a policy variable. */
const OPEN = /[*?$]/;
const SUFFIX = /^([^*?$]*)-(?:\?{6}|[A-Za-z0-9]{6})$/;
const LAMBDA_LOGS = "/aws/lambda/";

/**
 * Reads the name only from text that every resource of the pattern begins with. A pattern whose type, or the text before
 * its name, is not certain has an unknown name.
 */
export function namedResource(arn: string): NamedResource {
  const known = { arn: upTo(arn, null), type: null, name: UNKNOWN, rest: UNKNOWN, functionName: UNKNOWN };
  const { service, resource } = arnParts(arn);
  if (!hasArnParts(arn) || mayBeAnother(arn)) return known;
  const type = typeOf(service, resource);
  if (type === undefined) return known;
  const rest = resource.slice(type.prefix.length);
  const name = nameOf(rest, type.name);
  return { ...known, type, name, rest: upTo(rest, null), functionName: functionOf(type, name) };
}

/**
 * A star that ends a part reaches over the colons behind it: `arn:*:sqs:…` is also the end of the key of an object, and
 * behind an open region the end of a topic. Both may be any text.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
function mayBeAnother(arn: string): boolean {
  const { partition, service, region, accountId } = arnParts(arn);
  if (OPEN.test(partition)) return true;
  if (service === "s3") return region + accountId !== "";
  return service === "iot" && OPEN.test(region + accountId);
}

function nameOf(rest: string, rule: NameRule): KnownName {
  switch (rule) {
    case "/":
    case ":":
      return upTo(rest, rule);
    case "whole":
    case "path":
      return upTo(rest, null);
    case "last":
      return OPEN.test(rest) ? UNKNOWN : { kind: "exact", name: rest.slice(rest.lastIndexOf("/") + 1) };
    case "secret": {
      const name = SUFFIX.exec(rest)?.[1];
      return name === undefined ? upTo(rest, null) : { kind: "exact", name };
    }
    case "id":
    case "public":
    case "account":
      return UNKNOWN;
  }
}

/** The text up to the separator; if a wildcard or a variable precedes it, only a prefix is certain. */
function upTo(text: string, separator: "/" | ":" | null): KnownName {
  const open = text.search(OPEN);
  const end = separator === null ? -1 : text.indexOf(separator);
  if (end >= 0 && (open < 0 || end < open)) return { kind: "exact", name: text.slice(0, end) };
  return open < 0 ? { kind: "exact", name: text } : { kind: "prefix", prefix: text.slice(0, open) };
}

function functionOf({ service, prefix }: ResourceType, name: KnownName): KnownName {
  if (service === "lambda" && prefix === "function:") return name;
  if (service !== "logs" || name.kind === "unknown") return UNKNOWN;
  const text = name.kind === "exact" ? name.name : name.prefix;
  if (!text.startsWith(LAMBDA_LOGS)) return UNKNOWN;
  const of = text.slice(LAMBDA_LOGS.length);
  return name.kind === "exact" ? { kind: "exact", name: of } : { kind: "prefix", prefix: of };
}
