import { reach as reachOf } from "../../explain/reverse/reach.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { connect } from "../../cli/client/connect.ts";
import { addControllerOptions, countArgument, type ControllerOptions } from "../../cli/toolbox/options.ts";
import { show } from "../../cli/screen/print.ts";
import { theOnly } from "../../cli/toolbox/target.ts";
import { fetchMap } from "./fetch-map.ts";
import type { ReachAnswer } from "../../model/answers/questions/reached.ts";
import { reachLines } from "./reach-screen.ts";

interface ReachOptions extends ControllerOptions {
  readonly depth: number;
}

export const reach: CliCommand<ReachOptions> = {
  name: "reach",
  summary: "show what a function may do, and what follows from it",
  description:
    "Asks the running controller what a function may do in AWS, and follows the functions that it may run: those that it may call or replace, and those that a topic, bucket, event bus, log group or API may call after it was used. A permission is shown as it is in AWS; what is not declared, pending or not read has a sign.",
  examples: [
    ["grantkeeper reach orders/orders-api@prod", "what it may do, directly and through other functions"],
    [
      "grantkeeper reach orders/orders-api@prod --depth 1 -o json",
      "for programs, only functions that it may run directly",
    ],
  ],
  define: (command) => {
    command.argument("<target>", "NAMESPACE/NAME@ACCOUNT/REGION, or a shorter form of one function");
    addControllerOptions(command).option(
      "--depth <number>",
      "maximum number of steps, each from one function to the next",
      countArgument,
      3,
    );
  },
  run: async ({ args: [target = ""], options, toolbox }) => {
    const { map, meant } = await fetchMap(await connect(options, toolbox), target);
    const one = theOnly(target, meant);
    const value: ReachAnswer = {
      target: one.target,
      steps: reachOf(map, one.key, options.depth),
      unknown: map.unknown,
    };
    return show({ value, lines: (layout) => reachLines(value, layout) }, options.output, toolbox);
  },
};
