import { isConditionSyntax } from "./condition.ts";
import { isObject, type ParsedObject } from "./json.ts";

const DOCUMENT_MEMBERS: ReadonlySet<string> = new Set(["Version", "Id", "Statement"]);
const STATEMENT_MEMBERS: ReadonlySet<string> = new Set(
  "Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition".split(" "),
);
const VERSIONS: ReadonlySet<unknown> = new Set(["2008-10-17", "2012-10-17"]);

/** The statements of a document with valid syntax, in order; undefined otherwise. */
export function statementsOf(document: unknown): readonly ParsedObject[] | undefined {
  if (!isObject(document)) return undefined;
  const { Version: version, Id: id, Statement: statement } = document;
  const list: readonly unknown[] = Array.isArray(statement) ? statement : [statement];
  const isRight =
    hasOnly(document, DOCUMENT_MEMBERS) &&
    (version === undefined || VERSIONS.has(version)) &&
    isStringOrAbsent(id) &&
    list.length > 0;
  return isRight && list.every(isStatement) ? list : undefined;
}

function isStatement(value: unknown): value is ParsedObject {
  if (!isObject(value) || !hasOnly(value, STATEMENT_MEMBERS)) return false;
  return (
    isAnyCaseEffect(value["Effect"]) &&
    isStringOrAbsent(value["Sid"]) &&
    isOneOf(value, "Action", "NotAction") &&
    isOneOf(value, "Resource", "NotResource") &&
    isConditionSyntax(value["Condition"])
  );
}

/** A wrong case is accepted here and refused later by IAM's older parser, with another message. */
function isAnyCaseEffect(effect: unknown): boolean {
  return typeof effect === "string" && ["allow", "deny"].includes(effect.toLowerCase());
}

function isOneOf(statement: ParsedObject, one: string, other: string): boolean {
  if (one in statement && other in statement) return false;
  return isStringListOrAbsent(statement[one]) && isStringListOrAbsent(statement[other]);
}

function isStringListOrAbsent(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => item === null || typeof item === "string");
  return isStringOrAbsent(value);
}

function isStringOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

function hasOnly(object: ParsedObject, names: ReadonlySet<string>): boolean {
  return Object.keys(object).every((name) => names.has(name));
}
