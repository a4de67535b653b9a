import { formatPath, type ValuePath } from "../../../text/located/value-path.ts";
import { characterName, refusedInValue } from "../../../text/characters.ts";

/** `GRM-001`: IAM refuses it. `GRM-002`: IAM accepts it, and it is never intended. `CON-002`: a value that its operator can't compare. */
type FaultRule = "GRM-001" | "GRM-002" | "CON-002";

/** One thing that is wrong in what a person wrote. */
export interface PolicyFault {
  readonly rule: FaultRule;
  readonly severity: "error" | "warning";
  /** Inside the statement, or the document. */
  readonly steps: ValuePath;
  /** Whether the member's name is at fault, or its value. */
  readonly at: "name" | "value";
  readonly message: string;
  /** How to fix it. */
  readonly fix: string | null;
  /**
   * With what AWS refuses an identity document for it; null when it takes it, or its words are not known.
   * @see test/fixtures/aws/policy-validation.json; other sources are cited where they are used
   */
  readonly identityRefusal: string | null;
  /** The same for a trust policy. */
  readonly trustRefusal: string | null;
}

export function fault(
  fields: Pick<PolicyFault, "steps" | "message" | "fix"> & Partial<PolicyFault>,
): PolicyFault {
  const severity = fields.rule === "GRM-002" ? "warning" : "error";
  return { rule: "GRM-001", severity, at: "value", identityRefusal: null, trustRefusal: null, ...fields };
}

type CheckText = (steps: ValuePath, text: string) => readonly PolicyFault[];

interface TextRule {
  readonly check: CheckText;
  /** The error of IAM for an empty list. */
  readonly whenEmpty: string | null;
}

/** A string or a list of strings, each string checked. */
export function textFaults(
  steps: ValuePath,
  value: unknown,
  { check, whenEmpty }: TextRule,
): readonly PolicyFault[] {
  if (!Array.isArray(value)) return memberFaults(steps, value, check);
  if (value.length > 0) return value.flatMap((member, at) => memberFaults([...steps, at], member, check));
  const message = `${formatPath(steps)} is empty`;
  return [fault({ steps, message, fix: "name at least one", identityRefusal: whenEmpty })];
}

function memberFaults(steps: ValuePath, member: unknown, check: CheckText): readonly PolicyFault[] {
  if (typeof member === "string") return [...characterFaults(steps, member), ...check(steps, member)];
  const fields = {
    steps,
    message: `${formatPath(steps)} is not a string`,
    fix: "write it as a string",
  };
  if (member === null && /^(Not)?Resource$/.test(String(steps[0])) && steps.length > 1)
    return [fault({ ...fields, rule: "GRM-002", fix: "remove it: IAM overlooks it" })];
  return [fault({ ...fields, identityRefusal: syntaxRefusal(member) })];
}

/** IAM takes tab, newline, carriage return and U+0020 to U+00FF. */
export function characterFaults(steps: ValuePath, text: string): readonly PolicyFault[] {
  const refused = refusedCharacter(text);
  if (refused === undefined) return controlFaults(steps, text);
  const message = `${formatPath(steps)} holds ${refused}, which IAM does not take`;
  return [fault({ steps, message, fix: "use characters up to U+00FF" })];
}

/**
 * Control characters that IAM stores as they are. They are never meant: with one at its end, a value of a condition
 * matches nothing, and a Deny denies nothing.
 */
function controlFaults(steps: ValuePath, text: string): readonly PolicyFault[] {
  const wrong = refusedInValue(text);
  if (wrong < 0) return [];
  const message = `${formatPath(steps)} has the control character ${characterName(text, wrong)}`;
  return [fault({ steps, rule: "GRM-002", severity: "error", message, fix: "remove it" })];
}

/** `U+2013` of the first character that IAM does not take. @see the pattern of `policyDocumentType` in IAM's service model */
function refusedCharacter(text: string): string | undefined {
  const refused = /[^\u0009\u000A\u000D\u0020-\u00FF]/u.exec(text)?.[0];
  if (refused === undefined) return undefined;
  return `U+${(refused.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** IAM's words for most of what breaks its grammar. */
export const SYNTAX = "Syntax errors in policy.";

/** Its words for a value of another type of JSON; null where no answer to such a one is recorded. */
export function syntaxRefusal(value: unknown): string | null {
  return value === null || typeof value === "number" || typeof value === "boolean" ? null : SYNTAX;
}
