import {
  Composer,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Parser,
  visit,
  type CST,
  type Document,
  type Pair,
  type Tags,
  type ToStringOptions,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { stableText } from "../json-values.ts";
import type { ValuePath } from "../located/value-path.ts";
import { commentsOf } from "./chunks.ts";
import { positionsIn } from "../located/positions.ts";

/** The order of the fields of a map that is at a path; fields that are not in it come after them, as they were. */
export type FieldOrder = (path: ValuePath) => readonly string[];

/** A collection in braces or brackets that ends beyond this column is written in lines. */
const LINE_WIDTH = 110;

/**
 * The text of one YAML document in the one style of all manifests. Comments, the order of lists and the choice between
 * lines and braces stay. The text is read again and compared.
 * @param text without problems, and without the line `---`
 * @returns null if the document cannot be written in this style without a loss
 */
export function laidOutDocument(text: string, order: FieldOrder): string | null {
  let before = text;
  for (let round = 0; round < ROUNDS; round += 1) {
    const after = laidOutOnce(before, order);
    if (after === null || after === before) return after;
    before = after;
  }
  return null;
}

/** Where comments of several indentations meet, the library finds their places in the second round only. */
const ROUNDS = 5;

function laidOutOnce(text: string, order: FieldOrder): string | null {
  const document = parsed(text);
  if (document === undefined) return null;
  prepare(document);
  sortFields(document, order);
  const laidOut = documentText(document);
  const after = parsed(laidOut);
  const isSame =
    after !== undefined &&
    stableText(document.toJS()) === stableText(after.toJS()) &&
    stableText(commentsOf(text)) === stableText(commentsOf(laidOut));
  return isSame ? laidOut : null;
}

function parsed(text: string): Document.Parsed | undefined {
  const composer = new Composer({
    version: "1.2",
    schema: "core",
    logLevel: "silent",
    customTags: (tags) => tags.map((tag) => asWritten(foldedAtWidth(tag))),
  });
  const tokens = [...new Parser().parse(text)];
  for (const token of tokens) if (token.type === "document" && token.value) placeComments(token.value);
  const [document, second] = [...composer.compose(tokens)];
  return document === undefined || second !== undefined || document.errors.length > 0 ? undefined : document;
}

/**
 * The parser gives all comments between a part and what follows it to the deepest part, unless each is less indented. A
 * commented-out entry followed by a comment on the next field is then one comment inside of the entry.
 * @returns what belongs to the parts around it
 */
function placeComments(token: CST.Token): readonly CST.SourceToken[] {
  if (token.type !== "block-map" && token.type !== "block-seq") return [];
  const items = token.items as CST.CollectionItem[];
  for (const [at, item] of [...items].entries()) {
    const outer = item.value ? placeComments(item.value) : [];
    if (outer.length === 0) continue;
    const next = items[at + 1];
    if (next === undefined) items.push({ start: [...outer] });
    else next.start.unshift(...outer);
  }
  const last = items.at(-1);
  if (last === undefined || last.key || last.sep || last.value) return [];
  const from = last.start.findIndex(({ type, indent }) => type === "comment" && indent < token.indent);
  return from < 0 ? [] : last.start.splice(from);
}

/** Folded blocks are folded again; other texts are never broken into lines. */
function foldedAtWidth(tag: Tags[number]): Tags[number] {
  if (typeof tag === "string" || tag.tag !== "tag:yaml.org,2002:str" || tag.stringify === undefined)
    return tag;
  const { stringify } = tag;
  return {
    ...tag,
    stringify: (item, context, ...callbacks) =>
      stringify(
        item,
        item.type === "BLOCK_FOLDED"
          ? { ...context, options: { ...context.options, lineWidth: LINE_WIDTH } }
          : context,
        ...callbacks,
      ),
  };
}

const NUMBERS: ReadonlySet<unknown> = new Set(["tag:yaml.org,2002:int", "tag:yaml.org,2002:float"]);

/**
 * An account id without quotes is a number: written by its value, it would lose its first zeros, and with them what its
 * author meant. Numbers of a parsed text have their source.
 */
function asWritten(tag: Tags[number]): Tags[number] {
  if (typeof tag === "string" || tag.stringify === undefined || !NUMBERS.has(tag.tag)) return tag;
  return { ...tag, stringify: ({ source }) => String(source) };
}

const TO_TEXT: ToStringOptions = {
  indent: 2,
  indentSeq: true,
  lineWidth: 0,
  doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
};

/** What does not depend on the rest of the document: quotes, and blanks at the ends of comments. */
function prepare(document: Document.Parsed): void {
  trimComments(document);
  visit(document, {
    Scalar: (_key, node) => {
      trimComments(node);
      const hasEscapes = typeof node.value === "string" && /["\\]/.test(node.value);
      if (node.type === "QUOTE_SINGLE" && !hasEscapes) node.type = "QUOTE_DOUBLE";
    },
    // The library has one setting for the blanks inside of braces and of brackets.
    Map: (_key, node) => {
      trimComments(node);
      padWith(node, " ");
    },
    Seq: (_key, node) => {
      trimComments(node);
      padWith(node, "");
    },
  });
}

interface Commented {
  comment?: string | null | undefined;
  commentBefore?: string | null | undefined;
}

function trimComments(node: Commented): void {
  if (typeof node.comment === "string") node.comment = withoutBlankEnds(node.comment);
  if (typeof node.commentBefore === "string") node.commentBefore = withoutBlankEnds(node.commentBefore);
}

function withoutBlankEnds(comment: string): string {
  return comment.replace(/[ \t]+$/gm, "");
}

function padWith(node: YAMLMap | YAMLSeq, flowCollectionPadding: string): void {
  const write = node.toString.bind(node);
  node.toString = (context, onComment, onChompKeep) =>
    write(context && { ...context, flowCollectionPadding }, onComment, onChompKeep);
}

function sortFields(document: Document.Parsed, order: FieldOrder): void {
  const sort = (node: unknown, path: ValuePath): void => {
    if (isSeq(node)) for (const [index, item] of node.items.entries()) sort(item, [...path, index]);
    if (!isMap(node)) return;
    sortMap(node, order(path), path.length === 0);
    for (const { key, value } of node.items) sort(value, [...path, nameOf(key)]);
  };
  sort(document.contents, []);
}

function nameOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : "";
}

/**
 * A comment directly above a field moves with it. The parser gives the one above the first field to the map; that of a
 * document is about the document, and stays.
 */
function sortMap(map: YAMLMap, names: readonly string[], isDocument: boolean): void {
  const rankOf = ({ key }: Pair): number => {
    const rank = names.indexOf(nameOf(key));
    return rank < 0 ? names.length : rank;
  };
  const [first] = map.items;
  map.items.sort((left, right) => rankOf(left) - rankOf(right));
  const [newFirst] = map.items;
  if (first === newFirst || !isScalar(first?.key) || !isScalar(newFirst?.key)) return;
  if (isDocument) {
    newFirst.key.commentBefore = joined(first.key.commentBefore, newFirst.key.commentBefore);
    first.key.commentBefore = null;
  } else {
    first.key.commentBefore = joined(map.commentBefore, first.key.commentBefore);
    map.commentBefore = newFirst.key.commentBefore ?? null;
    newFirst.key.commentBefore = null;
  }
  // The blank line above it would be the first line of the map.
  newFirst.key.spaceBefore = false;
}

function joined(...comments: readonly (string | null | undefined)[]): string | null {
  const found = comments.filter((comment) => typeof comment === "string");
  return found.length === 0 ? null : found.join("\n");
}

/** Braces and brackets that do not fit into their line become lines of their own, from the outside to the inside. */
function documentText(document: Document.Parsed): string {
  for (;;) {
    const text = document.toString(TO_TEXT);
    const broken = breakWide(document, text);
    if (!broken) return text;
  }
}

/** @returns whether anything was wide */
function breakWide(document: Document.Parsed, text: string): boolean {
  const placed = parsed(text);
  if (placed === undefined) return false;
  const positionAt = positionsIn(text);
  let isBroken = false;
  const look = (node: unknown, place: unknown): void => {
    if (!isCollection(node) || !isCollection(place)) return;
    const [from, to] = place.range ?? [0, 0];
    const { line, column } = positionAt(to);
    if (node.flow === true && (line !== positionAt(from).line || column > LINE_WIDTH + 1)) {
      node.flow = false;
      isBroken = true;
      return;
    }
    for (const [index, item] of node.items.entries()) {
      const other = place.items[index];
      if (isPair(item) && isPair(other)) look(item.value, other.value);
      else look(item, other);
    }
  };
  look(document.contents, placed.contents);
  return isBroken;
}
