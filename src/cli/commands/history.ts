import { foldedRows } from "../../wording/history/folded-rows.ts";
import { API_VERSION } from "../../api/group.ts";
import { CliError } from "../toolbox/cli-error.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { connect } from "../client/connect.ts";
import { exportedHistory } from "../history/exported-history.ts";
import {
  addControllerOptions,
  addWatch,
  countArgument,
  LIST_FORMATS,
  TARGET_FORM,
  type ControllerOptions,
  type WatchOptions,
} from "../toolbox/options.ts";
import { addFilter, filterOf, type FilterOptions } from "../toolbox/filter-options.ts";
import { unverifiedNote } from "../../wording/history/unverified.ts";
import { printNote, show } from "../screen/print.ts";
import { readHistory, type History } from "../history/read-history.ts";
import { noteRollbacks } from "../screen/rollbacks.ts";
import { historyLines } from "../history/history.ts";
import { appendNewRows } from "../history/append-rows.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";
import { counted } from "../../text/phrases.ts";

const MAX_LINES = 1_000;

interface HistoryOptions extends ControllerOptions, WatchOptions, FilterOptions {
  readonly namespace?: string;
  readonly export?: string;
  readonly limit: number;
}

export const history: CliCommand<HistoryOptions> = {
  name: "history",
  summary: "show what happened, newest first",
  description:
    "Lists the entries of the audit record, newest first. The history of a target or a namespace (-n) includes its waves, and the approvals, rejections and suspensions that cover it. A write and its result are one line, and so are a revert and its writes.",
  examples: [
    ["grantkeeper history", "the last 50 lines"],
    ["grantkeeper history orders/orders-api@prod --limit 200", "one function in one account"],
    ["grantkeeper history --by dana --since 2026-09-30", "what a person did since a day"],
    ["grantkeeper history --by Grantkeeper --since 2h", "what Grantkeeper did in the last two hours"],
    ["grantkeeper history --kind decisions,suspensions", "what people approved, rejected and suspended"],
    ["grantkeeper history --watch", "append new lines as they happen"],
    ["grantkeeper history orders/orders-api --export audit.jsonl", "from an export, without a controller"],
  ],
  define: (command) => {
    addWatch(addControllerOptions(command.argument("[target]", TARGET_FORM), LIST_FORMATS));
    addFilter(command.option("-n, --namespace <name>", "of this namespace only"))
      .option("--export <file>", "read a file that `audit export` wrote, or - for standard input")
      .option("--limit <count>", `the maximum number of lines, up to ${MAX_LINES}`, countArgument, 50);
  },
  run: async ({ args: [target], options, toolbox }) => {
    const read = await reader(target, options, toolbox);
    if (options.watch === true) {
      if (options.output !== "table" || options.export !== undefined)
        throw new CliError("--watch appends lines for people", "leave out --output and --export");
      await appendNewRows(read, toolbox);
      return 0;
    }
    const { rows, context, declaredBy, unverifiedFrom } = await read(null);
    if (declaredBy !== null) await noteRollbacks(declaredBy.overview, declaredBy.namespaces, toolbox);
    if (unverifiedFrom !== null) await printNote(unverifiedNote(unverifiedFrom), toolbox);
    const folded = foldedRows(rows, { kinds: options.kind ?? null, by: options.by ?? null });
    const items = rows.flatMap(({ events }) => events).sort((a, b) => b.seq - a.seq);
    return show(
      {
        value: {
          apiVersion: API_VERSION,
          kind: "EventList",
          ...(unverifiedFrom !== null && { unverifiedFrom }),
          items,
        },
        lines: (layout) => [
          ...historyLines(folded, { nowMs: context.nowMs, unverifiedFrom }, layout),
          ...(rows.length < options.limit ? [] : limitLines(options.limit, folded.length)),
        ],
        names: () => rows.map(({ entry }) => String(entry)),
      },
      options.output,
      toolbox,
    );
  },
};

/** There may be older lines: they are not counted. @param shown fewer than the limit if repeated lines are combined */
function limitLines(limit: number, shown: number): readonly string[] {
  const option = limit < MAX_LINES ? `--limit, up to ${MAX_LINES}` : "--until";
  const combined = shown < limit ? `, of ${limit} before repeated ones were combined` : "";
  return ["", `The newest ${counted(shown, "line")}${combined}; there may be older ones: ${option}`];
}

/** The newest lines, or all from an entry on. */
async function reader(
  target: string | undefined,
  options: HistoryOptions,
  toolbox: Toolbox,
): Promise<(from: number | null) => Promise<History>> {
  const { export: file, limit, namespace = null } = options;
  const filter = filterOf(options, toolbox.clock.nowMs());
  if (file !== undefined)
    return () => exportedHistory({ file, target: target ?? null, namespace, limit, filter }, toolbox);
  const client = await connect(options, toolbox);
  return (from) => {
    const extent = from === null ? { limit, from: 1 } : { limit: Infinity, from };
    return readHistory({ target, namespace, filter, ...extent }, client, toolbox.clock.nowMs());
  };
}
