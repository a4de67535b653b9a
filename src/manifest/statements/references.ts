import { isTaggedType, TAGGED_TYPES } from "../../model/aws/tag.ts";
import type { AccountId, Region } from "../../model/aws/ids.ts";
import { inAccount, type Diagnostic, type Mistake } from "../../model/diagnostic.ts";
import {
  parseReference,
  parseReferenceText,
  placeName,
  referenceSource,
  type ReferenceReadings,
  type ReferenceText,
  type UsedReference,
} from "../../model/aws/reference.ts";
import { nearestName } from "../../text/nearest-name.ts";
import type { ValuePath } from "../../text/located/value-path.ts";
import { shown } from "../fields/field.ts";

/** The references that one binding may use, and what was read of them. */
export interface ReferenceScope {
  readonly accountId: AccountId;
  readonly region: Region;
  /** The name of the account. */
  readonly account: string;
  /** null: nothing is read, as in a command without AWS. */
  readonly readings: ReferenceReadings | null;
  /** Why the namespace may not use it; null: it may. A refused reference is never read. */
  readonly refusal: (text: ReferenceText) => Mistake | null;
}

interface ReferenceProblem extends Mistake {
  readonly code: string;
}

/** One `${stack.…}`, `${ssm.…}` or `${tag.…}`: its value or why there is none, and the place to read, if it may be read. */
interface ResolvedReference {
  /** null: there is a problem. */
  readonly value: string | null;
  readonly used: UsedReference | null;
  readonly problem: ReferenceProblem | null;
}

interface ReferenceSite {
  readonly path: ValuePath;
  /** The text consists of the reference alone. */
  readonly isEntireText: boolean;
}

/** @param scope null: the document belongs to no region */
export function resolveReference(
  name: string,
  { path, isEntireText }: ReferenceSite,
  scope: ReferenceScope | null,
): ResolvedReference {
  const text = parseReferenceText(name);
  if (text === undefined) return without(syntaxMistake(name));
  if (scope === null) return without(withoutScope(name));
  if (!mayHoldReference(path)) return without(wrongPlace(name));
  const refusal = scope.refusal(text);
  if (refusal !== null) return without({ code: "reference-refused", ...refusal });
  const { accountId, region } = scope;
  const place = { accountId, region, text };
  const reading = scope.readings?.get(placeName(place)) ?? null;
  const used = { ...place, reading };
  if (scope.readings === null) return { value: null, used, problem: unread(text) };
  if (reading?.kind !== "value") return { value: null, used, problem: unresolved(text, reading, scope) };
  const problem = valueProblem(text, reading.value, isEntireText);
  return { value: problem === null ? reading.value : null, used, problem };
}

function without(problem: ReferenceProblem): ResolvedReference {
  return { value: null, used: null, problem };
}

/** A reference without a value: the binding keeps its applied state until there is one. */
export const UNRESOLVED = "unresolved-reference";

/** Without AWS: no mistake of the manifest, which is not judged. */
export const UNREAD = "unread-reference";

/** Whether a problem of a manifest is only that no value was read. */
export function isReferenceUnread({ code }: Pick<Diagnostic, "code">): boolean {
  return code === UNREAD;
}

function unread(text: ReferenceText): ReferenceProblem {
  const message = `\${${text}} is a value in AWS, which was not read: this function is not judged`;
  return { code: UNREAD, message, fix: "write its value in a file, and name the file with --references" };
}

function unresolved(
  text: ReferenceText,
  reading: UsedReference["reading"],
  { account, region }: ReferenceScope,
): ReferenceProblem {
  if (reading === null || reading.kind === "value") {
    const message = inAccount(account, (named) => `\${${text}} was not read from AWS in ${named}, ${region}`);
    return { code: UNRESOLVED, ...message, fix: null };
  }
  const { reason, fix } = reading;
  const message = inAccount(
    account,
    (named) => `\${${text}} is not resolved in ${named}, ${region}: ${reason}`,
  );
  return { code: UNRESOLVED, ...message, fix };
}

function syntaxMistake(name: string): ReferenceProblem {
  const message = `${shown(`\${${name}}`)} is not a reference`;
  return { code: "substitution", message, fix: syntaxFix(name) };
}

function syntaxFix(name: string): string {
  if (name.startsWith("stack.")) return "write ${stack.STACK.OUTPUT}, such as ${stack.orders.TableName}";
  if (name.startsWith("ssm."))
    return "write ${ssm.NAME}, such as ${ssm./orders/table}: a name without version, below no /aws/reference/";
  const [, type = ""] = name.split(".");
  if (isTaggedType(type))
    return `write \${tag.TYPE.KEY=VALUE,…}, such as \${tag.${type}.app=orders}: each key once, ASCII without blanks`;
  const near = nearestName(type, Object.keys(TAGGED_TYPES));
  const form = "write ${tag.TYPE.KEY=VALUE}, such as ${tag.dynamodb:table.app=orders}";
  return near === undefined
    ? `${form}; valid types: ${Object.keys(TAGGED_TYPES).join(", ")}`
    : `${form}; did you mean the type ${near}?`;
}

function withoutScope(name: string): ReferenceProblem {
  const message = `\${${name}} can't be used here`;
  const fix =
    "only the grants, statements, callers and log group of a FunctionPermission may name a value in AWS";
  return { code: "substitution", message, fix };
}

function wrongPlace(name: string): ReferenceProblem {
  const message = `\${${name}} can't be used in this field: AWS decides about its value`;
  const fix = "write the value, or use ${account.vars.NAME}, which the platform declares";
  return { code: "substitution", message, fix };
}

/** The members of an IAM statement that name resources and values. Actions, effects and principals are written in Git. */
const STATEMENT_MEMBERS: ReadonlySet<unknown> = new Set(["Resource", "NotResource", "Condition"]);

/** Callers whose fields name principals. */
const PRINCIPALS: ReadonlySet<unknown> = new Set(["account", "organization", "functionUrl"]);

/**
 * Fields that name a resource. Names of functions, roles and accounts, tags, principals and actions do not change
 * without a commit.
 */
function mayHoldReference([, part, index, entry, field]: ValuePath): boolean {
  if (part === "logs") return index === "group";
  if (part === "grants") return field !== undefined;
  if (part !== "statements" && part !== "invokedBy") return false;
  if (entry === "statement") return STATEMENT_MEMBERS.has(field);
  return part === "invokedBy" && field !== undefined && field !== "account" && !PRINCIPALS.has(entry);
}

/** Text that AWS can store in an output or a parameter, and that no policy and no ARN reads as more than a name. */
const ENTIRE_VALUE = /^[\x21\x22\x23\x25-\x29\x2b-\x3e\x40-\x7e]{1,1024}$/;
const PART_OF_TEXT = /^[\w.-]+$/;

/** The value comes from a principal that may write the output or the parameter: it names one thing, or nothing. */
function valueProblem(text: ReferenceText, value: string, isEntireText: boolean): ReferenceProblem | null {
  if ((isEntireText ? ENTIRE_VALUE : PART_OF_TEXT).test(value)) return null;
  const source = sourceOf(text);
  const message = `\${${text}} is ${shown(value)} (${source}), which can't be used ${isEntireText ? "in a policy" : "as a part of a text"}`;
  const fix = isEntireText
    ? "a value has no blank, $, * or ?, and at most 1,024 characters: correct it in AWS"
    : "there a value has only letters, digits, and . _ -: let the field contain the reference alone";
  return { code: UNRESOLVED, message, fix };
}

function sourceOf(text: ReferenceText): string {
  const reference = parseReference(text);
  return reference === undefined ? text : referenceSource(reference);
}
