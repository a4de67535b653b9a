import { hasEnded, type CompiledDocument } from "../../model/desired.ts";
import { warningAt, type Diagnostic } from "../../model/diagnostic.ts";
import { placeOfEnd } from "./claim-places.ts";
import type { ManifestDocument } from "../parse/parsed.ts";

/** A past `until` is only a warning: as an error it would quarantine its entire manifest at that moment. */
export function expiredGrants(
  document: CompiledDocument,
  nowMs: number,
  from: ManifestDocument | undefined,
): readonly Diagnostic[] {
  const ended = document.statements.filter((statement) => hasEnded(statement, nowMs));
  return ended.map(({ origin, until }) =>
    warningAt(from === undefined ? origin : placeOfEnd(from, origin), "expired-grant", {
      message: `this ended on ${until}`,
      fix: "remove it, or give it a new end",
    }),
  );
}
