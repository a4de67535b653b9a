import type { ConditionBlock } from "../../model/aws/policy-document.ts";
import { decodeDocument } from "../read/decode.ts";
import type { DocumentContext, Member, NormalStatement } from "../document.ts";
import { matchMembers, type DiffMember, type ElementPart } from "./member-match.ts";
import { readDocument } from "../read/parse.ts";
import { readStatement, writtenStatement } from "../read/statement.ts";
import { byTextOf } from "../../text/order.ts";
import { lowerCase } from "../lower-case.ts";
import { toList } from "../../text/json-values.ts";

/** One line of a difference: a value of an element that was added or removed. */
interface ElementChange {
  readonly kind: "added" | "removed";
  /** `Action`, `NotResource`, `Condition`; `statement` for one that is not understood, as it is. */
  readonly element: string;
  readonly value: string;
}

export type DocumentChange =
  | { readonly kind: "version-changed" | "id-changed"; readonly changes: readonly ElementChange[] }
  | {
      readonly kind: "statement-changed" | "statement-added" | "statement-removed";
      /** Its Sid, or its place in the document that has it: `statement Read`, `statement 2`. */
      readonly statement: string;
      readonly changes: readonly ElementChange[];
    };

/**
 * How one document was written over into another, for people: statements are matched by their Sid, then by what they
 * have in common, so that one changed action is one line. Spelling that means nothing (order, one value or a list,
 * case of actions) is no difference. In the order of the first document, then what the second one adds.
 */
export function documentDiff(
  before: string,
  after: string,
  context: DocumentContext,
): readonly DocumentChange[] {
  const [old, now] = [readParts(before, context), readParts(after, context)];
  const { pairs, removed, added } = matchMembers(old.members, now.members);
  const changed = pairs.map(([left, right]): DocumentChange => ({
    kind: "statement-changed",
    statement: labelOf(right),
    changes: partChanges(left.parts, right.parts),
  }));
  return [
    headChange("version-changed", old.version, now.version),
    headChange("id-changed", old.id, now.id),
    ...changed,
    ...removed.map((member) => documentChange("statement-removed", member)),
    ...added.map((member) => documentChange("statement-added", member)),
  ].filter(({ changes }) => changes.length > 0);
}

interface ReadParts {
  readonly version: string | null;
  readonly id: string | null;
  readonly members: readonly DiffMember[];
}

/** A text that is not a document counts as one statement that is not understood. */
function readParts(text: string, context: DocumentContext): ReadParts {
  const parsed = readDocument(text, context);
  const decoded = decodeDocument(text);
  if (parsed.kind === "unreadable" || decoded.kind === "unreadable") {
    const parts = [{ element: "statement", value: text, name: text }];
    return { version: null, id: null, members: [{ sid: null, place: 1, parts }] };
  }
  const { Statement: statements } = decoded.value as { readonly Statement: unknown };
  const list: readonly unknown[] = Array.isArray(statements) ? statements : [statements];
  const { version, id } = parsed.document;
  return {
    version,
    id,
    members: list.map((statement, at) => memberParts(readStatement(statement, context, version), at + 1)),
  };
}

function memberParts(member: Member, place: number): DiffMember {
  const { sid } = member;
  if (member.kind === "opaque") {
    const { text } = member;
    return { sid, place, parts: [{ element: "statement", value: text, name: text }] };
  }
  return { sid, place, parts: statementParts(member) };
}

function statementParts(statement: NormalStatement): readonly ElementPart[] {
  const { Action, NotAction, Resource, NotResource, Condition = {} } = writtenStatement(statement);
  const { sid, effect, principals } = statement;
  const who = principals === null ? [] : principals.values;
  return [
    ...listParts("Sid", sid ?? []),
    ...listParts("Effect", effect),
    ...listParts(principals?.negated === true ? "NotPrincipal" : "Principal", who),
    ...listParts("Action", Action ?? [], lowerCase),
    ...listParts("NotAction", NotAction ?? [], lowerCase),
    ...listParts("Resource", Resource ?? []),
    ...listParts("NotResource", NotResource ?? []),
    ...conditionParts(Condition),
  ];
}

function listParts(
  element: string,
  values: string | readonly string[],
  fold: (text: string) => string = (text) => text,
): readonly ElementPart[] {
  const byName = new Map(
    toList(values).map((value): [string, ElementPart] => {
      const name = `${element} ${fold(value)}`;
      return [name, { element, value, name }];
    }),
  );
  return [...byName.values()].toSorted(byTextOf(({ name }) => name));
}

function conditionParts(block: ConditionBlock): readonly ElementPart[] {
  const parts = Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).flatMap(([key, values]) => testParts(operator, key, toList(values))),
  );
  return parts.toSorted(byTextOf(({ name }) => name));
}

/** A line a value: a request needs one of them. A test without values is never passed. */
function testParts(operator: string, key: string, values: readonly string[]): readonly ElementPart[] {
  const wanted = values.length === 0 ? ["(no value)"] : [...new Set(values)];
  return wanted.map((value) => ({
    element: "Condition",
    value: `${operator} ${key} ${value}`,
    name: `Condition ${operator} ${lowerCase(key)} ${value}`,
  }));
}

function labelOf({ sid, place }: DiffMember): string {
  return `statement ${sid ?? place}`;
}

function documentChange(kind: "statement-added" | "statement-removed", member: DiffMember): DocumentChange {
  const sign = kind === "statement-added" ? "added" : "removed";
  const parts = member.parts.filter(({ element }) => element !== "Sid");
  return { kind, statement: labelOf(member), changes: parts.map((part) => changeOf(sign, part)) };
}

/** Element by element, what went before what came. */
function partChanges(
  before: readonly ElementPart[],
  after: readonly ElementPart[],
): readonly ElementChange[] {
  const [old, now] = [namesOf(before), namesOf(after)];
  const removed = before.filter(({ name }) => !now.has(name));
  const added = after.filter(({ name }) => !old.has(name));
  const elements = [...new Set([...before, ...after].map(({ element }) => element))];
  return elements.flatMap((element) => [
    ...removed.filter((part) => part.element === element).map((part) => changeOf("removed", part)),
    ...added.filter((part) => part.element === element).map((part) => changeOf("added", part)),
  ]);
}

function namesOf(parts: readonly ElementPart[]): ReadonlySet<string> {
  return new Set(parts.map(({ name }) => name));
}

function changeOf(kind: ElementChange["kind"], { element, value }: ElementPart): ElementChange {
  return { kind, element, value };
}

function headChange(
  kind: "version-changed" | "id-changed",
  before: string | null,
  after: string | null,
): DocumentChange {
  const element = kind === "version-changed" ? "Version" : "Id";
  const changes: ElementChange[] = [];
  if (before !== after && before !== null) changes.push({ kind: "removed", element, value: before });
  if (before !== after && after !== null) changes.push({ kind: "added", element, value: after });
  return { kind, changes };
}
