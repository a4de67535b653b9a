import { conditionText, namesText, recordedRow, shortNames, documentName } from "../../iam/row-text.ts";
import type { Surface } from "../../iam/compare/surface.ts";
import type { PermissionRow, RecordedRow } from "../../model/delta.ts";
import { table } from "../../cli/screen/table.ts";
import { type ScreenLine } from "../../text/screen-line.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

/** A row a permission: who (for a function's policies), what, on what, and what limits it. */
export function surfaceLines({ rows, unclear, isComplete }: Surface): readonly ScreenLine[] {
  const limits = isComplete
    ? []
    : labelledLines("note", "too large to compare in full: some rows may be denied, or shown twice");
  const notUnderstood = [
    ...unclear.map(
      ({ from, condition }) => `not understood in ${documentName(from)}: ${conditionText(condition)}`,
    ),
    ...limits,
  ];
  if (rows.length === 0) return ["nothing is allowed", ...notUnderstood];
  const hasPrincipals = rows.some(({ row }) => row.principal !== null);
  const lines = table<Surface["rows"][number]>(
    [
      ...(hasPrincipals
        ? [
            {
              title: "WHO",
              cell: ({ row }: Surface["rows"][number]) =>
                row.principal === null ? "" : namesText(row.principal),
            },
          ]
        : []),
      { title: "ACTION", cell: ({ row }) => shortNames(row.action) },
      { title: "ON", cell: ({ row }) => shortNames(row.resource) },
      { title: "FROM", cell: ({ row }) => placeText(row) },
      { title: "LIMITS", cell: limitsText },
    ],
    rows,
  );
  return [...lines, ...notUnderstood];
}

function limitsText({ row, within, except }: Surface["rows"][number]): string {
  const limits = [
    ...whenTexts(row),
    ...(within === null ? [] : [`within ${namedText(within)} of ${placeText(within)}`]),
    ...(except ?? []).map((denial) => ["but for", namedText(denial), ...whenTexts(denial)].join(" ")),
    ...(except === null ? ["but for Deny rows, too many to compare"] : []),
    ...(row.risk === "none" ? [] : [`risk: ${row.risk}`]),
  ];
  return limits.join(", ");
}

function namedText({ action, resource }: PermissionRow): string {
  return `${shortNames(action)} on ${shortNames(resource)}`;
}

function whenTexts({ condition }: PermissionRow): readonly string[] {
  return condition.kind === "none" ? [] : [`when ${conditionText(condition)}`];
}

function placeText({ from, sid }: PermissionRow): string {
  const name = documentName(from);
  return sid === null ? name : `${name} ${sid}`;
}

/** A surface as `-o json` prints it. */
export function recordedSurface({ rows, unclear, isComplete }: Surface): Surface<RecordedRow> {
  return {
    rows: rows.map(({ row, within, except }) => ({
      row: recordedRow(row),
      within: within && recordedRow(within),
      except: except && except.map(recordedRow),
    })),
    unclear: unclear.map(recordedRow),
    isComplete,
  };
}
