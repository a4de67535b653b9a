/** A process that writes one backup of a state directory; its last line is the outcome, or the failure with its fix. */
import { inThreads } from "../../src/cli/toolbox/in-threads.ts";
import { BackupError } from "../../src/store/backup/files.ts";
import { writeBackup } from "../../src/store/backup/recorded-backup.ts";

const [stateDir = "", to = ""] = process.argv.slice(2);
const at = "2026-11-28T09:00:00.000Z";
try {
  const { kind } = await writeBackup(
    { stateDir, to, instance: "main", version: "1", at, withKey: false },
    inThreads,
  );
  process.stdout.write(`${kind}\n`);
} catch (cause) {
  if (!(cause instanceof BackupError)) throw cause;
  process.stdout.write(`${cause.message}: ${cause.fix ?? ""}\n`);
}
