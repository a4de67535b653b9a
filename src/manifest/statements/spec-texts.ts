import type { ValuePath } from "../../text/located/value-path.ts";
import { errorAt, type Diagnostic, type Mistake } from "../../model/diagnostic.ts";
import { foreignName, type PartitionPlace } from "./foreign.ts";
import { originOfValue, type LocatedFile } from "../../text/located/located.ts";
import { deceptiveHint, hasInvisible } from "../../text/look-alikes.ts";
import { shown } from "../fields/field.ts";

/**
 * Problems of the texts of a spec after substitution, in any field: names of another partition, and characters that are
 * not visible or that IAM refuses in a policy.
 */
export function textProblems(
  parts: Readonly<Record<string, unknown>>,
  place: PartitionPlace,
  source: LocatedFile,
): readonly Diagnostic[] {
  // Every value of every binding is looked at, and very few have a problem: only then are their paths of interest.
  return isOrdinary(parts, "", place) ? NONE : problemsBelow(parts, place, source);
}

const NONE: readonly Diagnostic[] = [];

/** No text in it has a problem, wherever it is. */
function isOrdinary(value: unknown, field: string, place: PartitionPlace): boolean {
  if (typeof value === "string") return isPlain(value) && foreignName(value, field, place) === null;
  if (value === null || typeof value !== "object") return true;
  if (Array.isArray(value)) {
    for (const member of value) if (!isOrdinary(member, field, place)) return false;
    return true;
  }
  // Plain data of the parser has no inherited names, and the loop creates no list of the names.
  const record = value as Readonly<Record<string, unknown>>;
  for (const name in record) if (!isOrdinary(record[name], name, place)) return false;
  return true;
}

function problemsBelow(
  parts: Readonly<Record<string, unknown>>,
  place: PartitionPlace,
  source: LocatedFile,
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const path: (string | number)[] = ["spec"];
  const report = (code: string, problem: Mistake | null): void => {
    if (problem === null) return;
    const origin = originOfValue(source, path);
    diagnostics.push(errorAt(origin, code, problem));
  };
  const visit = (value: unknown, step: string | number): void => {
    path.push(step);
    if (typeof value === "string") {
      if (!isFreeText(path)) report("partition", foreignName(value, fieldOf(path), place));
      if (!isPlain(value))
        report("character", characterProblem(value, path) ?? outerBlankProblem(value, path));
    } else if (Array.isArray(value)) value.forEach(visit);
    else if (value !== null && typeof value === "object") {
      for (const [name, member] of Object.entries(value)) visit(member, name);
    }
    path.pop();
  };
  for (const name of Object.keys(parts)) visit(parts[name], name);
  return diagnostics;
}

/** The name of the field, also for a member of its list. */
function fieldOf(path: ValuePath): string {
  return String(path.findLast((step) => typeof step === "string"));
}

const BLANK = 0x20;
const LAST_PRINTABLE = 0x7e;

/** Nearly every text: printable characters of ASCII, and no blank at the start or end. */
function isPlain(text: string): boolean {
  const last = text.length - 1;
  if (last < 0 || text.charCodeAt(0) === BLANK || text.charCodeAt(last) === BLANK) return false;
  for (let at = 0; at <= last; at += 1) {
    const code = text.charCodeAt(at);
    if (code < BLANK || code > LAST_PRINTABLE) return false;
  }
  return true;
}

/** A tag, or the reason of an entry. AWS does not look up anything by these texts. */
function isFreeText(path: ValuePath): boolean {
  return path[1] === "role" || isReason(path);
}

/** `spec.statements[0].reason`; deeper, inside a statement, the name has no meaning. */
function isReason(path: ValuePath): boolean {
  return path.length === 4 && path[3] === "reason";
}

/**
 * A value with a character that only looks like a blank matches nothing, so a Deny with such a value denies nothing.
 * IAM refuses a policy with characters past U+00FF; in an IAM statement, the check of its grammar reports that.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html PolicyDocument
 */
function characterProblem(text: string, path: ValuePath): Mistake | null {
  if (/^[\x20-\x7e]*$/.test(text) || isReason(path)) return null;
  const isPastLatin = /[^\x00-\xff]/.test(text);
  const isOfGrant = path[1] === "grants";
  const isOfStatement = path[1] === "statements" || path[1] === "document";
  if (isPastLatin && isOfStatement) return null;
  if (hasInvisible(text)) {
    const message = `${shown(text)} has a character that is not visible`;
    return { message, fix: deceptiveHint(text) ?? "remove it" };
  }
  if (!isPastLatin || !isOfGrant) return null;
  const message = `${shown(text)} has a character that IAM does not take in a policy`;
  return { message, fix: deceptiveHint(text) ?? "use characters up to U+00FF" };
}

/** AWS keeps and compares a blank at the start or end, so a Deny for "vpc-123 " denies nothing. */
function outerBlankProblem(text: string, path: ValuePath): Mistake | null {
  if (text === text.trim() || isFreeText(path)) return null;
  const side = text === text.trimEnd() ? "begins" : "ends";
  return {
    message: `${shown(text)} ${side} with a blank`,
    fix: "remove it; where a value really has one, write ? for it with StringLike or in an ARN",
  };
}
