import { readFile, rename, writeFile } from "node:fs/promises";
import { entryLine } from "../audit/canonical.ts";
import type { AuditEntry } from "../audit/entry.ts";
import type { AuditLog } from "../controller/ports/audit-log.ts";
import type { Clock } from "../controller/ports/clock.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { errorCode } from "../model/values/error-code.ts";
import { StoreError } from "./errors.ts";

export interface AuditStreamParts {
  readonly audit: Pick<AuditLog, "entries">;
  /** The file that remembers the last entry that was written. */
  readonly positionFile: string;
  /** Resolves when the receiver took the text; may take any time. Rejects if the receiver is gone. */
  readonly write: (text: string) => Promise<void>;
  readonly clock: Pick<Clock, "sleep">;
  readonly telemetry: Telemetry;
}

/** The last entry that the receiver took. The hash finds a record that was restored or replaced. */
type StreamPosition = Pick<AuditEntry, "seq" | "hash">;

/** The number of entries that are read and written together. */
const BATCH = 100;
const PAUSE_MS = 500;
/** Of a database server. */
const PASSING: ReadonlySet<StoreError["code"]> = new Set(["unreachable", "no-connection", "locked"]);
const START: StreamPosition = { seq: 0, hash: "" };

/**
 * Writes every entry as a line of the export, in order, and continues after a restart where it ended: an entry may be
 * written twice, but none is left out. A slow receiver delays only this loop, since entries wait in the record. Ends at
 * the signal, or with an error in the log when the receiver is gone or the record can't be read. Never rejects.
 */
export async function streamAudit(parts: AuditStreamParts, signal: AbortSignal): Promise<void> {
  try {
    let position = await startOf(parts);
    const file = new PositionFile(parts);
    while (!signal.aborted) {
      const next = await writeNext(position, parts, signal).catch((cause: unknown) =>
        afterPause(cause, { position, clock: parts.clock, signal }),
      );
      if (next !== position) await file.save(next);
      position = next;
    }
  } catch (cause) {
    if (signal.aborted) return;
    const reason = errorCode(cause) === "EPIPE" ? "its reader is gone" : String(cause);
    parts.telemetry.error("audit entries are no longer written to standard output", { reason });
  }
}

/** A database that does not answer is asked again; the controller reports it. Any other failure ends the stream. */
async function afterPause(
  cause: unknown,
  {
    position,
    clock,
    signal,
  }: Pick<AuditStreamParts, "clock"> & { readonly position: StreamPosition; readonly signal: AbortSignal },
): Promise<StreamPosition> {
  const isPassing = cause instanceof StoreError && PASSING.has(cause.code);
  if (!isPassing || signal.aborted) throw cause;
  await clock.sleep(PAUSE_MS, signal);
  return position;
}

/** @returns the same position if nothing was printed */
async function writeNext(
  position: StreamPosition,
  parts: AuditStreamParts,
  signal: AbortSignal,
): Promise<StreamPosition> {
  const entries = await entriesAfter(position.seq, parts);
  const last = entries.at(-1);
  if (last === undefined) {
    await parts.clock.sleep(PAUSE_MS, signal);
    return position;
  }
  const printed = parts.write(entries.map((entry) => `${entryLine(entry)}\n`).join(""));
  if (!(await endsBefore(signal, printed))) return position;
  return { seq: last.seq, hash: last.hash };
}

/** False if the signal came first: the receiver may not have all of it, so that it is written again. */
function endsBefore(signal: AbortSignal, printed: Promise<void>): Promise<boolean> {
  const done = Promise.withResolvers<boolean>();
  const stop = (): void => done.resolve(false);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  printed.then(() => done.resolve(true), done.reject);
  return done.promise.finally(() => signal.removeEventListener("abort", stop));
}

async function entriesAfter(
  seq: number,
  { audit }: Pick<AuditStreamParts, "audit">,
): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of audit.entries({ fromSeq: seq + 1, limit: BATCH })) entries.push(entry);
  return entries;
}

/** After the last entry that was taken; the beginning if this record does not have that entry. */
async function startOf({ audit, positionFile, telemetry }: AuditStreamParts): Promise<StreamPosition> {
  const saved = await readablePosition({ positionFile, telemetry });
  if (saved.seq === 0) return START;
  for await (const { hash } of audit.entries({ fromSeq: saved.seq, limit: 1 }))
    if (hash === saved.hash) return saved;
  telemetry.warn("all audit entries are written to standard output again: the record was replaced", {
    entry: saved.seq,
  });
  return START;
}

/** A file that cannot be read hides no entries: they are written again, and the next position replaces the file. */
async function readablePosition({
  positionFile,
  telemetry,
}: Pick<AuditStreamParts, "positionFile" | "telemetry">): Promise<StreamPosition> {
  try {
    return await savedPosition(positionFile);
  } catch (cause) {
    const reason = errorCode(cause);
    if (reason === undefined) throw cause;
    telemetry.warn("all audit entries are written to standard output again: their position cannot be read", {
      file: positionFile,
      reason,
    });
    return START;
  }
}

/** The number of the last entry that the receiver took; 0 if it took none yet. */
export async function streamedEntry(positionFile: string): Promise<number> {
  return (await savedPosition(positionFile)).seq;
}

async function savedPosition(file: string): Promise<StreamPosition> {
  try {
    const { seq, hash } = JSON.parse(await readFile(file, "utf8")) as Partial<StreamPosition>;
    return typeof seq === "number" && typeof hash === "string" ? { seq, hash } : START;
  } catch (cause) {
    // The first start, or a torn file of a host that stopped: the receiver gets entries again.
    const code = errorCode(cause);
    if (code === undefined || code === "ENOENT") return START;
    throw cause;
  }
}

class PositionFile {
  readonly #file: string;
  readonly #telemetry: Telemetry;
  #isFailing = false;

  constructor({ positionFile, telemetry }: Pick<AuditStreamParts, "positionFile" | "telemetry">) {
    this.#file = positionFile;
    this.#telemetry = telemetry;
  }

  /** If it cannot be written, a restart only writes entries again. This is logged when it begins. */
  async save(position: StreamPosition): Promise<void> {
    try {
      await writeFile(`${this.#file}.new`, JSON.stringify(position), { mode: 0o600 });
      await rename(`${this.#file}.new`, this.#file);
      this.#isFailing = false;
    } catch (cause) {
      const reason = errorCode(cause);
      if (reason === undefined) throw cause;
      if (!this.#isFailing)
        this.#telemetry.warn("the position of standard output cannot be written", {
          file: this.#file,
          reason,
        });
      this.#isFailing = true;
    }
  }
}
