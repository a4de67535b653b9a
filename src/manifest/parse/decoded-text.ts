import type { Diagnostic } from "../../model/diagnostic.ts";
import { decodeFile } from "../../text/file-text.ts";
import { errorAt } from "../diagnostics.ts";

export type Decoded =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "refused"; readonly diagnostic: Diagnostic };

/** UTF-8 with or without a byte order mark; anything else is refused with the offset of the first wrong byte. */
export function decodeText(file: string, bytes: Uint8Array): Decoded {
  const decoded = decodeFile(bytes);
  if (decoded.kind === "text") return decoded;
  const { line, offset, looksLikeUtf16 } = decoded;
  const fix = looksLikeUtf16 ? "it looks like UTF-16: save it as UTF-8" : "save the file as UTF-8";
  const place = { file, line, column: 1, path: "" };
  return {
    kind: "refused",
    diagnostic: errorAt(place, "not-utf-8", `the file is not UTF-8 at byte ${offset}`, fix),
  };
}
