import type { ConfigProblem } from "../problem.ts";
import type { PlaceOf } from "../read-file.ts";
import type { ParsedConfig } from "../schema.ts";

/** What the record in a database does not have. */
export function* stateProblems(
  { state, audit, backups }: Pick<ParsedConfig, "state" | "audit" | "backups">,
  placeOf: PlaceOf,
): Generator<ConfigProblem> {
  if (state.database === undefined) return;
  if (audit.retention !== undefined)
    yield {
      where: placeOf(["audit", "retention"]),
      message: "audit.retention is not available with state.database yet: every entry is kept",
      fix: "remove audit.retention and audit.archive",
    };
  if (typeof backups.maxAge === "number")
    yield {
      where: placeOf(["backups", "maxAge"]),
      message: "backups.maxAge is not available with state.database: watch the backups of the database",
      fix: "remove backups.maxAge",
    };
}
