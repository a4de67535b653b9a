import type { BackupOutcome } from "../../audit/backup.ts";
import { counted } from "../../text/phrases.ts";
import { damagedCopies } from "../history/anchor-file.ts";
import { verifyLines } from "../history/verification.ts";
import type { Layout } from "../screen/layout.ts";
import { show } from "../screen/print.ts";
import { problemLines } from "../screen/problem.ts";
import { withProgress } from "../screen/progress.ts";
import { wrapped } from "../../text/layout/wrap.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { requireInstallation } from "../toolbox/installation.ts";
import { addLocalOptions, type LocalOptions } from "../toolbox/options.ts";
import type { ScreenLine } from "../../text/screen-line.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

interface BackupOptions extends LocalOptions {
  readonly to: string;
  readonly withAuditKey?: true;
}

export const backup: CliCommand<BackupOptions> = {
  name: "backup",
  summary: "copy the record to a new folder, also while a controller runs",
  description:
    "Copies the record of the state directory at one point in time, with the public audit keys and the copies of checkpoints, and verifies the copy. The folder gets its name only when it is complete, verified and on disk. The private audit key is not copied unless you ask for it, because its holder can sign a changed record.",
  examples: [["grantkeeper backup --to /backups/2026-11-28", "a new folder; restore puts it back"]],
  define: (command) => {
    addLocalOptions(command)
      .requiredOption("--to <folder>", "a folder that does not exist yet")
      .option("--with-audit-key", "copy the private audit key too: protect the backup like a password");
  },
  run: async ({ options, toolbox }) => {
    const { to, withAuditKey = false } = options;
    const installation = await requireInstallation(options, toolbox);
    const outcome = await withProgress("copying and verifying", toolbox, () =>
      installation.backup({ to, withKey: withAuditKey }),
    );
    const lines = (layout: Layout): readonly ScreenLine[] => backupLines(outcome, to, layout);
    await show({ value: outcome, lines }, options.output, toolbox);
    return outcome.kind === "written" ? 0 : 3;
  },
};

function backupLines(outcome: BackupOutcome, to: string, layout: Layout): readonly ScreenLine[] {
  if (outcome.kind === "broken") {
    const copy = "No backup was written. Copy the state directory as it is, and keep the copy as evidence.";
    return [...verifyLines(outcome.report, layout), ...wrapped(copy, layout.width)];
  }
  const { manifest, report, unrecorded } = outcome;
  const hasKey = Object.hasOwn(manifest.files, "audit-key.pem");
  const key = hasKey
    ? "It contains the private audit key: protect it like a password."
    : "The private audit key is not in it: a state directory without a key gets a new one.";
  return [
    ...wrapped(
      `Backup written to ${to}: ${counted(report.entries, "entry", "entries")}, verified`,
      layout.width,
    ),
    ...outcome.damagedCopies.flatMap((copies) => problemLines(damagedCopies(copies), layout.width)),
    ...(unrecorded === undefined ? [] : labelledLines("warning", unrecordedText(unrecorded), layout)),
    ...wrapped(key, layout.width),
    `To restore it: grantkeeper restore ${to}`,
  ];
}

function unrecordedText(reason: string): string {
  return `status and the metrics do not show this backup: ${reason}; run the command as root or the user of the controller`;
}
