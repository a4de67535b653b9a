import type { Statement, StringOrList } from "../../model/aws/policy-document.ts";
import { readConditions, writtenBlock, type ReadConditions } from "./conditions.ts";
import type {
  DocumentContext,
  Member,
  NormalDocument,
  NormalStatement,
  Selector,
  OpaqueStatement,
  PrincipalFault,
} from "../document.ts";
import { foldVariables } from "../match/template.ts";
import { normalPrincipals } from "./principal.ts";
import { isObject, stableText, toList } from "../../text/json-values.ts";
import { lowerCase } from "../lower-case.ts";
import { sortedSet } from "../../text/order.ts";
import { hasMark } from "../match/wildcard.ts";

/** Known elements in the order in which they are printed. */
export const ELEMENTS = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
] as const;

const KNOWN: ReadonlySet<string> = new Set(ELEMENTS);

type Parts = Omit<NormalStatement, "kind" | "structure" | "source">;

const NO_CONDITIONS: ReadConditions = { kind: "read", blocks: [], tests: [] };

/**
 * Reads one statement as it is in AWS. A member that is not understood becomes an opaque one; never throws. In a
 * document of 2008 there are no variables: `${` is text.
 */
export function readStatement(
  value: unknown,
  context: DocumentContext,
  version: NormalDocument["version"] = "2012-10-17",
): Member {
  if (!isObject(value)) return opaque(value, null, "not an object");
  const sid = typeof value["Sid"] === "string" && value["Sid"] !== "" ? value["Sid"] : null;
  const fault = elementFault(value);
  if (fault !== undefined) return opaque(value, sid, fault);
  const principal = principalFault(value, context);
  if (principal !== null) return { ...opaque(value, sid, PRINCIPAL_FAULTS[principal]), principal };
  const needsResource = context.dialect !== "trust";
  if (needsResource !== hasResource(value))
    return opaque(value, sid, needsResource ? "no Resource" : "a trust policy has no Resource");
  const fold = version === "2012-10-17" ? foldVariables : asWritten;
  const conditions =
    value["Condition"] === undefined ? NO_CONDITIONS : readConditions(value["Condition"], fold);
  if (conditions.kind === "not-understood") return opaque(value, sid, conditions.reason);
  const actions = readSelector(value["Action"], value["NotAction"], lowerCase);
  const resources = readSelector(value["Resource"], value["NotResource"], fold);
  const principals = readPrincipals(value, context);
  if (actions === undefined) return opaque(value, sid, "Action is not understood");
  if (resources === undefined && hasResource(value)) return opaque(value, sid, "Resource is not understood");
  if (principals === undefined && hasPrincipal(value))
    return opaque(value, sid, "Principal is not understood");
  const parts: Parts = {
    sid,
    effect: value["Effect"] === "Allow" ? "Allow" : "Deny",
    principals: principals ?? null,
    actions,
    resources: resources ?? null,
    conditions: conditions.tests,
  };
  const structure = structureText(parts);
  if (hasMark(structure)) return opaque(value, sid, "a character that IAM does not accept");
  return { kind: "statement", ...parts, structure, source: value };
}

const asWritten = (text: string): string => text;

function opaque(value: unknown, sid: string | null, reason: string): OpaqueStatement {
  const text = stableText(value);
  const stated = isObject(value) ? value["Effect"] : undefined;
  const effect = stated === "Allow" || stated === "Deny" ? stated : null;
  return { kind: "opaque", sid, reason, principal: null, text, effect, structure: `opaque ${text}` };
}

const hasResource = (value: object): boolean => "Resource" in value || "NotResource" in value;
const hasPrincipal = (value: object): boolean => "Principal" in value || "NotPrincipal" in value;

/** Why the statement's elements do not go together, undefined when they do. */
function elementFault(value: Readonly<Record<string, unknown>>): string | undefined {
  const unknown = Object.keys(value).find((name) => !KNOWN.has(name));
  if (unknown !== undefined) return `unknown element "${unknown}"`;
  if (value["Sid"] !== undefined && typeof value["Sid"] !== "string") return "Sid is not a string";
  if (value["Effect"] !== "Allow" && value["Effect"] !== "Deny") return "Effect is neither Allow nor Deny";
  if ("Action" in value && "NotAction" in value) return "both Action and NotAction";
  if ("Resource" in value && "NotResource" in value) return "both Resource and NotResource";
  if ("Principal" in value && "NotPrincipal" in value) return "both Principal and NotPrincipal";
  return undefined;
}

const PRINCIPAL_FAULTS = {
  unexpected: "a policy of this kind has no Principal",
  missing: "no Principal",
} as const satisfies Record<PrincipalFault, string>;

function principalFault(value: object, { dialect }: DocumentContext): PrincipalFault | null {
  const needsPrincipal = dialect === "trust" || dialect === "resource";
  if (needsPrincipal === hasPrincipal(value)) return null;
  return needsPrincipal ? "missing" : "unexpected";
}

function readSelector(
  positive: unknown,
  negative: unknown,
  fold: (text: string) => string,
): Selector | undefined {
  const texts = readTexts(positive ?? negative);
  if (texts === undefined) return undefined;
  return { negated: positive === undefined, values: sortedSet(toList(texts).map(fold)) };
}

/** IAM accepts null members of a list and does nothing with them. */
function readTexts(value: unknown): StringOrList | undefined {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((member) => member !== null);
  return texts.every((member) => typeof member === "string") ? texts : undefined;
}

function readPrincipals(
  value: Readonly<Record<string, unknown>>,
  context: DocumentContext,
): Selector | undefined {
  const values = normalPrincipals(value["Principal"] ?? value["NotPrincipal"], context);
  return values && { negated: !("Principal" in value), values };
}

/** All but the Sid, in one fixed order. */
export function structureText(parts: Omit<Parts, "sid">): string {
  const { effect, principals, actions, resources, conditions } = parts;
  return JSON.stringify([
    effect,
    principals && [principals.negated, principals.values],
    [actions.negated, actions.values],
    resources && [resources.negated, resources.values],
    conditions.map((test) => [test.operator, test.key, test.values]),
  ]);
}

/** The actions and resources of a statement as they were written; what IAM overlooks is left out. */
export function writtenNames({ source }: NormalStatement): Record<NameElement, StringOrList | undefined> {
  const names = (element: NameElement): StringOrList | undefined =>
    source[element] === "" ? undefined : readTexts(source[element]);
  return {
    Action: names("Action"),
    NotAction: names("NotAction"),
    Resource: names("Resource"),
    NotResource: names("NotResource"),
  };
}

type NameElement = "Action" | "NotAction" | "Resource" | "NotResource";

/** The statement as it was written, with what IAM overlooks left out and all values as strings. */
export function writtenStatement({ source }: NormalStatement): Statement {
  const elements: Record<string, unknown> = {};
  for (const name of ELEMENTS) {
    const value = source[name];
    if (value === undefined || value === "") continue;
    elements[name] = /^(Not)?(Action|Resource)$/.test(name) ? readTexts(value) : value;
  }
  const conditions = readConditions(elements["Condition"] ?? {});
  delete elements["Condition"];
  const block = conditions.kind === "read" ? writtenBlock(conditions.blocks) : {};
  return { ...elements, ...(Object.keys(block).length > 0 && { Condition: block }) } as unknown as Statement;
}
