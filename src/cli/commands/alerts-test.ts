import type { AlertTestObject } from "../../api/commands.ts";
import { connect } from "../client/connect.ts";
import { show } from "../screen/print.ts";
import { problemLines } from "../screen/problem.ts";
import { continued } from "../../text/layout/wrap.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { addControllerOptions, type ControllerOptions } from "../toolbox/options.ts";
import type { ScreenLine } from "../../text/screen-line.ts";

export const alertsTest: CliCommand<ControllerOptions> = {
  name: "alerts test",
  summary: "send a test alert to a route, and show what its receiver answers",
  description:
    "Sends one message, marked as a test, to a route of `alerts` in the operator's file, past the messages that wait. The exit code is 3 if the receiver, or a part of it, does not accept it. The audit record names the sender.",
  examples: [
    ["grantkeeper alerts test platform", "after a change of its receiver"],
    ["grantkeeper alerts test platform -o json", "for a script"],
  ],
  define: (command) => {
    addControllerOptions(command.argument("<route>", "its name in the operator's file"));
  },
  run: async ({ args: [route = ""], options, toolbox }) => {
    const value = await (await connect(options, toolbox)).testAlert(route);
    await show({ value, lines: ({ width }) => testLines(value, width) }, options.output, toolbox);
    return value.status.problem === null ? 0 : 3;
  },
};

function testLines({ metadata, status }: AlertTestObject, width: number): readonly ScreenLine[] {
  const { accepted, answer, problem } = status;
  const place = metadata.name;
  return [
    ...(accepted ? continued(`accepted: ${place}: ${answer ?? ""}`, width) : []),
    ...(problem === null
      ? []
      : problemLines(
          { level: accepted ? "warning" : "error", place, message: problem.cause, hint: problem.fix },
          width,
        )),
  ];
}
