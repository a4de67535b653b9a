import { brokenFault, type Expected } from "./fault.ts";
import { MAX_DEPTH, type JsonFault, type JsonMember, type JsonNode, type JsonText } from "./node.ts";

/**
 * Reads JSON and keeps where everything stands; V8's parser tells no place for most faults, and keeps the last of two
 * members of one name. Iterative: depth costs no stack.
 */
export function readJson(text: string): JsonText {
  const reader = new Reader(text);
  const fault = reader.read();
  if (fault !== null) return { kind: "broken", fault };
  const value: unknown = JSON.parse(text);
  return { kind: "json", root: reader.root(), value };
}

interface OpenList {
  readonly kind: "list";
  readonly at: number;
  readonly members: JsonNode[];
}

interface OpenObject {
  readonly kind: "object";
  readonly at: number;
  readonly members: JsonMember[];
}

const [QUOTE, BACKSLASH, FIRST_IN_TEXT] = [0x22, 0x5c, 0x20];
const SPACE = /[ \t\r\n]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const PLAIN = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

class Reader {
  readonly #text: string;
  readonly #open: (OpenList | OpenObject)[] = [];
  #at = 0;
  #expected: Expected = "value";
  #name: { readonly name: string; readonly nameAt: number } | null = null;
  #root: JsonNode | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  root(): JsonNode {
    if (this.#root === null) throw new Error("a text that was read has a root");
    return this.#root;
  }

  /** null when the whole text is one JSON value. */
  read(): JsonFault | null {
    for (this.#skipSpace(); this.#at < this.#text.length; this.#skipSpace()) {
      if (!this.#step()) return brokenFault(this.#text, this.#at, this.#expected);
      if (this.#open.length <= MAX_DEPTH) continue;
      const message = `it is nested deeper than ${MAX_DEPTH} levels`;
      return { kind: "depth", at: this.#at - 1, message, fix: "write it flatter: no policy is as deep" };
    }
    return this.#expected === "end" ? null : brokenFault(this.#text, this.#at, this.#expected);
  }

  /** Reads one token; false when it can't stand here. */
  #step(): boolean {
    const letter = this.#text.charAt(this.#at);
    if (this.#takeMark(letter)) return true;
    if (this.#expected.endsWith(` ${letter}`)) return this.#close();
    if (this.#expected.startsWith("name")) return this.#takeName();
    if (!this.#expected.startsWith("value")) return false;
    if (letter === "{" || letter === "[") return this.#openAt(letter);
    const at = this.#at;
    const end = letter === '"' ? this.#endOfText() : this.#endOf(PLAIN);
    if (end === at) return false;
    this.#at = end;
    this.#add({ kind: "scalar", at });
    return true;
  }

  #takeMark(letter: string): boolean {
    const next = MARKS[this.#expected][letter];
    if (next === undefined) return false;
    this.#at += 1;
    this.#expected = next;
    return true;
  }

  #takeName(): boolean {
    const nameAt = this.#at;
    const end = this.#endOfText();
    if (end === nameAt) return false;
    this.#at = end;
    this.#name = { name: String(JSON.parse(this.#text.slice(nameAt, end))), nameAt };
    this.#expected = ":";
    return true;
  }

  #openAt(letter: "{" | "["): true {
    const at = this.#at;
    const opened: OpenList | OpenObject =
      letter === "{" ? { kind: "object", at, members: [] } : { kind: "list", at, members: [] };
    this.#add(opened);
    this.#open.push(opened);
    this.#at += 1;
    this.#expected = letter === "{" ? "name or }" : "value or ]";
    return true;
  }

  #close(): true {
    this.#open.pop();
    this.#at += 1;
    this.#expectAfterValue();
    return true;
  }

  /** What is opened stands in its place at once, and is filled there. */
  #add(node: JsonNode): void {
    const around = this.#open.at(-1);
    if (around === undefined) this.#root = node;
    else if (around.kind === "list") around.members.push(node);
    else if (this.#name !== null) around.members.push({ ...this.#name, value: node });
    this.#expectAfterValue();
  }

  #expectAfterValue(): void {
    const around = this.#open.at(-1);
    this.#expected = around === undefined ? "end" : around.kind === "list" ? ", or ]" : ", or }";
  }

  #skipSpace(): void {
    this.#at = this.#endOf(SPACE);
  }

  /** The same for a string. Letter by letter: one pattern for all of it would take the stack for a long one. */
  #endOfText(): number {
    if (this.#text[this.#at] !== '"') return this.#at;
    for (let at = this.#at + 1; at < this.#text.length; at += 1) {
      const code = this.#text.charCodeAt(at);
      if (code === QUOTE) return at + 1;
      if (code < FIRST_IN_TEXT) return this.#at;
      if (code !== BACKSLASH) continue;
      const end = this.#endOf(ESCAPE, at);
      if (end === at) return this.#at;
      at = end - 1;
    }
    return this.#at;
  }

  /** The place after the match, or the same place where nothing matches. */
  #endOf(pattern: RegExp, at = this.#at): number {
    pattern.lastIndex = at;
    return pattern.test(this.#text) ? pattern.lastIndex : at;
  }
}

/** What may come after a token that is no whole value, by what was expected. */
const MARKS: Readonly<Record<Expected, Readonly<Record<string, Expected>>>> = {
  value: {},
  "value or ]": {},
  name: {},
  "name or }": {},
  ":": { ":": "value" },
  ", or ]": { ",": "value" },
  ", or }": { ",": "name" },
  end: {},
};
