import type { RollbackObject } from "../../api/commands.ts";
import { shortRevision } from "../../model/values/revision.ts";
import { type ScreenLine } from "../../text/screen-line.ts";
import { connect } from "../client/connect.ts";
import { show } from "../screen/print.ts";
import { deadline } from "../../wording/time.ts";
import { CliError } from "../toolbox/cli-error.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { addControllerOptions, durationArgument, type ControllerOptions } from "../toolbox/options.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

interface RollbackOptions extends ControllerOptions {
  readonly namespace?: string;
  readonly reason: string;
  readonly for?: number;
  readonly end?: true;
}

export const rollback: CliCommand<RollbackOptions> = {
  name: "rollback",
  summary: "apply an older revision for a limited time",
  description:
    "Puts an older accepted revision of the source in force until --for ends, at most 7 days. Today's guard rules, limits and change windows decide about each of its plans. Pushes are fetched meanwhile, and not applied. Revert the commits in Git before the end: the newest revision is applied then.",
  examples: [
    [
      "grantkeeper rollback main@9c1d04e --for 2h --reason INC-4410",
      "back to a revision of the platform source",
    ],
    ["grantkeeper rollback 9c1d04e2 -n orders --for 2h --reason INC-4410", "of the source of one namespace"],
    ['grantkeeper rollback --end --reason "INC-4410 is over"', "before its time"],
  ],
  define: (command) => {
    addControllerOptions(
      command.argument(
        "[revision]",
        "an accepted revision, as `history` shows it, or 7 or more digits of its hash",
      ),
    )
      .option("-n, --namespace <name>", "the source of this namespace instead of the platform source")
      .requiredOption("--reason <text>", "reason, written to the audit record")
      .option("--for <duration>", "how long, such as 30m or 2h", durationArgument)
      .option("--end", "end the rollback that is in force");
  },
  run: async ({ args: [revision], options, toolbox }) => {
    const { reason, namespace, for: forMs, end } = options;
    const client = await connect(options, toolbox);
    const source = namespace === undefined ? {} : { namespace };
    const nowMs = toolbox.clock.nowMs();
    if (end === true) {
      if (revision !== undefined || forMs !== undefined)
        throw new CliError("--end takes neither a revision nor --for", "leave them out");
      const ended = await client.endRollback({ ...source, reason });
      return show({ value: ended, lines: () => [endedLine(ended)] }, options.output, toolbox);
    }
    if (revision === undefined)
      throw new CliError("name the revision", "grantkeeper history --kind revision-accepted");
    if (forMs === undefined)
      throw new CliError(
        "a rollback needs its end",
        "add --for and a duration, such as --for 2h (at most 7d)",
      );
    const made = await client.create("rollbacks", { ...source, revision, reason, for: `${forMs / 1_000}s` });
    return show({ value: made, lines: () => rolledBackLines(made, nowMs) }, options.output, toolbox);
  },
};

function rolledBackLines({ metadata, spec, status }: RollbackObject, nowMs: number): readonly ScreenLine[] {
  const option = spec.namespace === null ? "" : ` -n ${spec.namespace}`;
  return [
    `rolled back ${metadata.name}: ${shortRevision(spec.revision)} instead of ${shortRevision(status.from)}, until ${deadline(spec.until, nowMs)}`,
    ...labelledLines("note", "pushes are fetched and not applied until then"),
    ...labelledLines(
      "note",
      "its plans may wait for an approval or a change window: grantkeeper get approvals",
      // The command stays on one line, to be copied.
      { width: 100 },
    ),
    ...labelledLines("hint", `grantkeeper rollback --end${option} --reason TEXT`),
  ];
}

function endedLine({ metadata, spec }: RollbackObject): string {
  return `ended the rollback of ${metadata.name} to ${shortRevision(spec.revision)}: the newest revision is fetched, and applied unless it is held or refused`;
}
