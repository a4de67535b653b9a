import { valueAt, type ValuePath } from "../../text/located/value-path.ts";
import { hash } from "node:crypto";
import { checkStatement } from "../../iam/check/grammar/statement.ts";
import type { CompiledDocument, CompiledStatement, StatementSource } from "../../model/desired.ts";
import { ACTIONS_SID, verbOfCompanion } from "../../model/rules/team.ts";
import { errorAt, type Diagnostic } from "../../model/diagnostic.ts";
import type { Json, JsonObject } from "../../model/values/json.ts";
import type { Origin } from "../../model/values/origin.ts";
import type { ConditionBlock, Statement, StringOrList } from "../../model/aws/policy-document.ts";
import { isObject, toList } from "../../text/json-values.ts";
import { byKey, byText, sortedList, sortedSet } from "../../text/order.ts";
import type { Expansion } from "../grants/entry.ts";
import { instantForIam } from "../fields/field.ts";

/** The author's facts of a statement, and its place. */
export interface StatementFacts {
  readonly origin: Origin;
  /** The end as it is in the manifest; null if there is no end. */
  readonly until: string | null;
  readonly reason: string | null;
}

/** A statement by its content only, without its place and reason. */
export type StatementContent = Omit<CompiledStatement, "origin" | "reason">;

/** The facts that all statements of one verb have in common. */
export interface VerbSource {
  readonly sidPrefix: string;
  readonly source: StatementSource;
}

export function verbSource(grant: string, { verb, only }: Pick<Expansion, "verb" | "only">): VerbSource {
  const hasAllActions = only === undefined || verbOfCompanion(verb) !== null;
  // The name of the verb would mean more than the statement allows.
  const sidPrefix = hasAllActions ? `${capital(grant)}${capital(verb)}` : `${ACTIONS_SID}${capital(grant)}`;
  if (grant === "logs" && verb === "own") return { sidPrefix, source: { kind: "implicit", grant } };
  return { sidPrefix, source: { kind: "grant", grant, verb, ...(only !== undefined && { only }) } };
}

/** One line of the catalogue as a statement, its Sid from its content. */
export function fromExpansion(
  { sidPrefix, source }: VerbSource,
  expansion: Expansion,
  until: string | null,
): StatementContent {
  const { effect: Effect, wildcardReason, condition: Condition } = expansion;
  const [Action, Resource] = [oneOrSorted(expansion.actions), oneOrSorted(expansion.resources)];
  const body: Statement =
    Condition === null ? { Effect, Action, Resource } : { Effect, Action, Resource, Condition };
  return contentOf(sidPrefix, body, { source, wildcardReason, until });
}

/** A hand-written statement, in our order of elements. */
export function fromAuthor(statement: Statement, facts: StatementFacts): CompiledStatement {
  const { Effect, Action, NotAction, Resource, NotResource, Condition } = statement;
  const body: Statement = {
    Effect,
    ...(Action === undefined ? {} : { Action: oneOrSorted(toList(Action)) }),
    ...(NotAction === undefined ? {} : { NotAction: oneOrSorted(toList(NotAction)) }),
    ...(Resource === undefined ? {} : { Resource: oneOrSorted(toList(Resource)) }),
    ...(NotResource === undefined ? {} : { NotResource: oneOrSorted(toList(NotResource)) }),
    ...(Condition === undefined ? {} : { Condition: sortedCondition(Condition) }),
  };
  return statementFrom(
    contentOf(`Statement${Effect}`, body, { ...BY_AUTHOR, until: facts.until }),
    facts.origin,
    facts.reason,
  );
}

const BY_AUTHOR = { source: { kind: "statement" }, wildcardReason: null } as const;

function contentOf(
  prefix: string,
  body: Statement,
  { source, wildcardReason, until: end }: Pick<CompiledStatement, "source" | "wildcardReason" | "until">,
): StatementContent {
  const until = end === null ? null : instantForIam(end);
  const ended = until === null ? body : { ...body, Condition: untilThen(body.Condition, until) };
  // The elements have one fixed order and every list is sorted, so that equal content is equal text.
  const sid = `${prefix}${hash("sha256", JSON.stringify(ended), "hex").slice(0, 8)}`;
  return { source, until, wildcardReason, statement: withSid(sid, ended) };
}

/** The usual shapes are listed: a statement created by a spread takes twice the memory for the life of its manifest. */
function withSid(Sid: string, statement: Statement): Statement {
  const { Effect, Action, NotAction, Resource, NotResource, Condition } = statement;
  if (Action === undefined || NotAction !== undefined || Resource === undefined || NotResource !== undefined)
    return { Sid, ...statement };
  return Condition === undefined
    ? { Sid, Effect, Action, Resource }
    : { Sid, Effect, Action, Resource, Condition };
}

export function statementFrom(
  { source, until, wildcardReason, statement }: StatementContent,
  origin: Origin,
  reason: string | null,
): CompiledStatement {
  return { source, origin, until, reason, wildcardReason, statement };
}

const TIME_KEY = "aws:CurrentTime";

function untilThen(condition: ConditionBlock | undefined, until: string): ConditionBlock {
  return sortedCondition({
    ...condition,
    DateLessThan: { ...condition?.["DateLessThan"], [TIME_KEY]: until },
  });
}

/** A single member is not a list, as in AWS's own examples. */
function oneOrSorted(values: readonly string[]): StringOrList {
  const [first] = values;
  return first !== undefined && values.length === 1 ? first : sortedSet(values);
}

function sortedCondition(condition: ConditionBlock): ConditionBlock {
  const byName = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
    Object.entries(record).sort(byKey);
  return Object.fromEntries(
    byName(condition).map(([operator, keys]) => [operator, Object.fromEntries(byName(keys))]),
  );
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/**
 * Sorted by Sid. Identical statements appear once, with the place of the first one. Two different statements with the
 * same Sid (eight hex digits can collide) are an error of both: AWS would refuse the document.
 */
export function documentOf(statements: readonly CompiledStatement[]): {
  readonly document: CompiledDocument;
  readonly diagnostics: readonly Diagnostic[];
} {
  const sorted = sortedList(statements, bySid);
  const isOnce = sorted.every(({ statement }, at) => statement.Sid !== sorted[at - 1]?.statement.Sid);
  if (isOnce) return { document: { statements: sorted }, diagnostics: [] };
  const kept: CompiledStatement[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const statement of sorted) {
    const before = kept.at(-1);
    if (before === undefined || before.statement.Sid !== statement.statement.Sid) kept.push(statement);
    else if (JSON.stringify(before.statement) !== JSON.stringify(statement.statement))
      diagnostics.push(sameSid(statement));
  }
  return { document: { statements: kept }, diagnostics };
}

function bySid(a: CompiledStatement, b: CompiledStatement): number {
  return byText(a.statement.Sid ?? "", b.statement.Sid ?? "");
}

function sameSid({ statement, origin }: CompiledStatement): Diagnostic {
  const message = `two different statements would have the Sid ${statement.Sid ?? ""}`;
  return errorAt(origin, "sid-collision", { message, fix: "write one of them in another way" });
}

type OriginAt = (path: ValuePath) => Origin;

/** The problems of a hand-written statement, after substitution; empty if it is a valid `Statement`. */
export function statementProblems(
  statement: JsonObject,
  hasUntil: boolean,
  originAt: OriginAt,
): readonly Diagnostic[] {
  const { Sid: _sid, until: _until, reason: _reason, ...elements } = statement;
  const own = [...authorProblems(statement, originAt)];
  if (hasUntil && usesTime(statement["Condition"])) {
    const message = `until and the condition both set DateLessThan ${TIME_KEY}`;
    const fix = "keep until, and remove the condition";
    own.push(errorAt(originAt(["Condition"]), "until", { message, fix }));
  }
  const faults = checkStatement(elements, "identity");
  return [...own, ...faults.map((fault) => errorAt(originAt(fault.steps), "statement", fault))];
}

/** What the author wrote that is Grantkeeper's, or on the wrong level, or not text. */
export function authorProblems(statement: JsonObject, originAt: OriginAt): readonly Diagnostic[] {
  const own: Diagnostic[] = [];
  if (statement["Sid"] !== undefined) {
    const message = "a Sid is not for authors: ours comes from the content";
    own.push(errorAt(originAt(["Sid"]), "sid", { message, fix: "remove it" }));
  }
  for (const name of ["until", "reason"].filter((name) => Object.hasOwn(statement, name))) {
    const message = `"${name}" is one level too deep`;
    const fix = "write it next to statement, in the same entry";
    own.push(errorAt(originAt([name]), "unknown-field", { message, fix }));
  }
  return [...own, ...unquoted(statement, [], originAt)];
}

/** IAM accepts numbers and booleans as text, but YAML would read an account id as a number. */
function unquoted(value: Json, path: ValuePath, originAt: OriginAt): readonly Diagnostic[] {
  if (typeof value === "number" || typeof value === "boolean")
    return [
      errorAt(originAt(path), "unquoted", { message: `${value} is not text`, fix: `quote it: "${value}"` }),
    ];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, member]: [string, Json]) =>
    unquoted(member, [...path, Array.isArray(value) ? Number(name) : name], originAt),
  );
}

function usesTime(condition: Json | undefined): boolean {
  const dates = valueAt(condition, ["DateLessThan"]);
  return isObject(dates) && Object.keys(dates).some((key) => key.toLowerCase() === TIME_KEY.toLowerCase());
}
