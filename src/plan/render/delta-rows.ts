import type { Delta } from "../../model/delta.ts";
import type { Origin } from "../../model/values/origin.ts";
import { rowLines, widthsOf, type Row } from "./columns.ts";
import { permissionChanges, type PermissionChange } from "./permission-changes.ts";
import type { Home } from "./words.ts";
import { type ScreenLine, signTone, toned } from "../../text/screen-line.ts";

/**
 * Prints one line for each grant, or for each statement and resource. The columns fit 80 columns together with the
 * indent.
 */
export function deltaLines(delta: Delta, home: Home, indent: string): readonly ScreenLine[] {
  return indentedLines(permissionChanges(delta, home).map(changeRow), indent);
}

/** Prints all declared permissions, without a sign, if there is no other state to compare them with. */
export function declaredLines(delta: Delta, home: Home, indent: string): readonly ScreenLine[] {
  const added = permissionChanges(delta, home).filter(({ sign }) => sign === "+");
  return indentedLines(
    added.map((change) => ({ ...changeRow(change), sign: "" })),
    indent,
  );
}

function indentedLines(rows: readonly Row[], indent: string): readonly ScreenLine[] {
  const widths = widthsOf(rows, indent.length);
  return rows.flatMap((row) =>
    toned(
      signTone(row.sign),
      rowLines(row, widths).map((line) => `${indent}${line}`),
    ),
  );
}

function changeRow(change: PermissionChange): Row {
  const { sign, what, on, actions, conditions, place, remark, origin } = change;
  const declared =
    origin === null
      ? place
      : sign === "-" || sign === "~"
        ? `was line ${origin.line}`
        : `line ${origin.line}`;
  const where = [place === "" ? "" : declared, remark].filter((part) => part !== "").join(", ");
  const below = [
    ...(actions.length === 0 ? [] : [actions.join(", ")]),
    ...conditions,
    ...fromTemplate(origin),
  ];
  return { sign, indent: "", cells: [what, on, where], below };
}

/** The lines above are those of the use: the permission itself is written in the template. */
export function fromTemplate(origin: Origin | null): readonly string[] {
  return origin?.template === undefined ? [] : [`from template ${origin.template.name}`];
}
