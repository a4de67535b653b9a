import type { Diagnostic } from "../model/diagnostic.ts";
import { errorAt } from "./diagnostics.ts";

/**
 * What YAML or a terminal would read in its own way: control characters (NUL and DEL pass the parser), byte order
 * marks inside the text, a carriage return that ends no line, and the characters that turn the reading direction and
 * so hide what a line says.
 */
const REFUSED =
  // eslint-disable-next-line no-control-regex -- intentional: this is the list of what is refused
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|\r(?!\n|$)/;

export type Decoded =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "refused"; readonly diagnostic: Diagnostic };

/** UTF-8 with or without a byte order mark; anything else is refused with the offset of the first wrong byte. */
export function decodeText(file: string, bytes: Uint8Array): Decoded {
  const wrong = firstWrongByte(bytes);
  if (wrong === bytes.length) return { kind: "text", text: new TextDecoder().decode(bytes) };
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const mend = utf16 ? "it looks like UTF-16: save it as UTF-8" : "save the file as UTF-8";
  const place = { file, line: lineOf(bytes, wrong), column: 1, path: "" };
  return {
    kind: "refused",
    diagnostic: errorAt(place, "not-utf-8", `the file is not UTF-8 at byte ${wrong}`, mend),
  };
}

/** Offset of the first refused character, -1 when there is none. */
export function refusedCharacter(text: string): number {
  return text.search(REFUSED);
}

/** `U+0000`, for a message that must not repeat the character itself. */
export function characterName(text: string, offset: number): string {
  return `U+${text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Offset of the first byte that no UTF-8 text has there, the length when there is none. RFC 3629, section 4. */
function firstWrongByte(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return at;
}

/** 0 where no sequence begins; past the end a byte is NaN, which fits nowhere. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = Number(bytes[at]);
  if (lead < 0x80) return 1;
  const length = leadLength(lead);
  if (length === 0 || !secondFits(lead, Number(bytes[at + 1]))) return 0;
  for (let offset = 2; offset < length; offset += 1) {
    if ((Number(bytes[at + offset]) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

function leadLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/** No overlong forms, no surrogates, nothing past U+10FFFF. */
function secondFits(lead: number, second: number): boolean {
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return second >= low && second <= high;
}

function lineOf(bytes: Uint8Array, end: number): number {
  let line = 1;
  for (let at = 0; at < end; at += 1) if (bytes[at] === 0x0a) line += 1;
  return line;
}
