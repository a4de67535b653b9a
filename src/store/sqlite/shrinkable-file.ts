import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { SqliteConnection } from "./connection.ts";

/** VACUUM writes a second file, and then its pages to the log of the first one. */
const COPIES = 2;
const SPARE_BYTES = 100_000_000;
/** In memory, since a container often has a small /tmp; a larger file is in the folder of SQLite for temporary files. */
const MOST_IN_MEMORY = 200_000_000;
/** Of `PRAGMA auto_vacuum`: the file cannot return pages to the file system. */
const NEVER = 0;

/**
 * Rewrites the file of an earlier version once, so that it can return the pages of removed entries to the file system. It is
 * one transaction of SQLite: after a crash the file is the one before or the one after. Where it is not possible, the
 * file stays as it is, and its free pages are used for new entries.
 * @see https://www.sqlite.org/lang_vacuum.html
 */
export function makeShrinkable(
  db: SqliteConnection,
  freeBytes: () => number,
  telemetry: Pick<Telemetry, "info" | "warn">,
): void {
  const pragma = (name: string): number => Number(db.pragma(name, { simple: true }));
  if (pragma("auto_vacuum") !== NEVER) return;
  const bytes = pragma("page_count") * pragma("page_size");
  const neededBytes = COPIES * bytes + SPARE_BYTES;
  const unchanged = (reason: string): void =>
    telemetry.warn("the record file cannot shrink", {
      reason,
      hint: `it is tried again at each start, and needs ${neededBytes} free bytes on the disk of the state directory${
        bytes > MOST_IN_MEMORY
          ? `, and ${bytes} in the folder that SQLITE_TMPDIR names (default: /var/tmp or /tmp)`
          : ""
      }`,
    });
  try {
    const free = freeBytes();
    if (free < neededBytes) return unchanged(`the disk has ${free} free bytes`);
    telemetry.info("the record file is rewritten once, so that it can shrink", { bytes });
    db.pragma(`temp_store = ${bytes > MOST_IN_MEMORY ? "FILE" : "MEMORY"}`);
    db.pragma("auto_vacuum = INCREMENTAL");
    db.exec("VACUUM");
  } catch (cause) {
    unchanged(String(cause));
  } finally {
    db.pragma("temp_store = DEFAULT");
  }
}
