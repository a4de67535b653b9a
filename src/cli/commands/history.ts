import { API_VERSION } from "../../api/group.ts";
import type { AuditEvent } from "../../api/events.ts";
import type { CliCommand } from "../command.ts";
import { accountNames } from "../account-names.ts";
import { connect } from "../connect.ts";
import { knownBindings } from "../keys.ts";
import { addOutput, addServer, countArgument, type OutputOptions, type ServerOptions } from "../options.ts";
import { show } from "../print.ts";
import { recentEvents } from "../recent-events.ts";
import { historyLines } from "../render/history.ts";
import type { ApiClient } from "../client.ts";

interface HistoryOptions extends ServerOptions, OutputOptions {
  readonly namespace?: string;
  readonly limit: number;
}

export const history: CliCommand<HistoryOptions> = {
  name: "history",
  summary: "what happened, newest first",
  description: "Lists the record's entries, newest first: of everything, or of what the target means.",
  examples: [
    ["grantkeeper history", "the last 50 entries"],
    ["grantkeeper history orders/orders-api@prod --limit 200", "of one function in one account"],
  ],
  define: (command) => {
    addOutput(addServer(command.argument("[target]", "NAMESPACE/NAME@ACCOUNT/REGION, or a shorter form")))
      .option("-n, --namespace <name>", "of this namespace only")
      .option("--limit <count>", "at most so many entries, up to 1000", countArgument, 50);
  },
  run: async ({ args: [target], options, toolbox }) => {
    const client = await connect(options, toolbox);
    const events = await eventsOf(target, options, client);
    const accounts = await accountNames(client);
    const lines = (): readonly string[] => historyLines(events, accounts);
    await show(
      { value: { apiVersion: API_VERSION, kind: "EventList", items: events }, lines },
      options.output,
      toolbox,
    );
    return 0;
  },
};

async function eventsOf(
  target: string | undefined,
  { namespace, limit }: HistoryOptions,
  client: ApiClient,
): Promise<readonly AuditEvent[]> {
  if (target === undefined) return recentEvents(client, { namespace, limit });
  const bindings = await knownBindings(target, client, namespace ?? null);
  const lists = await Promise.all(bindings.map(({ key }) => recentEvents(client, { key, limit })));
  return lists
    .flat()
    .sort((a, b) => b.seq - a.seq)
    .slice(0, limit);
}
