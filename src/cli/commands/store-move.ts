import type { Layout } from "../screen/layout.ts";
import { counted } from "../../text/phrases.ts";
import type { ScreenLine } from "../../text/screen-line.ts";
import { verifyLines } from "../history/verification.ts";
import { show } from "../screen/print.ts";
import { withProgress } from "../screen/progress.ts";
import { wrapped } from "../../text/layout/wrap.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { requireInstallation } from "../toolbox/installation.ts";
import { addLocalOptions, type LocalOptions } from "../toolbox/options.ts";
import type { MoveOutcome } from "../../audit/backup.ts";

interface MoveOptions extends LocalOptions {
  readonly to: string;
}

export const storeMove: CliCommand<MoveOptions> = {
  name: "store move",
  summary: "move the record from the state directory to the database, while no controller runs",
  description:
    "Verifies the record of the state directory, copies it to the empty database that `state.database` names, and verifies the copy as the database returns it. Then the file is retired: it stays as evidence, and no version starts with it again. If the command is interrupted or fails, the file is still the record: run the command again, or remove `state.database` to go on with the file.",
  examples: [
    [
      "grantkeeper store move --to postgresql://gk@db.example.com/gk",
      "the URL is that of state.database, repeated to name the right database",
    ],
  ],
  define: (command) => {
    addLocalOptions(command).requiredOption("--to <url>", "the URL of state.database");
  },
  run: async ({ options, toolbox }) => {
    const installation = await requireInstallation(options, toolbox);
    const outcome = await withProgress("copying and verifying", toolbox, () =>
      installation.moveRecord({ to: options.to }),
    );
    const lines = (layout: Layout): readonly ScreenLine[] => moveLines(outcome, layout);
    await show({ value: outcome, lines }, options.output, toolbox);
    return outcome.kind === "moved" ? 0 : 3;
  },
};

function moveLines(outcome: MoveOutcome, layout: Layout): readonly ScreenLine[] {
  if (outcome.kind === "broken")
    return [
      ...verifyLines(outcome.report, layout),
      ...wrapped("Nothing was moved: the file in the state directory is still the record.", layout.width),
    ];
  const entries = counted(outcome.report.entries, "entry", "entries");
  return [
    ...wrapped(`Record moved to ${outcome.database}: ${entries}, verified`, layout.width),
    ...wrapped("The file in the state directory is retired: keep it as evidence.", layout.width),
    "Next: grantkeeper run",
  ];
}
