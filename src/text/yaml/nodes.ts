import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode } from "yaml";
import { errorAt, type Diagnostic, type Mistake } from "../../model/diagnostic.ts";
import type { Json } from "../../model/values/json.ts";
import { characterName, refusedInText, refusedInValue } from "../characters.ts";
import { locatedAt, type LocatedTree } from "../located/tree.ts";
import { positionsIn, type Position } from "../located/positions.ts";
import { formatPath, type ValuePath } from "../located/value-path.ts";
import type { Chunk } from "./chunks.ts";

export interface LocatedJson {
  readonly value: Json;
  readonly located: LocatedTree;
}

/** Names that JavaScript's own objects have: a lookup by them would find a value that is not in the file. */
export const REFUSED_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Turns the parsed nodes of one document into data with positions, and collects the problems of the document. */
export class NodeReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #file: string;
  readonly #depth: number;
  readonly #firstLine: number;
  readonly #positionIn: (offset: number) => Position;

  /** @param depth of nested lists and objects that are read */
  constructor(file: string, chunk: Chunk, depth: number) {
    this.#file = file;
    this.#depth = depth;
    this.#firstLine = chunk.firstLine;
    this.#positionIn = positionsIn(chunk.text);
  }

  /** In the file. */
  positionAt(offset: number): Position {
    const { line, column } = this.#positionIn(offset);
    return { line: this.#firstLine + line - 1, column };
  }

  report({ line, column }: Position, code: string, problem: Mistake): void {
    this.diagnostics.push(errorAt({ file: this.#file, line, column, path: "" }, code, problem));
  }

  reportDepth(at: Position): void {
    const message = `nested deeper than ${this.#depth} levels`;
    this.report(at, "too-deep", { message, fix: "write it flatter" });
  }

  /** @param key the position of the value's name; null for list members and the document */
  read(node: ParsedNode, key: Position | null, path: ValuePath): LocatedJson {
    const at = this.positionAt(node.range[0]);
    const place = placeOf(at, key ?? at);
    if (path.length > this.#depth) {
      this.reportDepth(at);
      return { value: null, located: { ...place, sourceText: null, members: null } };
    }
    this.#refuseDecoration(node, at, path);
    if (isScalar(node)) {
      const sourceText = typeof node.value === "string" ? null : (node.source ?? null);
      return {
        value: this.#scalar(node, at, path),
        located: { ...place, sourceText, members: null },
      };
    }
    if (isSeq(node)) return this.#list(node.items, place, path);
    return isMap(node) ? this.#map(node.items, place, path) : empty(at);
  }

  #report(at: Position, path: ValuePath, [code, problem]: readonly [code: string, problem: Mistake]): void {
    const { line, column } = at;
    this.diagnostics.push(errorAt({ file: this.#file, line, column, path: formatPath(path) }, code, problem));
  }

  /** Anchors, aliases and tags: with each of them the text means more than it shows. */
  #refuseDecoration(node: ParsedNode, at: Position, path: ValuePath): void {
    const refuse = (what: string, fix: string): void =>
      this.#report(at, path, ["yaml-feature", { message: `${what} are not allowed`, fix }]);
    if (isAlias(node)) refuse("aliases (*name)", "write the value here");
    if ("anchor" in node && node.anchor !== undefined) refuse("anchors (&name)", "remove the anchor");
    if ("tag" in node && node.tag !== undefined) refuse("tags (!name)", "remove the tag; quote what is text");
  }

  #scalar(
    { value, source = "" }: { readonly value: unknown; readonly source?: string | undefined },
    at: Position,
    path: ValuePath,
  ): Json {
    if (typeof value === "string") this.#refuseCharacters(value, at, path);
    if (typeof value !== "number") return value as Json;
    if (Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
    const message = `${source} is read as a number that is not exact`;
    this.#report(at, path, ["number", { message, fix: `quote it: "${source}"` }]);
    return null;
  }

  /**
   * A value is sent to AWS, or compared with a value in AWS. A control character in it is never intended, whether it comes
   * from an escape, a block scalar or an empty line in a quoted text, and makes a condition match nothing. Annotations are
   * notes for people and may have lines.
   */
  #refuseCharacters(value: string, at: Position, path: ValuePath): void {
    const isNote = path[0] === "metadata" && path[1] === "annotations";
    const wrong = isNote ? refusedInText(value) : refusedInValue(value);
    if (wrong < 0) return;
    const name = characterName(value, wrong);
    const isBreak = value[wrong] === "\n";
    const message = isBreak ? `the value has a line break (${name})` : `the character ${name} is not allowed`;
    const fix = isBreak ? lineBreakHint(value) : "remove the escape";
    this.#report(at, path, ["control-character", { message, fix }]);
  }

  #list(items: readonly unknown[], place: NodePosition, path: ValuePath): LocatedJson {
    const members = items.map((item, index) => {
      const node = nodeOf(item);
      return node === null ? empty(place) : this.read(node, null, [...path, index]);
    });
    return {
      value: members.map(({ value }) => value),
      located: { ...place, sourceText: null, members: members.map(({ located }) => located) },
    };
  }

  #map(items: readonly Pair[], place: NodePosition, path: ValuePath): LocatedJson {
    // No key is `__proto__`: `#key` refuses it.
    const value: Record<string, Json> = {};
    const members: Record<string, LocatedTree> = {};
    for (const pair of items) {
      const keyNode = nodeOf(pair.key);
      const at = keyNode === null ? place : this.positionAt(keyNode.range[0]);
      const key = this.#key(keyNode, at, path);
      if (key === undefined) continue;
      const inside = [...path, key];
      if (Object.hasOwn(members, key)) {
        const isOne = isScalar(nodeOf(pair.value)) || nodeOf(pair.value) === null;
        const fix = isOne
          ? "keep one of them"
          : "keep one of them, and move the entries of the other below it";
        const problem = { message: `duplicate key "${key}"`, fix };
        this.#report(at, inside, ["duplicate-key", problem]);
        continue;
      }
      const node = nodeOf(pair.value);
      const read = node === null ? empty(at) : this.read(node, at, inside);
      value[key] = read.value;
      members[key] = read.located;
    }
    return { value, located: { ...place, sourceText: null, members } };
  }

  #key(node: ParsedNode | null, at: Position, path: ValuePath): string | undefined {
    if (node !== null) this.#refuseDecoration(node, at, path);
    const problem = problemOfKey(node);
    if (problem !== null) this.#report(at, path, problem);
    return problem === null && isScalar(node) ? String(node.value) : undefined;
  }
}

function problemOfKey(node: ParsedNode | null): readonly [code: string, problem: Mistake] | null {
  if (!isScalar(node) || typeof node.value !== "string") {
    const source = isScalar(node) ? node.source : undefined;
    const fix = isMap(node)
      ? // `{{ .Values.x }}` is a map whose key is a map.
        "templates such as {{ … }} are not rendered: use ${account.vars.NAME}, or quote the value"
      : source
        ? `quote it: "${source}"`
        : "write a name before the colon";
    return ["key", { message: "a key must be text", fix }];
  }
  const { value } = node;
  if (value === "<<")
    return ["yaml-feature", { message: "merge keys (<<) are not allowed", fix: "write the fields here" }];
  if (REFUSED_KEYS.has(value))
    return [
      "key",
      { message: `the key ${JSON.stringify(value)} is not allowed`, fix: "choose another name" },
    ];
  const wrong = refusedInValue(value);
  if (wrong < 0) return null;
  const message = `the character ${characterName(value, wrong)} is not allowed in a key`;
  return ["control-character", { message, fix: "remove it" }];
}

/** A block ends with a line break unless its first line prevents it; other breaks are between two lines. */
function lineBreakHint(value: string): string {
  return value.trimEnd().includes("\n") ? "write it on one line" : "begin the block with |- or >-";
}

type NodePosition = Pick<LocatedTree, "line" | "column" | "keyLine" | "keyColumn">;

function placeOf({ line, column }: Position, key: Position): NodePosition {
  return { line, column, keyLine: key.line, keyColumn: key.column };
}

function empty(at: Position): LocatedJson {
  return { value: null, located: locatedAt(at) };
}

function nodeOf(item: unknown): ParsedNode | null {
  return (item ?? null) as ParsedNode | null;
}
