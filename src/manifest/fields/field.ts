import { cutText } from "../../text/cut.ts";
import type { Mistake } from "../../model/diagnostic.ts";
import type { ValuePath } from "../../text/located/value-path.ts";
import { z } from "zod";
import { deceptiveHint, withEscapes } from "../../text/look-alikes.ts";

/** The syntax of a text field: its name in messages, its complete pattern, and an example. */
export interface TextSyntax {
  readonly what: string;
  readonly pattern: RegExp;
  readonly example: string;
  /** How a hint writes a missing value, if TEXT would not show its form. */
  readonly sketch?: string;
  /** The probable intended value of a text with another form; it need not match the pattern. */
  readonly meant?: (text: string) => string | undefined;
  /** The fix for a text of a known wrong kind. */
  readonly advice?: (text: string) => string | undefined;
}

/** Facts of a field that are not in the schema: its text syntax, and whether it may contain `${…}`. */
export interface FieldFacts {
  readonly syntax: TextSyntax;
  /** `template`: substituted per binding and checked again after that. */
  readonly kind: "plain" | "template";
}

interface TextField extends z.ZodString {
  readonly facts: FieldFacts;
}

export function fieldFacts(schema: z.core.$ZodType): FieldFacts | undefined {
  return "facts" in schema ? (schema as TextField).facts : undefined;
}

/** Text without substitution. */
export function plainText(syntax: TextSyntax): z.ZodString {
  return textSchema(syntax, "plain");
}

/** Text that may contain `${…}`; then its syntax is checked after substitution. */
export function templateText(syntax: TextSyntax): z.ZodString {
  return textSchema(syntax, "template");
}

function textSchema(syntax: TextSyntax, kind: FieldFacts["kind"]): TextField {
  const schema = z.string().check((context) => {
    const text = context.value;
    if (kind === "template" && text.includes("${")) return;
    if (syntax.pattern.test(text)) return;
    context.issues.push({
      code: "custom",
      input: text,
      params: { fix: textHint(syntax, text) },
      message: wrongText(syntax, text),
    });
  });
  return Object.assign(schema, { facts: { syntax, kind } });
}

export function wrongText(syntax: TextSyntax, text: string): string {
  return `${shown(text)} is not ${syntax.what}`;
}

function textHint(syntax: TextSyntax, text: string): string {
  const deceptive = deceptiveHint(text);
  if (deceptive !== null) return deceptive;
  const meant = syntax.meant?.(text);
  if (meant !== undefined && syntax.pattern.test(meant))
    return `write ${/^\d/.test(meant) ? `"${meant}"` : meant}`;
  return syntax.advice?.(text) ?? `write it like ${syntax.example}`;
}

/** Quoted, one line, shortened, with escapes for hidden characters: the value may be long or hostile. */
export function shown(text: string): string {
  return withEscapes(JSON.stringify(text.length > 80 ? cutText(text, 78) : text));
}

/** A list with at least one member, without duplicates. */
export function listOf<Member extends z.ZodType>(member: Member): z.ZodArray<Member> {
  return setOf(member).check((context) => {
    if (context.value.length > 0) return;
    pushIssue(context, [], { message: "the list is empty", fix: "name at least one" });
  });
}

/** A list without duplicates, possibly empty. */
export function setOf<Member extends z.ZodType>(member: Member): z.ZodArray<Member> {
  return z.array(member).check((context) => {
    const seen = new Set<unknown>();
    for (const [index, value] of context.value.entries()) {
      if (typeof value === "string" && seen.has(value)) {
        pushIssue(context, [index], { message: `duplicate value ${shown(value)}`, fix: "keep one of them" });
      }
      seen.add(value);
    }
  });
}

/** What a check of a schema sees, and the list of what it finds. */
export interface CheckContext<Value = unknown> {
  readonly value: Value;
  readonly issues: z.core.$ZodRawIssue[];
}

/** An issue with its fix, at a path below the checked value. */
export function pushIssue(context: CheckContext, path: ValuePath, mistake: Mistake): void {
  const { message, fix, correction } = mistake;
  const params = { fix, correction };
  context.issues.push({ code: "custom", input: context.value, path: [...path], params, message });
}

/** The fix of an issue that `pushIssue` made; null for others. */
export function fixOf(issue: z.core.$ZodIssue): string | null {
  const fix: unknown = "params" in issue ? issue.params?.["fix"] : undefined;
  return typeof fix === "string" ? fix : null;
}

/** The correction of an issue that `pushIssue` made, if it has one. */
export function correctionIn(issue: z.core.$ZodIssue): Pick<Mistake, "correction"> {
  const found = "params" in issue ? (issue.params?.["correction"] as Mistake["correction"]) : undefined;
  return found === undefined ? {} : { correction: found };
}

/** ISO 8601 with a time zone: without one, the end is ambiguous. */
export function instantText(): z.ZodString {
  return z
    .string()
    .check((context) => {
      if (parseInstant(context.value) !== undefined) return;
      pushIssue(context, [], {
        message: `${shown(context.value)} is not an instant with a time zone`,
        fix: instantHint(context.value),
      });
    })
    .meta({ description: "an instant with a time zone, such as 2027-01-01T00:00:00Z" });
}

/** `2027-01-01` and `2027-01-01 10:00` have one meaning with the zone that is missing. */
function instantHint(text: string): string {
  const [, day, time = "00:00:00"] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?$/.exec(text) ?? [];
  const utc = `${day}T${time}Z`;
  if (day !== undefined && parseInstant(utc) !== undefined) return `write ${utc} if it is UTC`;
  return "write the day and the time in UTC as YYYY-MM-DDThh:mm:ssZ: the end of the year 2026 is 2027-01-01T00:00:00Z";
}

const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds of an ISO 8601 instant with a time zone; undefined for anything else, including impossible dates. */
function parseInstant(text: string): number | undefined {
  const found = INSTANT.exec(text);
  if (found === null) return undefined;
  const [, year, month, day, hour] = found;
  const ms = Date.parse(text);
  if (Number.isNaN(ms) || hour === "24") return undefined;
  // Date.parse reads 30 February as 2 March.
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number(day) <= days ? ms : undefined;
}

/**
 * `2027-01-01T00:00:00Z`: seconds, UTC, the form of IAM conditions.
 * @throws RangeError for text that no schema accepts
 */
export function instantForIam(text: string): string {
  return new Date(text).toISOString().replace(".000Z", "Z");
}

export const REASON: TextSyntax = {
  what: "a reason: one line of 1 to 500 characters",
  pattern: /^(?=.*\S)[^\r\n\t]{1,500}$/u,
  example: '"ORD-77: no grant for textract yet"',
};
