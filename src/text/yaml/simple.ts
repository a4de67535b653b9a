import type { Json } from "../../model/values/json.ts";
import { refusedInValue } from "../characters.ts";
import type { Position } from "../located/positions.ts";
import { locatedAt, type LocatedTree } from "../located/tree.ts";
import { REFUSED_KEYS, type LocatedJson } from "./nodes.ts";

/**
 * Reads the documents that nearly all manifests are: maps and lists in blocks, flow collections, and scalars that have one
 * reading only. null: the document has anything else, anything doubtful, or a problem, so that the YAML
 * parser must read it. The parser alone defines what a text means, and `test/property/simple-yaml.test.ts` compares the
 * two. This one takes a tenth of the parser's time, which is a quarter of the first start with 1,000 functions.
 * @param tokens of the parser's own lexer, which decides where each scalar begins and ends
 * @param depth of nested lists and objects that are read
 */
export function readSimple(tokens: readonly string[], firstLine: number, depth: number): LocatedJson | null {
  const cursor = new Cursor(tokens, firstLine);
  if (!cursor.toDocument()) return null;
  if (cursor.skip("---") && !cursor.endLine()) return null;
  if (!cursor.toContent()) return null;
  // A line at a column at which nothing began ends every collection, and is not the end.
  const root = new SimpleReader(cursor, depth).blockMap(cursor.column, 0);
  return cursor.isAtEnd ? root : null;
}

/** A token without a text, which the lexer puts before a document. */
const DOCUMENT = "\u0002";
/** A token without a text: the next one is a plain scalar. */
const SCALAR = "\u001f";

/** On one line, and begins with a character that begins nothing else. */
const SURE_TEXT = /^[A-Za-z0-9_/$][^\n]*$/;
/** More than what the core schema of YAML does not read as text. */
const OTHER_THAN_TEXT = /^(?:null|true|false|[0-9]+\.?[0-9]*(?:e[-+]?[0-9]+)?|0[ox].*)$/i;
const PLAIN_NUMBER = /^(?:0|[1-9][0-9]{0,14})$/;
/** Without an escape, and on one line. */
const SIMPLE_QUOTED = /^"[^"\\\n]*"$|^'[^'\n]*'$/;
/** The parser limits a key that may be followed by a value to 1,024 characters. */
const MAX_KEY = 1_000;

/** Where the reader is in the tokens, and the place of the next one. */
class Cursor {
  readonly #tokens: readonly string[];
  #next = 0;
  line: number;
  column = 1;

  constructor(tokens: readonly string[], firstLine: number) {
    this.#tokens = tokens;
    this.line = firstLine;
  }

  get isAtEnd(): boolean {
    return this.#next === this.#tokens.length;
  }

  /** The next tokens are a plain scalar and the colon after it. */
  get isAtKey(): boolean {
    return this.token === SCALAR && this.#tokens[this.#next + 2] === ":";
  }

  /** The text of the next token; "" at the end. */
  get token(): string {
    return this.#tokens[this.#next] ?? "";
  }

  get place(): Position {
    return { line: this.line, column: this.column };
  }

  advance(): void {
    const { token } = this;
    this.#next += 1;
    if (token === "\n") {
      this.line += 1;
      this.column = 1;
    } else if (token !== DOCUMENT && token !== SCALAR) this.column += token.length;
  }

  /** False, and nothing is passed, if the next token is another one. */
  skip(token: string): boolean {
    if (this.token !== token || this.isAtEnd) return false;
    this.advance();
    return true;
  }

  /** Passes blanks. A tab is none of them: the parser has rules for it. */
  skipBlanks(): boolean {
    if (!isBlanks(this.token)) return false;
    this.advance();
    return true;
  }

  /** Passes the rest of a line; false if there is more than blanks and a comment in it. */
  endLine(): boolean {
    const hasBlanks = this.skipBlanks();
    if (hasBlanks && this.token.startsWith("#")) this.advance();
    return this.isAtEnd || this.skip("\n");
  }

  /** To the document: comments may be before it. */
  toDocument(): boolean {
    while (this.token.startsWith("#") || this.token === "\n") this.advance();
    return this.skip(DOCUMENT);
  }

  /** To the next line with content, after its indentation. False: there is none, or something is not simple. */
  toContent(): boolean {
    while (!this.isAtEnd) {
      this.skipBlanks();
      if (this.token.startsWith("#")) this.advance();
      if (!this.skip("\n")) return !this.isAtEnd;
    }
    return false;
  }
}

function isBlanks(token: string): boolean {
  return token.startsWith(" ") && !token.includes("\t");
}

/** Reads collections and scalars; null: the document is not simple. */
class SimpleReader {
  readonly #cursor: Cursor;
  readonly #depth: number;
  /** Of the name in the block around the flow collection: its other lines are indented more. */
  #blockColumn = 0;

  constructor(cursor: Cursor, depth: number) {
    this.#cursor = cursor;
    this.#depth = depth;
  }

  /** @param column of its keys; the cursor is at the first one */
  blockMap(column: number, level: number): LocatedJson | null {
    const cursor = this.#cursor;
    const map = new MapBuilder(cursor.place);
    do {
      const at = cursor.place;
      const key = this.#key(map);
      const value = key === null ? null : this.#blockValue(column, level + 1);
      if (key === null || value === null) return null;
      map.add(key, at, value);
    } while (cursor.column === column && !cursor.isAtEnd);
    return map.done();
  }

  /** What follows a key and its colon, to the next line with content. @param column of the key */
  #blockValue(column: number, level: number): LocatedJson | null {
    const cursor = this.#cursor;
    const { line } = cursor;
    const hasBlanks = cursor.skipBlanks();
    const isBelow = cursor.token === "\n" || cursor.token.startsWith("#");
    this.#blockColumn = column;
    if (!isBelow) return hasBlanks ? this.#lastOfLine(level) : null;
    if (!cursor.toContent() || cursor.line === line || level > this.#depth) return null;
    const isFlow = cursor.token === "{" || cursor.token === "[";
    if (isFlow) return cursor.column > column ? this.#lastOfLine(level) : null;
    if (cursor.token === "-") return cursor.column >= column ? this.#blockList(level) : null;
    return cursor.column > column ? this.blockMap(cursor.column, level) : null;
  }

  #lastOfLine(level: number): LocatedJson | null {
    const value = this.#flowValue(level);
    return value === null || !this.#cursor.endLine() ? null : this.#beforeContent(value);
  }

  /** The value, with the cursor at the next content or at the end. */
  #beforeContent(value: LocatedJson): LocatedJson | null {
    return this.#cursor.toContent() || this.#cursor.isAtEnd ? value : null;
  }

  #blockList(level: number): LocatedJson | null {
    const cursor = this.#cursor;
    const at = cursor.place;
    const { column } = at;
    const members: LocatedJson[] = [];
    while (cursor.column === column && cursor.skip("-")) {
      if (!cursor.skipBlanks() || level + 1 > this.#depth) return null;
      this.#blockColumn = column;
      const member = cursor.isAtKey ? this.blockMap(cursor.column, level + 1) : this.#lastOfLine(level + 1);
      if (member === null) return null;
      members.push(member);
    }
    return listOf(members, at);
  }

  /** Passes a key and its colon. */
  #key(map: MapBuilder): string | null {
    const cursor = this.#cursor;
    if (!cursor.isAtKey) return null;
    cursor.advance();
    const key = cursor.token;
    cursor.advance();
    cursor.advance();
    const isSimple = isSureText(key) && key.length <= MAX_KEY && !REFUSED_KEYS.has(key);
    return isSimple && !map.has(key) ? key : null;
  }

  #flowValue(level: number): LocatedJson | null {
    const cursor = this.#cursor;
    if (level > this.#depth) return null;
    if (cursor.token === "{") return this.#flowMap(level);
    if (cursor.token === "[") return this.#flowList(level);
    const at = cursor.place;
    const isPlain = cursor.skip(SCALAR);
    const { token } = cursor;
    cursor.advance();
    return isPlain ? plainScalar(token, at) : quotedScalar(token, at);
  }

  #flowMap(level: number): LocatedJson | null {
    const cursor = this.#cursor;
    const map = new MapBuilder(cursor.place);
    do {
      cursor.advance();
      if (!this.#flowGap()) return null;
      if (cursor.skip("}")) return map.done();
      const at = cursor.place;
      const key = this.#key(map);
      if (key === null || !cursor.skipBlanks()) return null;
      const value = this.#flowValue(level + 1);
      if (value === null || !this.#flowGap()) return null;
      map.add(key, at, value);
    } while (cursor.token === ",");
    return cursor.skip("}") ? map.done() : null;
  }

  #flowList(level: number): LocatedJson | null {
    const cursor = this.#cursor;
    const at = cursor.place;
    const members: LocatedJson[] = [];
    do {
      cursor.advance();
      if (!this.#flowGap()) return null;
      if (cursor.skip("]")) return listOf(members, at);
      const member = this.#flowValue(level + 1);
      if (member === null || !this.#flowGap()) return null;
      members.push(member);
    } while (cursor.token === ",");
    return cursor.skip("]") ? listOf(members, at) : null;
  }

  /** Passes blanks and line ends; false if the next line is not indented enough. */
  #flowGap(): boolean {
    const cursor = this.#cursor;
    const { line } = cursor;
    while (cursor.skipBlanks() || cursor.skip("\n"));
    return cursor.line === line || cursor.column > this.#blockColumn;
  }
}

/** A map so far. */
class MapBuilder {
  readonly #at: Position;
  readonly #value: Record<string, Json> = {};
  readonly #members: Record<string, LocatedTree> = {};

  constructor(at: Position) {
    this.#at = at;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#members, key);
  }

  add(key: string, { line, column }: Position, { value, located }: LocatedJson): void {
    this.#value[key] = value;
    this.#members[key] = { ...located, keyLine: line, keyColumn: column };
  }

  done(): LocatedJson {
    return { value: this.#value, located: { ...locatedAt(this.#at), members: this.#members } };
  }
}

function listOf(members: readonly LocatedJson[], at: Position): LocatedJson {
  const located = { ...locatedAt(at), members: members.map((member) => member.located) };
  return { value: members.map(({ value }) => value), located };
}

function plainScalar(text: string, at: Position): LocatedJson | null {
  if (isSureText(text)) return { value: text, located: locatedAt(at) };
  const value = text === "true" || text === "false" ? text === "true" : numberOf(text);
  return value === null ? null : { value, located: { ...locatedAt(at), sourceText: text } };
}

function numberOf(text: string): number | null {
  return PLAIN_NUMBER.test(text) ? Number(text) : null;
}

function isSureText(text: string): boolean {
  return SURE_TEXT.test(text) && !OTHER_THAN_TEXT.test(text) && refusedInValue(text) < 0;
}

function quotedScalar(token: string, at: Position): LocatedJson | null {
  if (!SIMPLE_QUOTED.test(token)) return null;
  const value = token.slice(1, -1);
  return refusedInValue(value) < 0 ? { value, located: locatedAt(at) } : null;
}
