import type { JsonFault } from "./node.ts";

/** What a reader of JSON waits for; what stands behind `or` closes what is open. */
export type Expected = "value" | "value or ]" | "name" | "name or }" | ":" | ", or ]" | ", or }" | "end";

const WORDS = {
  value: "a value",
  "value or ]": 'a value or "]"',
  name: "a name in double quotes",
  "name or }": 'a name in double quotes or "}"',
  ":": '":"',
  ", or ]": '"," or "]"',
  ", or }": '"," or "}"',
  end: "the end of the text",
} as const satisfies Record<Expected, string>;

/** In words what breaks the JSON at a place, with a fix for what people do. */
export function brokenFault(text: string, at: number, expected: Expected): JsonFault {
  return { kind: "syntax", ...wordsFor(text, at, expected) };
}

type Words = Omit<JsonFault, "kind">;

function wordsFor(text: string, at: number, expected: Expected): Words {
  if (at >= text.length) {
    const message = `the text ends where ${WORDS[expected]} is expected`;
    return { at, message, fix: "close what is open" };
  }
  const letter = text.charAt(at);
  const isWord = expected.startsWith("value") || expected.startsWith("name");
  if (letter === '"' && isWord) return brokenText(text, at);
  const message = `${WORDS[expected]} is expected, not ${JSON.stringify(letter)}`;
  return { at, message, fix: fixOf(text, at, expected) };
}

const CONTROL = /[\u0000-\u001f]/;

/** A text that no closing quote ends, or that holds what JSON does not let stand in one. */
function brokenText(text: string, from: number): Words {
  for (let at = from + 1; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (letter === "\n" || letter === "\r")
      return {
        at: from,
        message: "a text begins here and does not end on its line",
        fix: "close it with a quote",
      };
    if (CONTROL.test(letter)) {
      const fix = letter === "\t" ? 'write "\\t"' : "remove it";
      return { at, message: "a text holds a control character", fix };
    }
    if (letter !== "\\") continue;
    if (!/^\\(["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(text.slice(at, at + 6)))
      return {
        at,
        message: "a backslash stands before what it can't escape",
        fix: 'write "\\\\" for a backslash',
      };
    at += 1;
  }
  return { at: from, message: "a text begins here and does not end", fix: "close it with a quote" };
}

function fixOf(text: string, at: number, expected: Expected): string | null {
  const letter = text.charAt(at);
  const before = text.slice(0, at).trimEnd();
  if ((letter === "}" || letter === "]") && before.endsWith(",")) return "remove the comma before it";
  if (/["'‘’“”]/.test(letter) && expected.startsWith(",")) return "put a comma before it";
  if (/['‘’“”]/.test(letter)) return 'write "straight double quotes"';
  if (letter === "/" || letter === "#") return "JSON has no comments: remove it";
  if (letter === "{" && expected.startsWith(",")) return "put a comma before it";
  if (/[A-Za-z_$]/.test(letter) && expected.startsWith("name")) return "put the name in double quotes";
  if (/[A-Za-z_$]/.test(letter) && expected.startsWith("value")) return "put the text in double quotes";
  if (expected === "end") return "one file holds one document";
  return null;
}
