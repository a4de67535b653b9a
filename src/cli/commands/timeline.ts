import { Option } from "commander";
import { TIMELINE_RANGES, type TimelineRange } from "../../model/reads/timeline-range.ts";
import { accountNamesOf } from "../client/client.ts";
import { connect } from "../client/connect.ts";
import { noteRollbacks } from "../screen/rollbacks.ts";
import { show } from "../screen/print.ts";
import { timelineLines } from "../status/timeline-lines.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { addControllerOptions, LIST_FORMATS, type ControllerOptions } from "../toolbox/options.ts";

interface TimelineOptions extends ControllerOptions {
  readonly namespace?: string;
  readonly range: TimelineRange;
}

export const timeline: CliCommand<TimelineOptions> = {
  name: "timeline",
  summary: "show what drifts and since when, and what drifted",
  description:
    "Shows the bindings that drift, since when and by whom, those that drifted in the last hours or days and how that ended, and the times in which neither is known because an account was not read completely. The columns count drifting bindings; a time that was not read is ?, never _.",
  examples: [
    ["grantkeeper timeline", "the last 24 hours"],
    ["grantkeeper timeline --range 30d -n orders", "one namespace in the last 30 days"],
    ["grantkeeper timeline -o json", "for programs, with each step and gap"],
  ],
  define: (command) => {
    addControllerOptions(command, LIST_FORMATS)
      .option("-n, --namespace <name>", "of this namespace only")
      .addOption(new Option("--range <range>", "how far back").choices(TIMELINE_RANGES).default("24h"));
  },
  run: async ({ options, toolbox }) => {
    const client = await connect(options, toolbox);
    const { status: overview } = await client.overview();
    const accounts = accountNamesOf(overview.accounts);
    const object = await client.timeline(options.range, options.namespace);
    const { status } = object;
    const { namespace } = options;
    await noteRollbacks(overview, namespace === undefined ? null : [namespace], toolbox);
    return show(
      {
        value: object,
        lines: (layout) => timelineLines(status, { accounts, layout }),
        names: () => status.drifting.map(({ key }) => key),
      },
      options.output,
      toolbox,
    );
  },
};
