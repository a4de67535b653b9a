import { printParseErrorCode, type ParseError } from "jsonc-parser";

/** Why a text is no JSON: the offset, the problem, and how to fix it. */
export interface JsonFault {
  readonly at: number;
  readonly message: string;
  readonly fix: string | null;
}

type ErrorCode = ReturnType<typeof printParseErrorCode>;

const EXPECTED: Readonly<Partial<Record<ErrorCode, string>>> = {
  ValueExpected: "a value",
  PropertyNameExpected: "a name in double quotes",
  ColonExpected: '":"',
  CommaExpected: "a comma or a closing bracket",
  CloseBracketExpected: 'a comma or "]"',
  CloseBraceExpected: 'a comma or "}"',
  EndOfFileExpected: "the end of the text",
};

/** An error of the parser with its exact place, and a fix for the usual mistakes. */
export function faultOf(text: string, { error, offset }: ParseError): JsonFault {
  const code = printParseErrorCode(error);
  if (
    text[offset] === '"' &&
    /^(UnexpectedEndOfString|Invalid(Unicode|EscapeCharacter|Character))$/.test(code)
  )
    return brokenText(text, offset);
  const at = text.slice(offset).trim() === "" ? text.length : offset;
  const expected = EXPECTED[code];
  const found = at === text.length ? "the end of the text" : JSON.stringify(text.charAt(at));
  const message = expected === undefined ? `unexpected ${found}` : `expected ${expected}, found ${found}`;
  return { at, message, fix: at === text.length ? "close what is open" : fixOf(text, at, code) };
}

/** A text without a closing quote, or with a character that JSON does not allow in one. */
function brokenText(text: string, from: number): JsonFault {
  for (let at = from + 1; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (letter === "\n" || letter === "\r")
      return { at: from, message: "a text has no closing quote on its line", fix: "close it with a quote" };
    if (letter < " ") {
      const fix = letter === "\t" ? 'write "\\t"' : "remove it";
      return { at, message: "a text contains a control character", fix };
    }
    if (letter !== "\\") continue;
    if (!/^\\(["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(text.slice(at, at + 6)))
      return { at, message: "a backslash begins no escape of JSON", fix: 'write "\\\\" for a backslash' };
    at += 1;
  }
  return { at: from, message: "a text has no closing quote", fix: "close it with a quote" };
}

function fixOf(text: string, at: number, code: ErrorCode): string | null {
  const letter = text.charAt(at);
  const before = text.slice(0, at).trimEnd();
  if (/[}\]]/.test(letter) && before.endsWith(",")) return "remove the comma before it";
  if (/["{]/.test(letter) && /^(Comma|Close)/.test(code)) return "put a comma before it";
  if (/['‘’“”]/.test(letter)) return 'write "straight double quotes"';
  if (/[/#]/.test(letter)) return "JSON has no comments: remove it";
  if (/[A-Za-z_$]/.test(letter)) return "put it in double quotes";
  return code === "EndOfFileExpected" ? "one file holds one document" : null;
}
