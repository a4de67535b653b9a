import { type ValuePath, formatPath, valueAt } from "../../../text/located/value-path.ts";
import { z } from "zod";
import { correctionOf, errorAt, type Diagnostic, type Mistake } from "../../../model/diagnostic.ts";
import type { Json } from "../../../model/values/json.ts";
import { nearestName } from "../../../text/nearest-name.ts";
import { deceptiveHint } from "../../../text/look-alikes.ts";
import { originOfKey, originOfValue, placeAt, type LocatedFile } from "../../../text/located/located.ts";
import { correctionIn, fixOf, shown } from "../../fields/field.ts";
import { allowHint } from "./allow-hint.ts";
import { dayHint, daysAt } from "./day-hint.ts";
import { isWithin, pastedAt } from "./pasted.ts";
import { requiredHint } from "./required.ts";
import { fieldNames, schemaAt } from "../shape.ts";
import { type FieldProblem, meantField, meantHint, unknownFieldProblem } from "./unknown-field.ts";

interface IssueContext extends LocatedFile {
  readonly value: Json;
  readonly schema: z.core.$ZodType;
}

type Issue = z.core.$ZodIssue;

/** More issues do not help a person, and may be an attempt to keep the process busy. */
const MAX_ISSUES = 100;

/** The problems of a schema for the author: place, problem, and fix. */
export function diagnosticsOf(issues: readonly Issue[], context: IssueContext): readonly Diagnostic[] {
  const causes = withoutConsequences(issues, context);
  const shown = causes.slice(0, MAX_ISSUES).flatMap((issue) => diagnosticOf(issue, context));
  const left = causes.length - MAX_ISSUES;
  if (left <= 0) return shown;
  const more = errorAt(originOfValue(context, []), "more-findings", {
    message: `${left} more errors in this document`,
    fix: "fix the others first",
  });
  return [...shown, { ...more, omitted: { errors: left, warnings: 0 } }];
}

/**
 * Removes issues that follow from another one: all issues inside a pasted statement, a missing required field that the
 * author wrote under another name, and an empty object whose fields have the indentation of its key.
 */
function withoutConsequences(issues: readonly Issue[], context: IssueContext): readonly Issue[] {
  const { value, schema } = context;
  const pasted = issues.filter((issue) => pastedAt(issue, value) !== undefined);
  const rest = issues.filter(
    (issue) => pasted.includes(issue) || !pasted.some(({ path }) => isWithin(issue, path as ValuePath)),
  );
  return rest.filter((issue) => {
    const name = issue.path.at(-1);
    if (typeof name !== "string") return true;
    const found = valueAt(value, issue.path as ValuePath);
    if (found === null) return !rest.some((other) => hasFieldsOf(other, issue, context));
    if (found !== undefined) return true;
    return !rest.some((other) => isWrittenAs(other, issue.path as ValuePath, schema));
  });
}

/** Fields of which one is required. */
const EITHER: readonly (readonly string[])[] = [["opens", "after"]];

/** True if an unknown field is a misspelling of the missing one. */
function isWrittenAs(other: Issue, missing: ValuePath, schema: z.core.$ZodType): boolean {
  if (other.code !== "unrecognized_keys") return false;
  const isSibling = other.path.length === missing.length - 1 && isWithin(other, missing.slice(0, -1));
  const allowedFields = fieldNames(schema, other.path as ValuePath);
  const names = EITHER.find((fields) => fields.includes(String(missing.at(-1)))) ?? missing.slice(-1);
  return isSibling && other.keys.some((key) => names.includes(meantField(key, allowedFields) ?? ""));
}

/** True if an unknown field of the entry belongs to its empty key. */
function hasFieldsOf(other: Issue, empty: Issue, context: IssueContext): boolean {
  if (other.code !== "unrecognized_keys" || other.path.length !== empty.path.length - 1) return false;
  const path = other.path as ValuePath;
  return isWithin(empty, path) && other.keys.some((key) => lessIndented(key, path, context) !== null);
}

function diagnosticOf(issue: Issue, context: IssueContext): readonly Diagnostic[] {
  const path = issue.path as ValuePath;
  const pasted = pastedAt(issue, context.value);
  if (pasted !== undefined) {
    const origin = originOfKey(context, [...path, pasted.key]);
    return [errorAt(origin, pasted.code, pasted)];
  }
  if (issue.code === "unrecognized_keys") {
    return issue.keys.slice(0, MAX_ISSUES).map((key) => unknownField(key, path, context));
  }
  if (issue.code === "invalid_union") return unionIssue(issue, path, context);
  if (issue.code === "invalid_type") return [wrongType(issue.expected, path, context)];
  if (issue.code === "invalid_value") return [wrongValue(issue.values.map(String), path, context)];
  if (issue.code === "custom")
    return [
      errorAt(originOfValue(context, path), "value", {
        message: issue.message,
        fix: fixOf(issue),
        ...correctionIn(issue),
      }),
    ];
  // Only bounds of numbers and lists remain, and zod's own messages for them are clear.
  return [
    errorAt(originOfValue(context, path), "value", {
      message: `${formatPath(path)}: ${lowerFirst(issue.message)}`,
      fix: null,
    }),
  ];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function unknownField(key: string, path: ValuePath, context: IssueContext): Diagnostic {
  const allowedFields = fieldNames(context.schema, path);
  const problem = lessIndented(key, path, context) ?? unknownFieldProblem(key, path, allowedFields);
  const isOfSpec = path.length === 0 && fieldNames(context.schema, ["spec"]).includes(key);
  const { code, message } = problem;
  const mistake = isOfSpec ? { message, fix: "write it below spec" } : problem;
  return errorAt(originOfKey(context, [...path, key]), code, mistake);
}

/** A field of an entry that has the indentation of the entry's key, which is then empty; null if it is something else. */
function lessIndented(key: string, path: ValuePath, context: IssueContext): FieldProblem | null {
  if (path.at(-2) !== "grants" && path.at(-2) !== "invokedBy") return null;
  const entry = valueAt(context.value, path);
  if (entry === null || typeof entry !== "object") return null;
  const [service] =
    Object.entries(entry).find(
      ([name, value]) => value === null && fieldNames(context.schema, [...path, name]).includes(key),
    ) ?? [];
  if (service === undefined) return null;
  const message = `"${key}" is a field of ${service}, and has the same indentation`;
  return { code: "unknown-field", message, fix: `indent it by two more spaces, below ${service}:` };
}

/** The alternative that the author intended: the one that matched furthest; if several did, the first. */
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
    return [
      errorAt(originOfValue(context, path), "value", {
        message: `${formatPath(path)} has the wrong form`,
        fix: unionFix(path, context),
      }),
    ];
  }
  return meant.errors.flatMap((error) => diagnosticOf({ ...error, path: [...path, ...error.path] }, context));
}

function isKindError(error: Issue): boolean {
  return error.code === "invalid_type" || error.code === "invalid_value";
}

function unionFix(path: ValuePath, context: IssueContext): string {
  if (typeof path.at(-1) === "number")
    return `write a name, or an object of ${fieldNames(context.schema, path).join(" and ")}`;
  return `write false, or an object of ${fieldNames(context.schema, path).join(", ")}`;
}

function wrongType(expected: string, path: ValuePath, context: IssueContext): Diagnostic {
  const node = placeAt(context.located, path);
  const name = formatPath(path);
  if (node === undefined)
    return errorAt(originOfValue(context, path), "required", {
      message: `${name} is required`,
      fix: requiredHint(context.schema, path),
    });
  if (
    expected === "string" &&
    node.sourceText !== null &&
    node.sourceText !== "" &&
    node.sourceText !== "null"
  ) {
    const message = `${name}: ${node.sourceText} is read as a ${valueKind(path, context)}, not as text`;
    const otherFix = fixOfText(node.sourceText, path, context);
    return errorAt(originOfValue(context, path), "unquoted", {
      message,
      fix: otherFix ?? `quote it: "${node.sourceText}"`,
      ...(otherFix === null && correctionOf(node.sourceText, `"${node.sourceText}"`)),
    });
  }
  const message = `${name} must be ${EXPECTED[expected] ?? expected}, not ${valueKind(path, context)}`;
  const value = expected === "array" ? textAt(path, context) : undefined;
  const list = value === undefined ? {} : correctionOf(value, listText(value, path));
  const fix = typeHint(expected, path, context);
  return errorAt(originOfValue(context, path), "type", { message, fix, ...list });
}

/** What is wrong with a value also if it is quoted, such as a duration without its unit; null: nothing. */
function fixOfText(text: string, path: ValuePath, context: IssueContext): string | null {
  const field = schemaAt(context.schema, path);
  const [issue] = field === undefined ? [] : (z.safeParse(field, text).error?.issues ?? []);
  return issue === undefined ? null : fixOf(issue);
}

/** How to write a value of another type. */
function typeHint(expected: string, path: ValuePath, context: IssueContext): string | null {
  const value = textAt(path, context);
  if (expected === "array")
    return value === undefined ? "begin each entry with -" : `write a list: ${listText(value, path)}`;
  if (expected === "boolean") return "write true or false";
  if (expected === "string") return "write one text; what has several takes an entry for each";
  if (expected !== "object") return null;
  const names = fieldNames(context.schema, path);
  if (path.at(-2) === "grants") return `write a grant, such as ${GRANT_EXAMPLE}`;
  return names.length === 0 ? null : `write its fields: ${[...names].sort().join(", ")}`;
}

function listText(value: string, path: ValuePath): string {
  return `[${daysAt(value, path)?.join(", ") ?? value}]`;
}

const GRANT_EXAMPLE = "dynamodb: {table: orders, allow: [read]}";

const EXPECTED: Readonly<Record<string, string>> = {
  string: "text",
  array: "a list",
  object: "an object",
  record: "an object",
  boolean: "true or false",
  number: "a number",
  int: "a whole number",
};

/** The type of the value in the file. */
function valueKind(path: ValuePath, context: IssueContext): string {
  const node = placeAt(context.located, path);
  if (node?.kind === "list") return "a list";
  if (node?.kind === "object") return "an object";
  if (node === undefined || node.sourceText === "" || node.sourceText === "null" || node.sourceText === "~")
    return "empty";
  if (node.sourceText === null) return "text";
  return /^(true|false)$/i.test(node.sourceText) ? "boolean" : "number";
}

function wrongValue(allowed: readonly string[], path: ValuePath, context: IssueContext): Diagnostic {
  const name = formatPath(path);
  const node = placeAt(context.located, path);
  if (node === undefined)
    return errorAt(originOfValue(context, path), "required", {
      message: `${name} is required`,
      fix: `write ${String(path.at(-1))}: ${allowed.join(" or ")}`,
    });
  const value = textAt(path, context);
  if (value === undefined)
    return errorAt(originOfValue(context, path), "type", {
      message: `${name} must be ${allowed.join(", ")}`,
      fix: `write one of them`,
    });
  const message = `unknown value ${shown(value)} for ${name}`;
  const { fix, ...meant } = allowHint(value, path) ?? dayHint(value, path) ?? valueHint(value, allowed);
  const mistake = { message, fix: deceptiveHint(value) ?? fix, ...meant };
  return errorAt(originOfValue(context, path), "unknown-value", mistake);
}

function valueHint(value: string, allowed: readonly string[]): Omit<Mistake, "message"> {
  if (value === "*" && allowed.includes("ANY")) return { fix: "write ANY", ...correctionOf(value, "ANY") };
  const [only, ...others] = allowed;
  if (only !== undefined && others.length === 0)
    return { fix: `write ${only}`, ...correctionOf(value, only) };
  const near = nearestName(value, allowed);
  return {
    fix: meantHint(near, `valid values: ${allowed.join(", ")}`),
    ...correctionOf(value, near),
  };
}

function textAt(path: ValuePath, context: IssueContext): string | undefined {
  const value = valueAt(context.value, path);
  return typeof value === "string" ? value : undefined;
}
