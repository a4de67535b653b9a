/** The text of a file that a person wrote, or why its bytes are not text. */
export type FileText =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "not-utf-8";
      /** Of the first byte that is not UTF-8. */
      readonly offset: number;
      readonly line: number;
      readonly looksLikeUtf16: boolean;
    };

/**
 * Decodes UTF-8, drops a byte order mark at the start and turns each CRLF into LF. Everything that splits or parses a
 * file works on this text, so that the line ends of an editor or of a checkout (`eol=crlf`) can never become part of a
 * value. A carriage return that is not part of a CRLF stays, for the caller to refuse.
 */
export function decodeFile(bytes: Uint8Array): FileText {
  const offset = firstWrongByte(bytes);
  if (offset === bytes.length) {
    return { kind: "text", text: new TextDecoder().decode(bytes).replaceAll("\r\n", "\n") };
  }
  const looksLikeUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return { kind: "not-utf-8", offset, line: lineOf(bytes, offset), looksLikeUtf16 };
}

/** Offset of the first byte that no UTF-8 text has there, the length if there is none. RFC 3629, section 4. */
function firstWrongByte(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return at;
}

/** 0 where no sequence begins. A byte past the end is NaN, which fits nowhere. */
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
