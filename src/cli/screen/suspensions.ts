import type { SuspensionObject } from "../../api/commands.ts";
import { API_VERSION } from "../../api/group.ts";
import type { OutputFormat } from "../toolbox/options.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";
import { show } from "./print.ts";
import { continued } from "../../text/layout/wrap.ts";
import { reflowed, type ScreenLine } from "../../text/screen-line.ts";

interface SuspensionChange {
  readonly items: readonly SuspensionObject[];
  readonly linesOf: (item: SuspensionObject) => readonly ScreenLine[];
}

/** The suspensions that a command started or ended. */
export function showSuspensions(
  { items, linesOf }: SuspensionChange,
  format: OutputFormat,
  toolbox: Toolbox,
): Promise<0> {
  const value = { apiVersion: API_VERSION, kind: "SuspensionList", items };
  const lines = items.flatMap(linesOf);
  return show(
    { value, lines: ({ width }) => reflowed(lines, (text) => continued(text, width)) },
    format,
    toolbox,
  );
}
