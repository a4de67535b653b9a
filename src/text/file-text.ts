import { errorAt, type Diagnostic } from "../model/diagnostic.ts";
import { err, ok, type Result } from "../model/values/result.ts";

/** The decoder's replacement for bytes that are not UTF-8. */
const REPLACEMENT = "\ufffd";
const REPLACEMENT_BYTES = [0xef, 0xbf, 0xbd];

/**
 * The text of a file that a person wrote, or why its bytes are not UTF-8. Drops a byte order mark at the start and turns
 * each CRLF into LF: everything that splits or parses a file works on this text, so that the line ends of an editor or of
 * a checkout (`eol=crlf`) can never become part of a value. A carriage return that is not part of a CRLF stays, for the
 * caller to refuse.
 */
export function decodeFile(file: string, bytes: Uint8Array): Result<string, Diagnostic> {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const offset = firstWrongByte(text, bytes);
  if (offset === bytes.length) return ok(text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n"));
  const looksLikeUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const line = 1 + bytes.subarray(0, offset).filter((byte) => byte === 0x0a).length;
  const message = `the file is not UTF-8 at byte ${offset}`;
  const fix = looksLikeUtf16 ? "it looks like UTF-16: save it as UTF-8" : "save the file as UTF-8";
  return err(errorAt({ file, line, column: 1, path: "" }, "not-utf-8", { message, fix }));
}

/** The offset of the first byte that the decoder replaced; the length if there is none. */
function firstWrongByte(text: string, bytes: Uint8Array): number {
  if (!text.includes(REPLACEMENT)) return bytes.length;
  const encoder = new TextEncoder();
  let offset = 0;
  for (const part of text.split(REPLACEMENT)) {
    offset += encoder.encode(part).length;
    const isWritten = REPLACEMENT_BYTES.every((byte, at) => bytes[offset + at] === byte);
    if (!isWritten) return offset;
    offset += REPLACEMENT_BYTES.length;
  }
  return offset;
}
