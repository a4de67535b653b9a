import type { AuditReader } from "../../../controller/ports/audit-log.ts";
import { EntryReader } from "./entry-reader.ts";
import { openRecord } from "../schema/migrations.ts";
import { recordLinks } from "./links.ts";

/** @throws StoreError `missing`, `damaged`, `newer-version` */
export function openSqliteAuditReader(path: string): AuditReader & Pick<EntryReader, "lastSeq"> {
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
