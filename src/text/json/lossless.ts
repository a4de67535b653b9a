const [QUOTE, BACKSLASH, COLON, MINUS, ZERO, NINE] = [0x22, 0x5c, 0x3a, 0x2d, 0x30, 0x39];

/** More zeros than this are written out for no exponent. */
const MAX_EXPONENT = 64;

/** What JavaScript's parser loses of a text. */
export interface JsonLosses {
  /** How many members the text gives its objects: more than the value has if a name occurs twice. */
  readonly names: number;
  /** The text, with the numbers that JavaScript would write otherwise as strings. */
  readonly kept: string;
  /** A number too long to write out, such as `1e400`. */
  readonly outOfRange: string | null;
}

/** Looks through a text that JSON.parse takes; one pass, since every comparison does it. */
export function findLosses(text: string): JsonLosses {
  let names = 0;
  let kept = "";
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at);
    else if (code === COLON) names += 1;
    else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      const literal = numberAt(text, at);
      const plain = plainNumber(literal);
      if (plain === undefined) return { names, kept: text, outOfRange: literal };
      if (String(Number(literal)) !== plain) {
        kept += `${text.slice(from, at)}"${plain}"`;
        from = at + literal.length;
      }
      at += literal.length - 1;
    }
  }
  return { names, kept: from === 0 ? text : kept + text.slice(from), outOfRange: null };
}

/** Nearly all strings end at the next quote; behind a backslash each character is looked at. */
function stringEnd(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  if (text.charCodeAt(at - 1) !== BACKSLASH) return at;
  at = start + 1;
  while (text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

function numberAt(text: string, at: number): string {
  const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  number.lastIndex = at;
  return number.exec(text)?.[0] ?? "";
}

/** Without an exponent, else as it is written: `1e3` is `1000`, `1.0` stays `1.0`. */
function plainNumber(literal: string): string | undefined {
  const [mantissa = "", exponent] = literal.split(/e/i);
  if (exponent === undefined) return literal;
  const shift = Number(exponent);
  if (Math.abs(shift) > MAX_EXPONENT) return undefined;
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [integer = "", fraction = ""] = mantissa.slice(sign.length).split(".");
  const digits = "0".repeat(Math.max(0, -shift)) + integer + fraction + "0".repeat(Math.max(0, shift));
  const point = Math.max(0, -shift) + integer.length + shift;
  const [left, right] = [digits.slice(0, point).replace(/^0+(?=\d)/, ""), digits.slice(point)];
  return sign + left + (/[1-9]/.test(right) ? `.${right}` : "");
}
