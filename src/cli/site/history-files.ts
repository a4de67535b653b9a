import type { AuditEvent, EventObject } from "../../api/events.ts";
import type { HistoryPart, SiteEvidence } from "../../api/browser/site.ts";
import { entryLine } from "../../audit/canonical.ts";
import { contentProblem } from "../../audit/chain.ts";
import { anchorLine } from "../../audit/anchor.ts";
import { parseCheckpoint, type Checkpoint } from "../../audit/checkpoint.ts";
import type { AuditEntry } from "../../audit/entry.ts";
import type { Moments } from "./moments.ts";
import type { Key } from "../../model/keys/key.ts";
import { EntryFiles, type KeyHistory } from "./entry-files.ts";
import type { PatientReader } from "./patient-reader.ts";
import type { ExportedFiles } from "./site-files.ts";

const PAGE = 500;

const EVIDENCE = "evidence/audit.jsonl";
const CHECKPOINT = "evidence/checkpoint.json";

interface HistoryFileParts {
  readonly reader: PatientReader;
  readonly files: ExportedFiles;
  readonly moments: Moments;
  /** ISO 8601: older entries are left out; null: none is. */
  readonly since: string | null;
  /** The token sees every entry: only then are they a chain. */
  readonly isAll: boolean;
}

export interface ExportedHistory {
  readonly parts: readonly HistoryPart[];
  readonly evidence: SiteEvidence;
  readonly ofKey: (key: Key) => KeyHistory;
}

/**
 * Writes the record as the page reads it, newest first, and its lines as the chain has them. With `since` it ends with the last entry
 * of this time or later, and has every entry between: after a clock was set back, older times are among newer ones.
 */
export async function writeHistory(request: HistoryFileParts): Promise<ExportedHistory> {
  const writer = new HistoryWriter(request);
  const { since } = request;
  let older: readonly AuditEvent[] = [];
  for await (const { items } of request.reader.pages<EventObject>("/events", PAGE)) {
    const events = [...older, ...items.map(({ event }) => event)];
    const wanted = since === null ? events.length : events.findLastIndex(({ at }) => at >= since) + 1;
    if (wanted > 0) await writer.add(events.slice(0, wanted));
    older = events.slice(wanted);
    if (older.length >= PAGE) break;
  }
  return writer.end();
}

class HistoryWriter {
  readonly #request: HistoryFileParts;
  readonly #parts: HistoryPart[] = [];
  readonly #pieces: string[] = [];
  readonly #entryFiles = new EntryFiles();
  #head: AuditEvent | null = null;
  /** The entry that follows the next older one. */
  #newer: AuditEvent | null = null;
  #checkpoint: Checkpoint | null = null;
  #broken: string | null = null;

  constructor(request: HistoryFileParts) {
    this.#request = request;
  }

  /** @param events newest first, at least one */
  async add(events: readonly AuditEvent[]): Promise<void> {
    const { files, isAll, moments } = this.#request;
    const file = `history-${numbered(this.#parts.length)}`;
    for (const event of events) this.#look(event, file);
    const [newest, oldest] = [events[0]?.seq ?? 0, events.at(-1)?.seq ?? 0];
    moments.see(events[0]?.at ?? null);
    await files.writeData(file, events);
    const kinds = [...new Set(events.map(({ kind }) => kind))].sort();
    this.#parts.push({ file, count: events.length, newest, oldest, kinds });
    if (!isAll) return;
    const piece = `evidence/piece-${numbered(this.#pieces.length)}`;
    const lines = events.map((event) => `${entryLine(entryOf(event))}\n`);
    await files.writePiece(piece, lines.reverse().join(""));
    this.#pieces.push(piece);
  }

  #look(event: AuditEvent, file: string): void {
    this.#head ??= event;
    this.#entryFiles.add(entryOf(event), file);
    if (!this.#request.isAll) return;
    this.#broken ??= problemOf(event, this.#newer);
    this.#newer = event;
    if (event.kind === "checkpoint") this.#checkpoint ??= parseCheckpoint(event) ?? null;
  }

  async end(): Promise<ExportedHistory> {
    const evidence = await this.#writeEvidence();
    return { parts: this.#parts, evidence, ofKey: (key) => this.#entryFiles.of(key) };
  }

  async #writeEvidence(): Promise<SiteEvidence> {
    const { files, isAll } = this.#request;
    const [first, last] = [this.#parts.at(-1)?.oldest ?? null, this.#head?.seq ?? null];
    if (!isAll) return { kind: "selection", first, last };
    if (first === null || last === null) return { kind: "no-entries" };
    await files.joinPieces(EVIDENCE, this.#pieces.toReversed());
    const checkpoint = this.#checkpoint;
    if (checkpoint !== null) await files.write(CHECKPOINT, `${anchorLine(checkpoint)}\n`);
    return {
      kind: "chain",
      first,
      last,
      head: this.#head === null ? "" : entryOf(this.#head).hash,
      checkpoint:
        checkpoint === null ? null : { upTo: checkpoint.upTo, at: checkpoint.at, keyId: checkpoint.keyId },
      broken: this.#broken,
    };
  }
}

/** Why the entry cannot be the one before `newer`, or is not the one that was hashed; null: nothing is wrong. */
function problemOf(event: AuditEvent, newer: AuditEvent | null): string | null {
  const problem = contentProblem(entryOf(event));
  if (problem !== null) return `entry ${event.seq}: ${problem}`;
  if (newer === null) return null;
  if (newer.seq !== event.seq + 1) return `entries are missing between ${event.seq} and ${newer.seq}`;
  return newer["prev"] === event["hash"] ? null : `entry ${newer.seq} does not follow entry ${event.seq}`;
}

/** Entries are plain data: their hash is over their JSON. */
function entryOf(event: AuditEvent): AuditEntry {
  return event as unknown as AuditEntry;
}

/** Sorted as text as by number. */
export function numbered(at: number): string {
  return String(at).padStart(6, "0");
}
