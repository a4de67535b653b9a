import { chainParts, type ChainPart } from "../../audit/link-run.ts";
import { parsedLink } from "../../audit/link.ts";
import type { AuditReader } from "../../controller/ports/audit-log.ts";
import type { SettlementStore, RecordReader } from "../../controller/ports/store.ts";
import { StoreError } from "../errors.ts";
import { PostgresEntryReader } from "./audit/entry-reader.ts";
import { writesSince } from "./audit/journal.ts";
import { Database, type DatabaseOptions } from "./database.ts";
import { RecordTime } from "./record-time.ts";
import { checkSchema } from "./schema/migrations.ts";
import { PostgresStore } from "./store.ts";

/** The audit, read only, next to a controller. @throws StoreError `missing`, `damaged`, `newer-version`, `unreachable` */
export async function openPostgresAuditReader(options: DatabaseOptions): Promise<AuditReader> {
  const database = await openReader(options);
  const reader = new PostgresEntryReader(database);
  return {
    entries: (range) => reader.entries(range),
    lines: (range) => reader.lines(range),
    links: () => linksOf(reader.lines({})),
    firstSeq: () => reader.firstSeq(),
    close: () => void database.close(),
  };
}

/** The record, read only. null: no controller has written one. @throws StoreError `damaged`, `newer-version`, `unreachable` */
export async function openPostgresRecordReader(options: DatabaseOptions): Promise<RecordReader | null> {
  try {
    return recordReader(await openReader(options));
  } catch (cause) {
    if (cause instanceof StoreError && cause.code === "missing") return null;
    throw cause;
  }
}

async function openReader(options: DatabaseOptions): Promise<Database> {
  const database = new Database(options);
  try {
    await checkSchema(database);
    return database;
  } catch (cause) {
    await database.close();
    throw cause;
  }
}

function recordReader(database: Database): RecordReader {
  const store = new PostgresStore({
    database,
    fresh: false,
    takeover: null,
    time: new RecordTime(database, null),
    settlements: READ_ONLY,
    beforeClose: () => Promise.resolve(),
  });
  return {
    keys: (accountId) => store.keys(accountId),
    accounts: () => store.accounts(),
    source: (name) => store.source(name),
    writesSince: (accountId, sinceMs) => writesSince(database, accountId, sinceMs),
    close: () => void store.close(),
  };
}

const READ_ONLY: SettlementStore = {
  record: () => Promise.reject(new Error("a reader of the record does not write")),
};

/** The number of entries that are joined to runs together. */
const BLOCK = 512;

/** The server sends more in a second than a thread can verify, so that no other one is started. */
async function* linksOf(lines: AsyncIterable<string>): AsyncGenerator<readonly ChainPart[]> {
  let block: string[] = [];
  for await (const line of lines) {
    block.push(line);
    if (block.length < BLOCK) continue;
    yield chainParts(block.map(parsedLink));
    block = [];
  }
  yield chainParts(block.map(parsedLink));
}
