import { readFile } from "node:fs/promises";
import type { RestoreOutcome } from "../../audit/backup.ts";
import type { Checkpoint } from "../../audit/checkpoint.ts";
import { counted } from "../../text/phrases.ts";
import { damagedCopies, readAnchors } from "../history/anchor-file.ts";
import { verifyLines } from "../history/verification.ts";
import type { Layout } from "../screen/layout.ts";
import { show } from "../screen/print.ts";
import { problemLines } from "../screen/problem.ts";
import { withProgress } from "../screen/progress.ts";
import { wrapped } from "../../text/layout/wrap.ts";
import { CliError, unreadableFile } from "../toolbox/cli-error.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { requireInstallation } from "../toolbox/installation.ts";
import { addLocalOptions, type LocalOptions } from "../toolbox/options.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";
import type { ScreenLine } from "../../text/screen-line.ts";

interface RestoreOptions extends LocalOptions {
  readonly anchors?: string;
  readonly reason?: string;
}

export const restore: CliCommand<RestoreOptions> = {
  name: "restore",
  summary: "replace the record by a backup, while no controller runs",
  description:
    "Verifies a backup, and replaces the record of the state directory by it. The replaced files are moved to a folder in the state directory. If a copy of a checkpoint or the replaced record shows that the backup lacks entries, nothing is restored without --reason. The record states that it was restored; approvals end, and the first enforcing run of each account awaits approval again, because decisions after the backup are not in it.",
  examples: [
    ["grantkeeper restore /backups/2026-11-28", "into the state directory of the operator's file"],
    [
      "grantkeeper restore /backups/2026-11-28 --anchors a.jsonl --reason INC-204",
      "the newest backup, although later entries are lost",
    ],
  ],
  define: (command) => {
    addLocalOptions(command.argument("<backup>", "a folder that `backup` wrote"))
      .option("--anchors <file>", "copies of checkpoints that were kept elsewhere, one in each line")
      .option("--reason <text>", "why entries after the backup may be lost; written to the audit record");
  },
  run: async ({ args: [from = ""], options, toolbox }) => {
    const { anchors: file, reason = null } = options;
    if (reason?.trim() === "")
      throw new CliError("--reason is empty", "name the reason, such as an incident");
    const installation = await requireInstallation(options, toolbox);
    const anchors = file === undefined ? [] : await anchorsIn(file, toolbox);
    const outcome = await withProgress("verifying", toolbox, () =>
      installation.restore({ from, anchors, reason }),
    );
    if (outcome.kind === "behind") throw behindError(outcome);
    const { stateDir } = installation.config;
    const lines = (layout: Layout): readonly ScreenLine[] => restoreLines(outcome, stateDir, layout);
    await show({ value: outcome, lines }, options.output, toolbox);
    return outcome.kind === "restored" ? 0 : 3;
  },
};

/** A file without any copy is another file: with it the restore would look as if it had been compared. */
async function anchorsIn(file: string, toolbox: Toolbox): Promise<readonly Checkpoint[]> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw unreadableFile(file, cause);
  });
  const anchors = await readAnchors(text, file, toolbox);
  if (anchors.length === 0)
    throw new CliError(
      `${file} has no copy of a checkpoint`,
      "name a copy of audit-anchors.jsonl, or of the log lines that contain the checkpoints",
    );
  return anchors;
}

function behindError({
  report,
  lostUpTo,
  seenAt,
}: Extract<RestoreOutcome, { readonly kind: "behind" }>): CliError {
  const last = report.last ?? 0;
  const evidence =
    seenAt === null ? "the record that it would replace" : `the copy of a checkpoint of ${seenAt}`;
  return new CliError(
    `the backup ends at entry ${last}, but ${evidence} shows that the record had ${counted(lostUpTo, "entry", "entries")}`,
    `use a newer backup, or accept the loss of entries ${last + 1} to ${lostUpTo} with --reason`,
    { exitCode: 3, code: "BackupBehind" },
  );
}

type FinalOutcome = Exclude<RestoreOutcome, { readonly kind: "behind" }>;

function restoreLines(outcome: FinalOutcome, stateDir: string, layout: Layout): readonly ScreenLine[] {
  if (outcome.kind === "broken") return [...verifyLines(outcome.report, layout), "Nothing was restored."];
  const { manifest, report, lostUpTo, before, hasNewKey } = outcome;
  const { width } = layout;
  const entries = counted(report.entries, "entry", "entries");
  const lost =
    lostUpTo === null
      ? []
      : [`Lost: entries ${(report.last ?? 0) + 1} to ${lostUpTo}, with the reason in the record`];
  return [
    ...wrapped(`Restored to ${stateDir}: ${entries} of the backup of ${manifest.at}, verified`, width),
    ...outcome.damagedCopies.flatMap((copies) => problemLines(damagedCopies(copies), width)),
    ...lost,
    ...(before === null ? [] : wrapped(`The replaced files are in ${before}`, width)),
    ...(hasNewKey
      ? wrapped(
          `The private audit key ${manifest.keyId} was in neither, so the record has a new one: give auditors ${stateDir}/audit-key.pub.pem in addition to the key before.`,
          width,
        )
      : []),
    ...wrapped(
      "Suspensions after the backup are not in it: create them again before you approve the first run of each account.",
      width,
    ),
    "Next: grantkeeper run, then grantkeeper status",
  ];
}
