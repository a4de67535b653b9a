import { describeEntry, entryNumber, exportedEntry } from "../history/audit-entry.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { connect } from "../client/connect.ts";
import { addControllerOptions, type ControllerOptions } from "../toolbox/options.ts";
import { show } from "../screen/print.ts";

interface ShowOptions extends ControllerOptions {
  readonly export?: string;
}

export const auditShow: CliCommand<ShowOptions> = {
  name: "audit show",
  summary: "show one entry of the audit record",
  description:
    "Shows everything that the record has about an entry: call, input, values before and after, actor, revision, AWS request id and time. A write is shown with its result. `describe entry NUMBER` shows the same.",
  examples: [
    ["grantkeeper audit show 18446", "from the running controller"],
    ["grantkeeper audit show 18446 --export audit.jsonl", "from an export, without a controller"],
  ],
  define: (command) => {
    addControllerOptions(command.argument("<number>", "of the entry, as `history` lists it")).option(
      "--export <file>",
      "read a file that `audit export` wrote, or - for standard input",
    );
  },
  run: async ({ args: [number = ""], options, toolbox }) => {
    const seq = entryNumber(number);
    const answer =
      options.export === undefined
        ? await describeEntry(seq, await connect(options, toolbox), toolbox.clock.nowMs())
        : await exportedEntry(seq, options.export, toolbox);
    return show(answer, options.output, toolbox);
  },
};
