import { SimulatedError } from "../contract.ts";
import { hasOnlyParsableDates, isConditionSyntax } from "./condition.ts";
import { isParsedObject, type ParsedObject, parseIamJson, strings } from "./json.ts";
import { trustPrincipalFault } from "./principal.ts";
import { passesLegacyParser, resourceFault } from "./resource.ts";

/** `identity`: inline policies. `managed`: CreatePolicy and CreatePolicyVersion, which require version 2012-10-17. */
export type DocumentKind = "identity" | "managed" | "trust";

type StatementObjects = readonly ParsedObject[];

/**
 * Accepts or refuses a policy document as IAM does: reports the first fault in IAM's order of checks. The caller checks
 * sizes and the existence of principals.
 * @throws SimulatedError `MalformedPolicyDocument`, or `ValidationError` for a character IAM refuses
 */
export function checkDocument(text: string, kind: DocumentKind): void {
  checkCharacters(text, kind);
  const document = parseIamJson(text);
  const statements = statementsOf(document);
  if (statements === undefined) throw malformed("Syntax errors in policy.");
  checkVersion(document, kind);
  const fault = legacyFault(statements) ?? commonFault(statements) ?? kindFault(statements, kind);
  if (fault !== undefined) throw malformed(fault);
}

const CHARACTERS = /^[\t\n\r -\u00FF]+$/;

function checkCharacters(text: string, kind: DocumentKind): void {
  if (CHARACTERS.test(text)) return;
  const field = kind === "trust" ? "assumeRolePolicyDocument" : "policyDocument";
  const message = `The specified value for ${field} is invalid. It must contain only printable ASCII characters.`;
  throw new SimulatedError("ValidationError", message, 400);
}

function checkVersion(document: unknown, kind: DocumentKind): void {
  if (kind !== "managed") return;
  if (isParsedObject(document) && document["Version"] === "2012-10-17") return;
  throw malformed("Policy document must be version 2012-10-17 or greater.");
}

/** If the newer parser refuses a resource, the message of the older parser about resources is not shown. */
function legacyFault(statements: StatementObjects): string | undefined {
  const isFaulted = firstResourceFault(statements) !== undefined;
  const passes = statements.every(
    (statement) =>
      ["Allow", "Deny"].includes(String(statement["Effect"])) &&
      hasOnlyParsableDates(statement["Condition"]) &&
      (isFaulted || resourcesOf(statement).every(passesLegacyParser)),
  );
  return passes ? undefined : "The policy failed legacy parsing";
}

function commonFault(statements: StatementObjects): string | undefined {
  if (!areUnique(statements.flatMap((statement) => strings(statement["Sid"]).filter((sid) => sid !== "")))) {
    return "Statement IDs (SID) in a single policy must be unique.";
  }
  if (!statements.every((statement) => hasEntries(statement, "Action", "NotAction"))) {
    return "Policy statement must contain actions.";
  }
  return firstResourceFault(statements) ?? first(statements.flatMap(actionsOf), actionFault);
}

function firstResourceFault(statements: StatementObjects): string | undefined {
  return first(statements.flatMap(resourcesOf), resourceFault);
}

function kindFault(statements: StatementObjects, kind: DocumentKind): string | undefined {
  return first(statements, kind === "trust" ? trustFault : identityFault);
}

function identityFault(statement: ParsedObject): string | undefined {
  if ("Principal" in statement || "NotPrincipal" in statement) {
    return "Policy document should not specify a principal.";
  }
  if (!hasEntries(statement, "Resource", "NotResource")) return "Policy statement must contain resources.";
  return undefined;
}

const TRUST_ACTIONS: ReadonlySet<string> = new Set([
  "sts:assumerole",
  "sts:assumerolewithsaml",
  "sts:assumerolewithwebidentity",
  "sts:tagsession",
  "sts:setsourceidentity",
  "sts:setcontext",
]);

function trustFault(statement: ParsedObject): string | undefined {
  if ("Resource" in statement || "NotResource" in statement) return "Has prohibited field Resource";
  if ("NotPrincipal" in statement) return "AssumeRole policy must not contain NotPrincipal field.";
  if (!("Principal" in statement)) return "Missing required field Principal";
  if (!actionsOf(statement).every((action) => TRUST_ACTIONS.has(action.toLowerCase()))) {
    return "AssumeRole policy may only specify STS AssumeRole actions.";
  }
  return trustPrincipalFault(statement["Principal"]);
}

function actionFault(action: string): string | undefined {
  if (action === "*") return undefined;
  const [vendor = "", ...names] = action.split(":");
  if (names.length === 0) {
    return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
  }
  if (names.length > 1) return "Actions/Condition can contain only one colon.";
  if (vendor !== "*" && /[^a-zA-Z0-9\-.]/.test(vendor)) return `Vendor ${vendor} is not valid`;
  return undefined;
}

function actionsOf(statement: ParsedObject): readonly string[] {
  return [...strings(statement["Action"]), ...strings(statement["NotAction"])];
}

function resourcesOf(statement: ParsedObject): readonly string[] {
  return [...strings(statement["Resource"]), ...strings(statement["NotResource"])];
}

function hasEntries(statement: ParsedObject, one: string, other: string): boolean {
  const value = statement[one] ?? statement[other];
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
}

function first<T>(values: readonly T[], fault: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const found = fault(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function areUnique(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

function malformed(message: string): SimulatedError {
  return new SimulatedError("MalformedPolicyDocument", message, 400);
}

const DOCUMENT_MEMBERS: ReadonlySet<string> = new Set(["Version", "Id", "Statement"]);
const STATEMENT_MEMBERS: ReadonlySet<string> = new Set(
  "Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition".split(" "),
);
const VERSIONS: ReadonlySet<unknown> = new Set(["2008-10-17", "2012-10-17"]);

/** The statements of a document with valid syntax, in order; undefined otherwise. */
function statementsOf(document: unknown): readonly ParsedObject[] | undefined {
  if (!isParsedObject(document)) return undefined;
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
  if (!isParsedObject(value) || !hasOnly(value, STATEMENT_MEMBERS)) return false;
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
