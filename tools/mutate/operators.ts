import { regexChanges } from "./regex.ts";
import type { SyntaxNode, SyntaxTree } from "./syntax.ts";

/** One change of the text: the part from `start` to `end` becomes `to`. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly to: string;
  /** A statement is left out, an expression has another value. */
  readonly kind: "statement" | "expression";
}

interface Place extends SyntaxTree {
  readonly node: SyntaxNode;
  readonly text: string;
}

/** The changes that are tried on each kind of node: one change, one mutant. */
const CHANGES: Readonly<Record<string, (place: Place) => readonly Change[]>> = {
  BinaryExpression: binaryChanges,
  AssignmentExpression: assignmentChanges,
  UpdateExpression: ({ node, text }) => [swapped(node, text, "++", "--")].filter((one) => one !== undefined),
  UnaryExpression: unaryChanges,
  IfStatement: (place) => testChanges(place, ["true", "false"]),
  ConditionalExpression: (place) => testChanges(place, ["true", "false"]),
  WhileStatement: (place) => testChanges(place, ["false"]),
  ForStatement: (place) => testChanges(place, ["false"]),
  BooleanLiteral: ({ node }) => [become(node, node.source["value"] === true ? "false" : "true")],
  StringLiteral: ({ node }) => [become(node, node.source["value"] === "" ? '"mutated"' : '""')],
  TemplateLiteral: ({ node }) => [become(node, "``")],
  NumericLiteral: ({ node }) => [become(node, String(Number(node.source["value"]) + 1))],
  RegExpLiteral: ({ node, text }) => regexChanges(textOf(node, text)).map((to) => become(node, to)),
  ArrayExpression: arrayChanges,
  ObjectExpression: objectChanges,
  CallExpression: callChanges,
  ExpressionStatement: ({ node }) => [{ ...become(node, ";"), kind: "statement" }],
  ContinueStatement: ({ node }) => [{ ...become(node, ";"), kind: "statement" }],
  BreakStatement: ({ node }) => [{ ...become(node, ";"), kind: "statement" }],
};

/** Parts without an effect at run time, and the messages of thrown errors, which tests never compare. */
const SKIPPED = /^(?:Ts(?!As|Satisfies|Const|NonNull)|Import|ThrowStatement$)/;

/** Every change of a file, in the order of the text. */
export function changesOf({ root, nodeOf }: SyntaxTree, text: string): readonly Change[] {
  const found: Change[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const member of value) visit(member);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    const node = nodeOf(value);
    if (node !== undefined && SKIPPED.test(node.type)) return;
    if (node !== undefined) found.push(...(CHANGES[node.type]?.({ root, nodeOf, node, text }) ?? []));
    for (const [name, member] of Object.entries(value)) if (!isName(value, name)) visit(member);
  };
  visit(root.source["body"]);
  return found.sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The name of a property is no value. */
function isName(value: object, name: string): boolean {
  return (name === "key" || name === "typeAnnotation" || name === "returnType") && "type" in value;
}

function become({ start, end }: SyntaxNode, to: string): Change {
  return { start, end, to, kind: "expression" };
}

function textOf({ start, end }: SyntaxNode, text: string): string {
  return text.slice(start, end);
}

/** The node with one sign replaced at its first place. */
function swapped(node: SyntaxNode, text: string, from: string, to: string): Change | undefined {
  const own = textOf(node, text);
  return own.includes(from)
    ? become(
        node,
        own.replace(from, () => to),
      )
    : undefined;
}

const BINARY: Readonly<Record<string, readonly string[]>> = {
  "===": ["!=="],
  "!==": ["==="],
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "<<": [">>"],
  ">>": ["<<"],
  "&": ["|"],
  "|": ["&"],
};

/** `a && b`, `a || b` and `a ?? b` become either side: that is seen wherever the other sign would be. */
function binaryChanges({ node, nodeOf, text }: Place): readonly Change[] {
  const [left, right] = [nodeOf(node.source["left"]), nodeOf(node.source["right"])];
  const operator = String(node.source["operator"]);
  if (left === undefined || right === undefined) return [];
  if (operator === "&&" || operator === "||" || operator === "??")
    return [become(node, textOf(left, text)), become(node, textOf(right, text))];
  if (operator === "in") return [become(node, `!(${textOf(node, text)})`)];
  const between = text.slice(left.end, right.start);
  return (BINARY[operator] ?? []).map((other) =>
    become(node, textOf(left, text) + between.replace(operator, () => other) + textOf(right, text)),
  );
}

function assignmentChanges({ node, text }: Place): readonly Change[] {
  const change = swapped(node, text, "+=", "-=") ?? swapped(node, text, "-=", "+=");
  return change === undefined ? [] : [change];
}

function unaryChanges({ node, nodeOf, text }: Place): readonly Change[] {
  const argument = nodeOf(node.source["argument"]);
  const isDropped = ["!", "-"].includes(String(node.source["operator"]));
  return argument !== undefined && isDropped ? [become(node, textOf(argument, text))] : [];
}

function testChanges({ node, nodeOf }: Place, values: readonly string[]): readonly Change[] {
  const test = nodeOf(node.source["test"]);
  return test === undefined ? [] : values.map((value) => become(test, value));
}

interface Element {
  readonly spread: unknown;
  readonly expression: unknown;
}

/** Without any element, and without each that is no literal: those are changed themselves. */
function arrayChanges({ node, nodeOf, text }: Place): readonly Change[] {
  const elements = (node.source["elements"] as readonly (Element | null)[]).filter((one) => one !== null);
  if (elements.length === 0) return [];
  const written = elements.map((element) => elementText(element, nodeOf, text));
  const isLiteral = (at: number): boolean => /^["'\d`]/.test(written[at] ?? "");
  const dropped = written.flatMap((_, at) =>
    written.length === 1 || isLiteral(at) ? [] : [`[${written.toSpliced(at, 1).join(", ")}]`],
  );
  return ["[]", ...dropped].map((to) => become(node, to));
}

function elementText(element: Element, nodeOf: SyntaxTree["nodeOf"], text: string): string {
  const expression = nodeOf(element.expression);
  const own = expression === undefined ? "" : textOf(expression, text);
  return element.spread ? `...${own}` : own;
}

/** A spread into an object may be removed; the compiler detects a removed property. */
function objectChanges({ node, nodeOf }: Place): readonly Change[] {
  const properties = node.source["properties"] as readonly unknown[];
  return properties.flatMap((property) => {
    const { type, arguments: argument } = property as { readonly type: string; readonly arguments: unknown };
    const spread = type === "SpreadElement" ? nodeOf(argument) : undefined;
    return spread === undefined ? [] : [become(spread, "{}")];
  });
}

/** The same call by another name. */
const OTHER: ReadonlyMap<string, string> = new Map([
  ["some", "every"],
  ["every", "some"],
  ["startsWith", "endsWith"],
  ["endsWith", "startsWith"],
  ["indexOf", "lastIndexOf"],
  ["min", "max"],
  ["max", "min"],
  ["floor", "ceil"],
  ["find", "findLast"],
]);

/** Calls that may be left out: what they are called on stays. */
const LEFT_OUT: ReadonlySet<string> = new Set(
  (
    "toLowerCase toUpperCase trim trimStart trimEnd replace replaceAll padEnd slice " +
    "sort toSorted reverse toReversed filter map flatMap flat concat"
  ).split(" "),
);

function callChanges({ node, nodeOf, text }: Place): readonly Change[] {
  const callee = nodeOf(node.source["callee"]);
  const [object, property] = [nodeOf(callee?.source["object"]), nodeOf(callee?.source["property"])];
  if (callee?.type !== "MemberExpression" || object === undefined || property?.type !== "Identifier")
    return [];
  const name = textOf(property, text);
  const other = OTHER.get(name);
  const renamed = text.slice(node.start, property.start) + other + text.slice(property.end, node.end);
  return [
    ...(other === undefined ? [] : [become(node, renamed)]),
    ...(LEFT_OUT.has(name) ? [become(node, textOf(object, text))] : []),
  ];
}
