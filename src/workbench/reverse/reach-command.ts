import type { CliCommand } from "../../cli/toolbox/command.ts";
import { connect } from "../../cli/client/connect.ts";
import { addControllerOptions, countUpTo, type ControllerOptions } from "../../cli/toolbox/options.ts";
import { noteAskedRollbacks } from "../../cli/screen/rollbacks.ts";
import { show } from "../../cli/screen/print.ts";
import { knownBindings } from "../../cli/client/known-bindings.ts";
import { theOnly } from "../../cli/toolbox/target.ts";
import { DEFAULT_DEPTH, MAX_DEPTH } from "../../model/answers/questions/reached.ts";
import { reachLines } from "./reach-screen.ts";

interface ReachOptions extends ControllerOptions {
  readonly depth: number;
}

export const reach: CliCommand<ReachOptions> = {
  name: "reach",
  summary: "show what a function may do, and what follows from it",
  description:
    "Asks the running controller what a function may do in AWS, and follows the functions that it may run: those that it may call or replace, and those that a topic, bucket, event bus, log group or API may call after it was used. A permission is shown as it is in AWS; what is not declared, pending, or declared and not observed in AWS has a sign.",
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
      `maximum number of steps, each from one function to the next, up to ${MAX_DEPTH}`,
      countUpTo(MAX_DEPTH),
      DEFAULT_DEPTH,
    );
  },
  run: async ({ args: [target = ""], options, toolbox }) => {
    const client = await connect(options, toolbox);
    const { key } = theOnly(target, await knownBindings(target, client, null));
    const { status } = await client.reach(key, options.depth);
    await noteAskedRollbacks(client, null, toolbox);
    return show({ value: status, lines: (layout) => reachLines(status, layout) }, options.output, toolbox);
  },
};
