import { parseFile } from "../../../../src/manifest/parse/parse.ts";
import { DEFAULT_MANIFEST_LIMITS } from "../../../../src/manifest/parse/parsed.ts";
import type { ParsedFile } from "../../../../src/manifest/parse/parsed.ts";
import { diagnosticText } from "../../../support/manifests.ts";

export const PATH = "teams/orders/a.yaml";

export function bytesOf(...parts: readonly (string | readonly number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : part)),
  );
}

export function problems(file: ParsedFile): readonly string[] {
  const ofDocuments = file.documents.flatMap((document) =>
    document.kind === "invalid" ? document.diagnostics : [],
  );
  return [...file.diagnostics, ...ofDocuments].map(diagnosticText);
}

export function parse(bytes: Uint8Array, path = PATH): ParsedFile {
  return parseFile({ path, bytes }, DEFAULT_MANIFEST_LIMITS);
}
