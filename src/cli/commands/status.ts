import type { CliCommand } from "../command.ts";
import { connect } from "../connect.ts";
import {
  addOutput,
  addServer,
  addWatch,
  type OutputOptions,
  type ServerOptions,
  type WatchOptions,
} from "../options.ts";
import { answerText } from "../print.ts";
import { statusLines } from "../render/status.ts";
import { printAndWatch } from "../watch.ts";

export const status: CliCommand<ServerOptions & OutputOptions & WatchOptions> = {
  name: "status",
  summary: "is everything all right, and what needs me",
  description: "Shows the accepted revision, every account, and what waits for a person.",
  examples: [
    ["grantkeeper status", "of the controller that ./grantkeeper.yaml names"],
    ["grantkeeper status --watch", "again whenever it changes"],
    ["grantkeeper status --server https://gk.example.com -o json", "of another one, for programs"],
  ],
  define: (command) => {
    addWatch(addOutput(addServer(command)));
  },
  run: async ({ options, toolbox }) => {
    const client = await connect(options, toolbox);
    const text = async (): Promise<string> => {
      const overview = await client.overview();
      return answerText(
        { value: overview, lines: () => statusLines(overview.status) },
        options.output,
        toolbox,
      );
    };
    await printAndWatch(text, options.watch === true, toolbox);
    return 0;
  },
};
