import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { ConfirmedEntry } from "../audit/verification/confirmed-entry.ts";
import { parsedJson } from "../text/json-values.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { errorCode } from "../model/values/error-code.ts";
import { StoreError } from "./errors.ts";
import { exists } from "./exists.ts";

const EVERY_MS = 1_000;

/**
 * A file with the newest entry that a database has confirmed to this process: a later start finds by it that the database has
 * lost entries. It is written at most once a second, and at the end; after a kill, it may be a second old.
 */
export class NewestEntryFile {
  readonly #path: string;
  readonly #telemetry: Telemetry;
  #newest: ConfirmedEntry | null = null;
  #written: ConfirmedEntry | null = null;
  #writtenMs = -Infinity;

  constructor(path: string, telemetry: Telemetry) {
    this.#path = path;
    this.#telemetry = telemetry;
  }

  confirmed(entry: ConfirmedEntry): void {
    this.#newest = entry;
    if (performance.now() - this.#writtenMs >= EVERY_MS) this.write();
  }

  /** The entry is durable in the database: without the file, the record lacks nothing. */
  write(): void {
    if (this.#newest === null || this.#newest === this.#written) return;
    this.#writtenMs = performance.now();
    try {
      writeFileSync(`${this.#path}.new`, `${JSON.stringify(this.#newest)}\n`, { mode: 0o600, flush: true });
      renameSync(`${this.#path}.new`, this.#path);
      this.#written = this.#newest;
    } catch (cause) {
      this.#telemetry.warn("the newest entry was not noted outside of the database", {
        file: this.#path,
        reason: cause instanceof Error ? cause.message : String(cause),
      });
    }
  }
}

/**
 * null: there is no such file. A damaged one may prove more than the database has.
 * @throws StoreError `unreadable-proof`
 */
export function readNewestEntry(path: string): ConfirmedEntry | null {
  const text = proofText(path);
  return text === null ? null : parsedNewestEntry(text, path);
}

function parsedNewestEntry(text: string, path: string): ConfirmedEntry {
  const value = parsedJson(text);
  const { seq, hash, at } = (typeof value === "object" ? (value ?? {}) : {}) as Readonly<
    Record<string, unknown>
  >;
  if (typeof seq !== "number" || typeof hash !== "string" || typeof at !== "string")
    throw new StoreError(
      "unreadable-proof",
      `${path} is damaged: it does not show which entry the database had confirmed last`,
    );
  return { seq, hash, at };
}

/** The text of a file that proves entries; null: there is no such file. @throws StoreError `unreadable-proof` */
export function proofText(path: string): string | null {
  if (!exists(path)) return null;
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const reason = errorCode(cause) ?? "error";
    throw new StoreError("unreadable-proof", `cannot read ${path} (${reason})`, cause);
  }
}
