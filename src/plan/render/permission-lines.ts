import { conditionText, namesText, testsOf, documentName } from "../../iam/row-text.ts";
import { stableText } from "../../text/json-values.ts";
import type { ConditionTest } from "../../model/aws/policy-document.ts";
import type { NameSet, PermissionRow, RowCondition } from "../../model/delta.ts";
import type { CompiledStatement } from "../../model/desired.ts";
import { MAX_LISTED, type LinePlace, type TypedLine } from "../../model/answers/permission-line.ts";
import { DRIFT_RISKS } from "../../model/drift.ts";
import { grantedNames } from "../../model/rules/team.ts";
import { byText } from "../../text/order.ts";
import { rowName, type CompiledRows, type RowIndex } from "./compiled-rows.ts";
import { fromTemplate } from "./delta-rows.ts";
import {
  ownResourcesText,
  resourcesText,
  type Home,
  grantLimits,
  namedResources,
  testText,
} from "./words.ts";
import { actionsOf, actionTexts, sortedNames, subjectOf } from "./subject.ts";

export interface LineContext {
  readonly home: Home;
  /** The declared rows. A row that is among them is shown with the name of its grant. */
  readonly declared: RowIndex;
  /**
   * `state`: everything that exists, so that a grant that exists only in part is marked. `change`: a grant that is added
   * or removed has its name even if another one has some of its actions.
   */
  readonly listing: "state" | "change";
  readonly placeOf: (row: PermissionRow, compiled: CompiledRows | null) => LinePlace;
}

/**
 * One line for each grant as it was written, or for each statement. Rows of the same statement with the same actions
 * are one line.
 */
export function permissionLines(rows: readonly PermissionRow[], context: LineContext): readonly TypedLine[] {
  const found = rows.map((row) => ({ row, compiled: context.declared.get(rowName(row)) ?? null }));
  const named = found.filter(({ compiled }) => compiled !== null);
  const plain = found.filter(({ compiled }) => compiled === null).map(({ row }) => row);
  const lines = [
    ...grantLines(
      named.flatMap(({ row, compiled }) => (compiled === null ? [] : [{ row, compiled }])),
      context,
    ),
    ...statementLines(plain, context),
  ];
  return lines.toSorted(byPlace);
}

interface NamedRow {
  readonly row: PermissionRow;
  readonly compiled: CompiledRows;
}

/** `dynamodb read, write` of one line of a manifest, with its verbs in the order of the declared statements, however AWS lists the rows. */
function grantLines(rows: readonly NamedRow[], context: LineContext): readonly TypedLine[] {
  const byStatement = [
    ...Map.groupBy(rows, ({ row, compiled }) => `${statementName(compiled)} ${documentName(row.from)}`),
  ];
  const ranks = new Map([...new Set(context.declared.values())].map((compiled, rank) => [compiled, rank]));
  const rankOf = ({ compiled }: GrantPart): number => ranks.get(compiled) ?? ranks.size;
  const parts = byStatement
    .map(([, group]) => partOf(group, context))
    .toSorted((a, b) => rankOf(a) - rankOf(b));
  const together = Map.groupBy(parts, ({ name }) => name);
  return [...together.values()].map((group) => grantLine(group, context));
}

function statementName({ statement: { origin, statement }, isFormer }: CompiledRows): string {
  return stableText([origin.file, origin.line, origin.path, statement.Sid ?? null, isFormer]);
}

interface GrantPart {
  readonly rows: readonly PermissionRow[];
  readonly compiled: CompiledRows;
  /** The result is equal for the verbs of one grant. */
  readonly name: string;
  readonly isComplete: boolean;
}

function partOf(group: readonly NamedRow[], { home, listing }: LineContext): GrantPart {
  const [first] = group;
  if (first === undefined) throw new Error("a group of rows is never empty");
  const { source, origin, until } = first.compiled.statement;
  const rows = group.map(({ row }) => row);
  const on = ownResourcesText(sortedNames(rows.map(namedResources)), home);
  const isVerb = listing === "change" && !rows.some((row) => "isPart" in row);
  const isComplete = isVerb || rows.length >= first.compiled.rows.size;
  const grant = "grant" in source ? source.grant : null;
  const apart = grant === null || !isComplete ? first.compiled.statement.statement.Sid : null;
  const name = stableText([
    grant,
    source.kind,
    origin.file,
    origin.line,
    origin.template?.line ?? null,
    on,
    until,
    first.row.from,
    first.compiled.isFormer,
    apart ?? null,
  ]);
  return { rows, compiled: first.compiled, name, isComplete };
}

function grantLine(parts: readonly GrantPart[], context: LineContext): TypedLine {
  const [first] = parts;
  if (first === undefined) throw new Error("a group of rows is never empty");
  const rows = parts.flatMap((part) => part.rows);
  const { statement } = first.compiled;
  const ends = statement.until === null ? [] : [`until ${instantText(statement.until)}`];
  const rest = [...ends, ...reasonDetail(statement.reason)];
  const line = lineOf(rows, context, first.compiled);
  if (statement.source.kind !== "statement")
    return {
      ...line,
      what: grantText(parts, rows, statement.source),
      details: [...fromTemplate(statement.origin), ...grantLimits(rows), ...rest],
    };
  const { what, actions } = subjectOf(rows, context.home);
  const conditions = rawConditions(first.rows[0]?.condition, statement.until);
  return {
    ...line,
    what,
    details: [...listedText(actions), ...fromTemplate(statement.origin), ...conditions, ...rest],
  };
}

/** The actions that the name of the line does not contain. */
function listedText(actions: readonly string[]): readonly string[] {
  return actions.length === 0 ? [] : [actions.slice(0, MAX_LISTED).join(", ")];
}

/** In the author's words, which are no condition. */
export function reasonDetail(reason: string | null | undefined): readonly string[] {
  return reason === null || reason === undefined ? [] : [`reason: ${reason}`];
}

/** The end of the statement is a test of its condition: it is shown once, as what the author wrote. */
function rawConditions(condition: RowCondition | undefined, until: string | null): readonly string[] {
  return (condition === undefined ? [] : testsOf(condition))
    .filter((test) => !isEnd(test, until))
    .map(testText);
}

function isEnd({ operator, key, values }: ConditionTest, until: string | null): boolean {
  return (
    operator === "DateLessThan" && key === "aws:currenttime" && values.length === 1 && values[0] === until
  );
}

/** `2026-12-31 00:00Z`, with its seconds where it has some: a date alone would not show whether the day is included. */
function instantText(instant: string): string {
  return instant.replace("T", " ").replace(/(:\d\d):00(\.0+)?Z$/, "$1Z");
}

/** If only a part of a grant exists, the line names the actions of that part. */
function grantText(
  parts: readonly GrantPart[],
  rows: readonly PermissionRow[],
  source: Exclude<CompiledStatement["source"], { readonly kind: "statement" }>,
): string {
  const verbs = source.kind === "implicit" ? ["own"] : [...new Set(parts.flatMap(verbOf))];
  const name = source.kind === "implicit" ? `own ${source.grant}` : `${source.grant} ${verbs.join(", ")}`;
  if (parts.every(({ isComplete }) => isComplete)) return name;
  const names = actionTexts(rows);
  const more = names.length - SHOWN_ACTIONS;
  const shown = [...names.slice(0, SHOWN_ACTIONS), ...(more > 0 ? [`${more} more actions`] : [])];
  return `${name} (in part: ${shown.join(", ")})`;
}

const SHOWN_ACTIONS = 4;

function verbOf({ compiled: { statement } }: GrantPart): readonly string[] {
  return statement.source.kind === "grant" ? grantedNames(statement.source) : [];
}

/** Each line is exact: actions that are on the same resources, resources that have the same actions. */
function statementLines(rows: readonly PermissionRow[], context: LineContext): readonly TypedLine[] {
  const byResource = Map.groupBy(rows, (row) => stableText([statementOf(row), row.resource]));
  const products = [...byResource.values()].map((group) => ({
    group,
    name: stableText([
      group[0] === undefined ? null : statementOf(group[0]),
      group.map(({ action }) => namesText(action).toLowerCase()).toSorted(),
    ]),
  }));
  const together = Map.groupBy(products, ({ name }) => name);
  return [...together.values()].map((group) =>
    statementLine(
      group.flatMap((product) => product.group),
      context,
    ),
  );
}

function statementOf({ from, sid, effect, principal, condition }: PermissionRow): readonly unknown[] {
  return [from, sid, effect, principal, condition];
}

function statementLine(rows: readonly PermissionRow[], context: LineContext): TypedLine {
  const { what, caller, on, actions, conditions } = subjectOf(rows, context.home);
  const details = [...listedText(actions), ...conditions];
  return { ...lineOf(rows, context, null), what, ...(caller !== undefined && { caller }), on, details };
}

function kindOf({ action, principal, effect, from }: PermissionRow): TypedLine["kind"] {
  if (action.kind === "unknown") return "unknown";
  const isDenied = effect === "Deny";
  if (principal === null) return isDenied ? "denial" : "permission";
  if (from.kind === "trust") return isDenied ? "assumer-denial" : "assumer";
  return isDenied ? "caller-denial" : "caller";
}

function lineOf(
  rows: readonly PermissionRow[],
  { home, placeOf }: LineContext,
  compiled: CompiledRows | null,
): Omit<TypedLine, "what" | "details"> {
  const [first] = rows;
  if (first === undefined) throw new Error("a group of rows is never empty");
  const actions = actionsOf(rows);
  const resources = sortedNames(rows.map(({ resource }) => resource));
  const left = (list: readonly NameSet[]): number => Math.max(0, list.length - MAX_LISTED);
  return {
    kind: kindOf(first),
    on: resourcesText(sortedNames(rows.map(namedResources)), home),
    principal: first.principal,
    actions: actions.slice(0, MAX_LISTED),
    resources: resources.slice(0, MAX_LISTED),
    more: left(actions) + left(resources),
    condition: first.condition,
    place: placeOf(first, compiled),
    ...riskOf(rows),
  };
}

function riskOf(rows: readonly PermissionRow[]): Pick<TypedLine, "risk"> {
  const risks = new Set(rows.flatMap(({ effect, risk }) => (effect === "Allow" ? [risk] : [])));
  const [found] = DRIFT_RISKS.filter((risk) => risks.has(risk));
  return found === undefined ? {} : { risk: found };
}

/**
 * Rows are in the order of the manifest. Rows without a line come next, and the implicit permissions of every function
 * come last.
 */
function byPlace(a: TypedLine, b: TypedLine): number {
  const [one, other] = [rankOf(a), rankOf(b)];
  return one[0] - other[0] || one[1] - other[1] || byText(textOf(a), textOf(b));
}

const CALLERS = 10_000_000;

function rankOf({ kind, place, principal }: TypedLine): readonly [number, number] {
  const isCaller = (kind !== "permission" && kind !== "denial" && kind !== "unknown") || principal !== null;
  const line = place.kind === "line" || place.kind === "former-line" ? place.line : CALLERS - 1;
  return [isCaller ? 1 : 0, place.kind === "always" ? CALLERS : line];
}

function textOf({ what, on, place, condition }: TypedLine): string {
  return stableText([place, what, on, conditionText(condition)]);
}

/** The declared place of a row, for lines that show where Git declares it. */
export function declaredPlace(statement: CompiledStatement, isFormer: boolean): LinePlace {
  const { source, origin } = statement;
  if (source.kind === "implicit") return { kind: "always" };
  return { kind: isFormer ? "former-line" : "line", file: origin.file, line: origin.line };
}
