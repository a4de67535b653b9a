import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { parsedJson } from "../text/json-values.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { exists } from "./exists.ts";

/** An entry that a database has confirmed. */
export interface ConfirmedEntry {
  readonly seq: number;
  readonly hash: string;
  /** ISO 8601: the time of the entry. */
  readonly at: string;
}

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
      writeFileSync(`${this.#path}.new`, `${JSON.stringify(this.#newest)}\n`, { mode: 0o600 });
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

/** null: there is no such file, or it cannot be read as one. */
export function readNewestEntry(path: string): ConfirmedEntry | null {
  if (!exists(path)) return null;
  const value = parsedJson(readFileSync(path, "utf8"));
  if (typeof value !== "object" || value === null) return null;
  const { seq, hash, at } = value as Readonly<Record<string, unknown>>;
  if (typeof seq !== "number" || typeof hash !== "string" || typeof at !== "string") return null;
  return { seq, hash, at };
}
