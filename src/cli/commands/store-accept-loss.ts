import type { LossOutcome } from "../../audit/backup.ts";
import type { ScreenLine } from "../../text/screen-line.ts";
import type { Layout } from "../screen/layout.ts";
import { show } from "../screen/print.ts";
import { wrapped } from "../../text/layout/wrap.ts";
import { CliError } from "../toolbox/cli-error.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { requireInstallation } from "../toolbox/installation.ts";
import { addLocalOptions, type LocalOptions } from "../toolbox/options.ts";

interface AcceptLossOptions extends LocalOptions {
  readonly reason?: string;
}

export const storeAcceptLoss: CliCommand<AcceptLossOptions> = {
  name: "store accept-loss",
  summary: "go on with a database that has lost entries of the record, while no controller runs",
  description:
    "Compares the database with the copies of checkpoints and the newest entry that the state directory has. If the database has lost entries, nothing is changed without --reason. With it, the record states who accepted the loss and why; approvals end, and the first enforcing run of each account awaits approval again, because later decisions may be lost. The proofs of the lost entries are set aside. Run it with --reason at each replica: the first one records the loss, and the others set their proofs aside.",
  examples: [
    ["grantkeeper store accept-loss", "show what is lost"],
    ['grantkeeper store accept-loss --reason "INC-204, no newer standby"', "go on without these entries"],
  ],
  define: (command) => {
    addLocalOptions(command).option(
      "--reason <text>",
      "why these entries are given up; written to the audit record",
    );
  },
  run: async ({ options, toolbox }) => {
    const { reason = null } = options;
    if (reason?.trim() === "")
      throw new CliError("--reason is empty", "name the reason, such as an incident");
    const installation = await requireInstallation(options, toolbox);
    const outcome = await installation.acceptLoss({ reason });
    if (outcome.kind === "lost") throw lostError(outcome);
    const lines = (layout: Layout): readonly ScreenLine[] => lossLines(outcome, layout);
    await show({ value: outcome, lines }, options.output, toolbox);
    return 0;
  },
};

function lostError({
  database,
  last,
  lostUpTo,
  file,
  isRecorded,
}: Extract<LossOutcome, { readonly kind: "lost" }>): CliError {
  const record = last < lostUpTo ? `ends at entry ${last}` : `has another entry ${lostUpTo}`;
  return new CliError(
    `the record in ${database} ${record}, but ${file} proves entries up to ${lostUpTo}`,
    isRecorded
      ? "the record states this loss already: the same command with --reason sets the proofs of this replica aside"
      : "restore a newer copy of the database, or accept the loss with --reason",
    { exitCode: 3, code: "EntriesLost" },
  );
}

function lossLines(
  outcome: Exclude<LossOutcome, { readonly kind: "lost" }>,
  { width }: Layout,
): readonly ScreenLine[] {
  const { database } = outcome;
  if (outcome.kind === "complete")
    return wrapped(
      `The record in ${database} has all entries that this state directory proves: nothing was changed.`,
      width,
    );
  const { lostUpTo, isRecorded, setAside } = outcome;
  return [
    ...wrapped(
      isRecorded
        ? `The record in ${database} already states that entries up to ${lostUpTo} are lost.`
        : `Recorded in ${database}: entries up to ${lostUpTo} are lost, with the reason.`,
      width,
    ),
    ...setAside.flatMap((file) => wrapped(`Set aside as evidence: ${file}`, width)),
    ...wrapped(
      "Suspensions in the lost entries are gone: create them again before you approve the first run of each account.",
      width,
    ),
    "Next: the same command at each other replica, then grantkeeper run",
  ];
}
