import type { CliCommand } from "../toolbox/command.ts";
import { connect } from "../client/connect.ts";
import {
  addControllerOptions,
  addWatch,
  SCREEN_FORMATS,
  type ControllerOptions,
  type WatchOptions,
} from "../toolbox/options.ts";
import { answerText } from "../screen/print.ts";
import type { Layout } from "../screen/layout.ts";
import { statusLines } from "../status/status.ts";
import { isQuiet } from "../../wording/overall-answer.ts";
import { printAndWatch } from "../screen/watch.ts";
import type { ScreenLine } from "../../text/screen-line.ts";

interface StatusOptions extends ControllerOptions, WatchOptions {
  readonly exitCode?: true;
}

export const status: CliCommand<StatusOptions> = {
  name: "status",
  summary: "show overall health and required actions",
  description:
    'Shows the accepted revision, every account, the required actions, and what was reverted in the last 24 hours. If every account was compared since the start of the controller and no action is required, the first line is "No action required." Of more than ten accounts, those with nothing to report are one line: `-o wide` lists all. DECLARED is how many of the functions in AWS a manifest declares; a token with namespaces has `-`, because a function without a manifest belongs to no namespace.',
  examples: [
    ["grantkeeper status", "of the controller that ./grantkeeper.yaml names"],
    ["grantkeeper status --watch", "print again whenever it changes"],
    ["grantkeeper status --exit-code", "for scripts: 3 if an action is required or not known yet"],
    ["grantkeeper status --server https://gk.example.com -o json", "of another controller, for programs"],
  ],
  define: (command) => {
    addWatch(addControllerOptions(command, SCREEN_FORMATS)).option(
      "--exit-code",
      "exit with 3 if an action is required, or if an account is not compared yet",
    );
  },
  run: async ({ options, toolbox }) => {
    const client = await connect(options, toolbox);
    let isRequired = false;
    const text = async (): Promise<string> => {
      const overview = await client.overview();
      isRequired = !isQuiet(overview.status);
      const lines = (layout: Layout): readonly ScreenLine[] => statusLines(overview.status, layout);
      const names = (): readonly string[] => overview.status.actionRequired.map(({ target }) => target);
      return answerText({ value: overview, lines, names }, options.output, toolbox);
    };
    await printAndWatch(text, options.watch === true, toolbox);
    return options.exitCode === true && isRequired ? 3 : 0;
  },
};
