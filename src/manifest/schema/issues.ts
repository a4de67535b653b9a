import type { z } from "zod";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Json } from "../../model/json.ts";
import { NOT_CALLERS } from "../callers/catalogue.ts";
import { errorAt } from "../diagnostics.ts";
import { LATER_GRANTS } from "../grants/catalogue.ts";
import {
  formatPath,
  memberAt,
  originOfKey,
  originOfValue,
  type Located,
  type ValuePath,
} from "../located.ts";
import { didYouMean } from "../../iam/nearest.ts";
import { fieldNames } from "./shape.ts";
import { shown } from "./field.ts";

interface IssueContext {
  readonly file: string;
  readonly value: Json;
  readonly located: Located;
  readonly schema: z.core.$ZodType;
}

type Issue = z.core.$ZodIssue;

/** More than this say nothing new to a person, and may be what somebody wants us to be busy with. */
const MAX_ISSUES = 100;

/** What a schema says is wrong, for the person who wrote it: place, what, and how to mend it. */
export function diagnosticsOf(issues: readonly Issue[], context: IssueContext): readonly Diagnostic[] {
  const shown = issues.slice(0, MAX_ISSUES).flatMap((issue) => diagnosticOf(issue, context));
  const left = issues.length - MAX_ISSUES;
  if (left <= 0) return shown;
  return [...shown, at([], context, "more", `${left} more problems in this document`, "mend the first ones")];
}

function diagnosticOf(issue: Issue, context: IssueContext): readonly Diagnostic[] {
  const path = issue.path as ValuePath;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.slice(0, MAX_ISSUES).map((key) => unknownField(key, path, context));
  }
  if (issue.code === "invalid_union") return unionIssue(issue, path, context);
  if (issue.code === "invalid_type") return [wrongType(issue.expected, path, context)];
  if (issue.code === "invalid_value") return [wrongValue(issue.values.map(String), path, context)];
  if (issue.code === "custom") return [at(path, context, "value", issue.message, mendOf(issue))];
  // Bounds of numbers and lists: zod's own words say them well.
  return [at(path, context, "value", `${formatPath(path)}: ${lowerFirst(issue.message)}`, null)];
}

function mendOf(issue: Issue): string | null {
  const mend: unknown = "params" in issue ? issue.params?.["mend"] : undefined;
  return typeof mend === "string" ? mend : null;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function at(
  path: ValuePath,
  context: IssueContext,
  code: string,
  message: string,
  mend: string | null,
): Diagnostic {
  return errorAt(originOfValue(context.located, context.file, path), code, message, mend);
}

const LATER_FIELDS: ReadonlySet<string> = new Set(["breakGlass", "shares", "template"]);

/** What stands beside the one key of an entry. */
const BESIDE: ReadonlySet<string> = new Set(["until", "reason", "qualifier"]);

function unknownField(key: string, path: ValuePath, context: IssueContext): Diagnostic {
  const origin = originOfKey(context.located, context.file, [...path, key]);
  const list = path.at(-2);
  const known = fieldNames(context.schema, path);
  if ((list === "grants" && LATER_GRANTS.includes(key)) || LATER_FIELDS.has(key)) {
    return errorAt(
      origin,
      "not-in-this-version",
      `"${shownKey(key)}" is not in this version`,
      "leave it out",
    );
  }
  if (list === "invokedBy" && key === "until") {
    const message = "until is not possible under invokedBy: lambda:AddPermission takes no such condition";
    return errorAt(origin, "not-in-this-version", message, "leave it out");
  }
  if (list === "invokedBy" && Object.hasOwn(NOT_CALLERS, key)) {
    return errorAt(
      origin,
      "not-a-caller",
      `${key} does not call a function by itself`,
      NOT_CALLERS[key] ?? null,
    );
  }
  const what = list === "grants" ? "grant" : list === "invokedBy" ? "caller" : "field";
  const where = what === "field" && path.length > 0 ? ` in ${formatPath(path)}` : "";
  const message = `unknown ${what} "${shownKey(key)}"${where}${didYouMean(key, known)}`;
  const listed = what === "field" ? known : known.filter((name) => !BESIDE.has(name));
  return errorAt(origin, `unknown-${what}`, message, `known here: ${[...listed].sort().join(", ")}`);
}

function shownKey(key: string): string {
  return shown(key).slice(1, -1);
}

/** The alternative that the author meant: the one that got furthest; of equal ones their first. */
function unionIssue(
  issue: Extract<Issue, { code: "invalid_union" }>,
  path: ValuePath,
  context: IssueContext,
): readonly Diagnostic[] {
  const ranked = issue.errors
    .map((errors) => ({
      errors,
      wrongKind: errors.some((error) => error.path.length === 0 && isKindError(error)),
    }))
    .sort((a, b) => Number(a.wrongKind) - Number(b.wrongKind));
  const [meant] = ranked;
  if (meant?.wrongKind !== false) {
    return [at(path, context, "value", `${formatPath(path)} has the wrong form`, unionMend(path, context))];
  }
  return meant.errors.flatMap((error) => diagnosticOf({ ...error, path: [...path, ...error.path] }, context));
}

function isKindError(error: Issue): boolean {
  return error.code === "invalid_type" || error.code === "invalid_value";
}

function unionMend(path: ValuePath, context: IssueContext): string {
  return `write false, or an object of ${fieldNames(context.schema, path).join(", ")}`;
}

function wrongType(expected: string, path: ValuePath, context: IssueContext): Diagnostic {
  const found = memberAt(context.located, path);
  const name = formatPath(path);
  if (found === undefined) return at(path, context, "required", `${name} is required`, "add it");
  if (expected === "string" && found.written !== null && found.written !== "" && found.written !== "null") {
    const message = `${name}: ${found.written} is read as a ${valueKind(path, context)}, not as text`;
    return at(path, context, "unquoted", message, `quote it: "${found.written}"`);
  }
  const message = `${name} must be ${EXPECTED[expected] ?? expected}, not ${valueKind(path, context)}`;
  return at(path, context, "type", message, null);
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: "text",
  array: "a list",
  object: "an object",
  record: "an object",
  boolean: "true or false",
  number: "a number",
  int: "a whole number",
};

/** Of the value that stands there. */
function valueKind(path: ValuePath, context: IssueContext): string {
  const found = memberAt(context.located, path);
  if (found?.members) return Array.isArray(found.members) ? "a list" : "an object";
  if (found === undefined || found.written === "" || found.written === "null" || found.written === "~")
    return "empty";
  if (found.written === null) return "text";
  return /^(true|false)$/i.test(found.written) ? "boolean" : "number";
}

/** Values that a later version takes, by the end of their path. */
const LATER_VALUES: Readonly<Record<string, readonly string[]>> = {
  "role.adopt": ["reviewed"],
  "lambda.allow": ["invokeUrl"],
  "bedrock.allow": ["agent", "guardrail", "retrieve"],
};

function wrongValue(allowed: readonly string[], path: ValuePath, context: IssueContext): Diagnostic {
  const name = formatPath(path);
  const found = memberAt(context.located, path);
  if (found === undefined)
    return at(path, context, "required", `${name} is required`, `write ${allowed.join(" or ")}`);
  const value = textAt(path, context);
  if (value === undefined)
    return at(path, context, "type", `${name} must be ${allowed.join(", ")}`, `write one of them`);
  const field = path
    .filter((step) => typeof step === "string")
    .slice(-2)
    .join(".");
  if (LATER_VALUES[field]?.includes(value) === true) {
    return at(
      path,
      context,
      "not-in-this-version",
      `${name}: ${value} is not in this version`,
      `known here: ${allowed.join(", ")}`,
    );
  }
  const message = `unknown value ${shown(value)} of ${name}${didYouMean(value, allowed)}`;
  return at(path, context, "unknown-value", message, `known here: ${allowed.join(", ")}`);
}

function textAt(path: ValuePath, context: IssueContext): string | undefined {
  let value: unknown = context.value;
  for (const step of path) value = (value as Readonly<Record<string | number, unknown>>)[step];
  return typeof value === "string" ? value : undefined;
}
