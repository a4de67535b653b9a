import type { AuditEntry } from "../../../audit/entry.ts";
import type { ChainPart } from "../../../audit/link-run.ts";
import { EntryReader, type EntryRange } from "./entry-reader.ts";
import { openRecord } from "../schema/migrations.ts";
import { recordLinks, type RunInThreads } from "./links.ts";

/** The audit of a database file, read only. It takes no lock and can be used while a controller is running. */
export interface SqliteAuditReader {
  readonly entries: (range: EntryRange) => AsyncIterable<AuditEntry>;
  /** The lines of the export; an unreadable entry becomes a line that fails verification. */
  readonly lines: (range: EntryRange) => AsyncIterable<string>;
  /** The complete record for verification, in order and in blocks of any size; a large record is read on all cores. */
  readonly links: (inThreads: RunInThreads) => AsyncIterable<readonly ChainPart[]>;
  /** The number of the first entry; it rises while retention removes entries. */
  readonly firstSeq: () => number;
  /** The number of the last entry; 0 before the first. */
  readonly lastSeq: () => number;
  readonly close: () => void;
}

/** @throws StoreError `missing`, `damaged`, `newer-version` */
export function openAuditReader(path: string): SqliteAuditReader {
  return openRecord(path, (db) => {
    const reader = new EntryReader(db);
    return {
      entries: (range) => reader.entries(range),
      lines: (range) => reader.lines(range),
      links: (inThreads) => recordLinks(reader, db.name, inThreads),
      firstSeq: () => reader.firstSeq(),
      lastSeq: () => reader.lastSeq(),
      close: () => void db.close(),
    };
  });
}
