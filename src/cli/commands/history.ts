import type { AuditEvent } from "../../api/events.ts";
import { API_VERSION } from "../../api/group.ts";
import { accountNames } from "../account-names.ts";
import { CliError } from "../cli-error.ts";
import type { ApiClient } from "../client.ts";
import type { CliCommand } from "../command.ts";
import { connect } from "../connect.ts";
import { exportedHistory, type History } from "../exported-history.ts";
import { knownBindings } from "../keys.ts";
import {
  addListOutput,
  addServer,
  addWatch,
  countArgument,
  type OutputOptions,
  type ServerOptions,
  type WatchOptions,
} from "../options.ts";
import { show } from "../print.ts";
import { recentEvents } from "../recent-events.ts";
import { historyLines } from "../render/history.ts";
import { historyRows } from "../render/history-rows.ts";
import { appendNewRows } from "../append-rows.ts";
import type { Toolbox } from "../toolbox.ts";

interface HistoryOptions extends ServerOptions, OutputOptions, WatchOptions {
  readonly namespace?: string;
  readonly export?: string;
  readonly limit: number;
}

export const history: CliCommand<HistoryOptions> = {
  name: "history",
  summary: "show what happened, newest first",
  description:
    "Lists the entries of the audit record, newest first. The history of a target includes the approvals, rejections and suspensions that cover it. A write and its result are one line.",
  examples: [
    ["grantkeeper history", "the last 50 entries"],
    ["grantkeeper history orders/orders-api@prod --limit 200", "one function in one account"],
    ["grantkeeper history --watch", "append new lines as they happen"],
    ["grantkeeper history orders/orders-api --export audit.jsonl", "from an export, without a controller"],
  ],
  define: (command) => {
    addWatch(
      addListOutput(
        addServer(command.argument("[target]", "NAMESPACE/NAME@ACCOUNT/REGION, or a shorter form")),
      ),
    )
      .option("-n, --namespace <name>", "of this namespace only")
      .option("--export <file>", "read a file that `audit export` wrote, or - for standard input")
      .option("--limit <count>", "at most so many entries, up to 1000", countArgument, 50);
  },
  run: async ({ args: [target], options, toolbox }) => {
    const read = await reader(target, options, toolbox);
    if (options.watch === true) {
      if (options.output !== "table" || options.export !== undefined)
        throw new CliError("--watch appends lines for people", "leave out --output and --export");
      await appendNewRows(read, toolbox);
      return 0;
    }
    const found = await read();
    const nowMs = toolbox.clock.nowMs();
    const rows = historyRows(found.events, { accounts: found.accounts, nowMs });
    await show(
      {
        value: { apiVersion: API_VERSION, kind: "EventList", items: found.events },
        lines: (layout) => historyLines(rows, nowMs, layout),
        names: () => rows.map(({ entry }) => String(entry)),
      },
      options.output,
      toolbox,
    );
    return 0;
  },
};

async function reader(
  target: string | undefined,
  options: HistoryOptions,
  toolbox: Toolbox,
): Promise<() => Promise<History>> {
  const { export: file, limit, namespace = null } = options;
  if (file !== undefined)
    return () => exportedHistory({ file, target: target ?? null, namespace, limit }, toolbox);
  const client = await connect(options, toolbox);
  return async () => ({
    events: await eventsOf(target, options, client),
    accounts: await accountNames(client),
  });
}

async function eventsOf(
  target: string | undefined,
  { namespace, limit }: HistoryOptions,
  client: ApiClient,
): Promise<readonly AuditEvent[]> {
  if (target === undefined) return recentEvents(client, { namespace, limit });
  const bindings = await knownBindings(target, client, namespace ?? null);
  const lists = await Promise.all(bindings.map(({ key }) => recentEvents(client, { key, limit })));
  // A decision may cover several of the keys.
  const bySeq = new Map(lists.flat().map((event) => [event.seq, event]));
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq).slice(0, limit);
}
