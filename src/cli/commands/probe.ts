import type { Layout } from "../screen/layout.ts";
import { noteLines } from "../screen/problem.ts";
import { Argument } from "commander";
import { connectionOf } from "../client/connect.ts";
import { askLiveness, askReadiness, type ReadinessAnswer } from "../client/probe-answer.ts";
import { show } from "../screen/print.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { addControllerOptions, durationOption, type ControllerOptions } from "../toolbox/options.ts";
import { type ScreenLine } from "../../text/screen-line.ts";

interface ProbeOptions extends ControllerOptions {
  readonly timeout: number;
}

export const probe: CliCommand<ProbeOptions> = {
  name: "probe",
  summary: "ask whether the controller is alive or ready",
  description:
    "Asks /healthz or /readyz of the controller, for the health checks of containers and services that have no HTTP client. It needs no token. The exit code is 0 if the answer is yes, 3 if the controller is not ready yet, and 4 if it does not answer in time.",
  examples: [
    ["grantkeeper probe", "does it answer"],
    ["grantkeeper probe ready", "does it answer from a revision; accounts may still be compared"],
  ],
  define: (command) => {
    const what = new Argument("[what]", "what to ask").choices(["live", "ready"]).default("live");
    addControllerOptions(command.addArgument(what)).addOption(
      durationOption("--timeout <duration>", "how long to wait for the answer", "5s"),
    );
  },
  run: async ({ args: [what], options, toolbox }) => {
    const connection = await connectionOf(options, toolbox);
    const signal = AbortSignal.any([toolbox.signal, AbortSignal.timeout(options.timeout)]);
    if (what !== "ready") {
      const value = await askLiveness(connection, signal);
      return show({ value, lines: () => ["live"] }, options.output, toolbox);
    }
    const value = await askReadiness(connection, signal);
    await show({ value, lines: (layout) => readinessLines(value, layout) }, options.output, toolbox);
    return value.ready ? 0 : 3;
  },
};

function readinessLines(
  { ready, waitingFor, comparing }: ReadinessAnswer,
  { width }: Layout,
): readonly ScreenLine[] {
  if (!ready)
    return [waitingFor.length === 0 ? "not ready" : `not ready: waiting for ${waitingFor.join(", ")}`];
  return [
    "ready",
    ...(comparing ?? []).flatMap(({ account, failing }) => {
      const cause = failing === null ? "" : `, and its reads fail: ${failing}`;
      return noteLines(`account ${account} is not compared yet since the start${cause}`, width);
    }),
  ];
}
