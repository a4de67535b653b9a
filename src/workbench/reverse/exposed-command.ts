import type { CliCommand } from "../../cli/toolbox/command.ts";
import { connect } from "../../cli/client/connect.ts";
import { addControllerOptions, LIST_FORMATS, type ControllerOptions } from "../../cli/toolbox/options.ts";
import { noteAskedRollbacks } from "../../cli/screen/rollbacks.ts";
import { show } from "../../cli/screen/print.ts";
import { exposedLines } from "./exposed-screen.ts";

interface ExposedOptions extends ControllerOptions {
  readonly exitCode?: true;
}

export const exposed: CliCommand<ExposedOptions> = {
  name: "exposed",
  summary: "list the functions that principals outside your accounts may call",
  description:
    "Asks the running controller which functions everyone, other accounts and organizations, or services on behalf of anyone may call, by the last read of their policies: each statement, and the line of the manifest that declares it. A token for all namespaces also sees functions without a manifest. Functions whose policies were not read are listed as unknown.",
  examples: [
    ["grantkeeper exposed", "each statement that admits principals outside your accounts"],
    ["grantkeeper exposed --exit-code", "for scripts: 2 if there is one, 3 if it is not known"],
  ],
  define: (command) => {
    addControllerOptions(command, LIST_FORMATS).option(
      "--exit-code",
      "exit with 2 if a function is exposed, with 3 if policies were not read",
    );
  },
  run: async ({ options, toolbox }) => {
    const client = await connect(options, toolbox);
    const { status } = await client.exposed();
    await noteAskedRollbacks(client, null, toolbox);
    const names = (): readonly string[] => status.functions.map(({ target }) => target);
    await show(
      { value: status, lines: (layout) => exposedLines(status, layout), names },
      options.output,
      toolbox,
    );
    if (options.exitCode !== true) return 0;
    if (status.unknown.length + status.unread.length > 0) return 3;
    return status.functions.length > 0 ? 2 : 0;
  },
};
