/** Where a text stops being JSON: 1-based, of the first character that can't stand there. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** null when the whole text is one JSON value. V8's own messages tell no place for most faults. */
export function jsonFault(text: string): TextPlace | null {
  const at = faultIndex(text);
  if (at === null) return null;
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

type Expected = "value" | "value or ]" | "key" | "key or }" | ":" | ", or ]" | ", or }" | "end";

const SPACE = /[ \t\r\n]*/y;
const SCALAR =
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** What may come after a token that is no whole value, by what was expected. */
const MARKS: Readonly<Record<Expected, Readonly<Record<string, Expected>>>> = {
  value: {},
  "value or ]": {},
  key: {},
  "key or }": {},
  ":": { ":": "value" },
  ", or ]": { ",": "value" },
  ", or }": { ",": "key" },
  end: {},
};

function faultIndex(text: string): number | null {
  const open: ("]" | "}")[] = [];
  let expected: Expected = "value";
  for (let at = skip(SPACE, text, 0); at < text.length; at = skip(SPACE, text, at)) {
    const step = nextStep(text, at, expected, open);
    if (step === null) return at;
    ({ at, expected } = step);
  }
  return expected === "end" ? null : text.length;
}

interface Step {
  readonly at: number;
  readonly expected: Expected;
}

/** Reads one token and keeps `open`, what is not closed yet; null when it can't stand there. */
function nextStep(text: string, at: number, expected: Expected, open: ("]" | "}")[]): Step | null {
  const letter = text[at] ?? "";
  const mark = MARKS[expected][letter];
  if (mark !== undefined) return { at: at + 1, expected: mark };
  if (expected.endsWith(` ${letter}`) && open.at(-1) === letter) {
    open.pop();
    return { at: at + 1, expected: afterValue(open) };
  }
  const isKey = expected.startsWith("key");
  if (!isKey && !expected.startsWith("value")) return null;
  if (!isKey && (letter === "{" || letter === "[")) {
    open.push(letter === "{" ? "}" : "]");
    return { at: at + 1, expected: letter === "{" ? "key or }" : "value or ]" };
  }
  const end = isKey && letter !== '"' ? at : skip(SCALAR, text, at);
  return end === at ? null : { at: end, expected: isKey ? ":" : afterValue(open) };
}

function afterValue(open: readonly ("]" | "}")[]): Expected {
  const last = open.at(-1);
  return last === undefined ? "end" : `, or ${last}`;
}

/** The place after the match, or the same place where nothing matches. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
