import { isObject, parsedJson } from "../../../text/json-values.ts";
import { byKey } from "../../../text/order.ts";
import { lineDiff, type DiffLine } from "./line-diff.ts";

/**
 * The lines of two policy documents, of which only those differ whose meaning may. The order of statements, of members and of
 * lists does not count, nor a text for a list of one, nor the case of an action. Texts that are no JSON are compared line by line.
 */
export function comparedDocuments(before: string | null, after: string | null): readonly DiffLine[] {
  const [old, now] = [readDocument(before), readDocument(after)];
  const known = new Map(now.statements.map((statement) => [sameText(statement), statement]));
  // A statement of both sides is shown as the newer one has it, and before the others: so it is on the same lines.
  const shared = old.statements.filter((statement) => known.has(sameText(statement))).map(sameText);
  const isShared = new Set(shared);
  const own = ({ statements }: ReadDocument) => statements.filter((one) => !isShared.has(sameText(one)));
  const common = [...isShared].flatMap((text) => known.get(text) ?? []);
  return lineDiff(linesOf(old, [...common, ...own(old)]), linesOf(now, [...common, ...own(now)]));
}

type ReadDocument =
  | { readonly kind: "document"; readonly others: object; readonly statements: readonly unknown[] }
  | { readonly kind: "text"; readonly lines: readonly string[]; readonly statements: readonly [] };

function readDocument(text: string | null): ReadDocument {
  if (text === null) return { kind: "text", lines: [], statements: [] };
  const value = parsedJson(text);
  if (value === undefined) return { kind: "text", lines: text.split("\n"), statements: [] };
  if (!isObject(value) || !("Statement" in value))
    return { kind: "text", lines: jsonLines(ordered(value)), statements: [] };
  const { Statement: statements, ...others } = value;
  return {
    kind: "document",
    others,
    statements: (Array.isArray(statements) ? statements : [statements]).map(normalStatement),
  };
}

function linesOf(document: ReadDocument, statements: readonly unknown[]): readonly string[] {
  return document.kind === "text"
    ? document.lines
    : jsonLines({ ...(ordered(document.others) as object), Statement: statements });
}

function jsonLines(value: unknown): readonly string[] {
  return JSON.stringify(value, null, 2).split("\n");
}

const LISTS: ReadonlySet<string> = new Set(["Action", "NotAction", "Resource", "NotResource"]);
const OF_LISTS: ReadonlySet<string> = new Set(["Principal", "NotPrincipal"]);

function normalStatement(statement: unknown): unknown {
  if (!isObject(statement)) return ordered(statement);
  const members = Object.entries(statement).map(([name, value]): [string, unknown] => {
    if (LISTS.has(name)) return [name, listed(value)];
    if (OF_LISTS.has(name)) return [name, withLists(value)];
    if (name !== "Condition" || !isObject(value)) return [name, value];
    return [
      name,
      Object.fromEntries(Object.entries(value).map(([operator, of]) => [operator, withLists(of)])),
    ];
  });
  return ordered(Object.fromEntries(members));
}

function withLists(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, listed(member)]));
}

function listed(value: unknown): unknown {
  return Array.isArray(value) ? value : [value];
}

/** Equal for statements of one meaning. */
function sameText(statement: unknown): string {
  if (!isObject(statement)) return JSON.stringify(statement);
  const members = Object.entries(statement).map(([name, value]): [string, unknown] =>
    name === "Action" || name === "NotAction" ? [name, ordered(lowerCase(value))] : [name, value],
  );
  return JSON.stringify(members);
}

function lowerCase(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).toLowerCase());
}

function ordered(value: unknown): unknown {
  // Lists of actions and resources are sets.
  if (Array.isArray(value))
    return value.every((member) => typeof member === "string") ? value.toSorted() : value.map(ordered);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(byKey)
      .map(([name, member]) => [name, ordered(member)]),
  );
}
