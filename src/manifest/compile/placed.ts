import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { ManifestDocument } from "../parse/parsed.ts";

/** A document in its namespace, with its problems from before compilation. */
export interface PlacedDocument<Document extends ManifestDocument> {
  readonly document: Document;
  /** The namespace of its folder; `platform` for the platform's folder. */
  readonly namespace: Namespace;
  readonly problems: readonly Diagnostic[];
}

/** The documents without a problem. */
export function usable<Document extends ManifestDocument>(
  placed: readonly PlacedDocument<Document>[],
): readonly Document[] {
  return placed.filter((one) => one.problems.length === 0).map((one) => one.document);
}
