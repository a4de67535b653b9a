import type { AuditEntry } from "../../audit/entry.ts";
import type { Link } from "../../audit/link.ts";
import type { Result } from "../../model/result.ts";
import { StoreError } from "../errors.ts";
import { openReader, type Connection } from "./connection.ts";
import { EntryReader, type EntryRange } from "./entry-reader.ts";
import { checkVersion } from "./migrations.ts";
import { recordLinks, type InThreads } from "./record-links.ts";

/** The audit of a database file, for those who only read: no lock, also beside a running controller. */
export interface AuditReader {
  readonly entries: (range: EntryRange) => AsyncIterable<AuditEntry>;
  /** The lines of the export; what can't be read is a line that fails verification. */
  readonly lines: (range: EntryRange) => AsyncIterable<string>;
  /** The whole record for its verification, in its order and in blocks of any size; a large one is read on every core. */
  readonly links: (inThreads: InThreads) => AsyncIterable<readonly Result<Link, string>[]>;
  readonly close: () => void;
}

/** @throws StoreError `missing`, `damaged`, `newer-version` */
export function openAuditReader(path: string): AuditReader {
  const db = openReader(path);
  try {
    return readerOf(db);
  } catch (cause) {
    db.close();
    throw cause;
  }
}

function readerOf(db: Connection): AuditReader {
  if (checkVersion(db) === 0) throw new StoreError("damaged", `${db.name} has no record in it`);
  const reader = new EntryReader(db);
  return {
    entries: (range) => reader.entries(range),
    lines: (range) => reader.lines(range),
    links: (inThreads) => recordLinks(reader, db.name, inThreads),
    close: () => {
      db.close();
    },
  };
}
