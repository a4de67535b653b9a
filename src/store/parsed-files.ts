import { createHmac, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { rmSync } from "node:fs";
import type { FileContent, ParsedFileStore, ParsedFileText } from "../controller/ports/store.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { openWriter, type SqliteConnection } from "./sqlite/connection.ts";
import { StoreError } from "./errors.ts";
import { exists } from "./exists.ts";
import { storing } from "./sqlite/failure.ts";

/** In the state directory. It can be deleted while no controller runs: the next start parses all files again. */
export const PARSED_FILES_FILE = "parsed-files.db";

const SCHEMA = `
CREATE TABLE parsed_files (
  path TEXT PRIMARY KEY,
  oid TEXT NOT NULL,       -- of the content
  parser TEXT NOT NULL,    -- digest of the program that parsed it
  seal TEXT NOT NULL,      -- HMAC-SHA256 of all the others
  content TEXT NOT NULL
) STRICT;
`;

/** "GKPF": a file of another program, or of another layout of this one, is replaced. */
const APPLICATION_ID = 0x474b_5046;
const LAYOUT = 1;

interface ParsedFileRow {
  readonly oid: string;
  readonly parser: string;
  readonly seal: string;
  readonly content: string;
}

export interface ParsedFilesParts {
  readonly path: string;
  /** The audit key: only who can read it can write a row that is used. */
  readonly auditKey: KeyObject;
  /** A digest of everything besides path and content that decides what a file is parsed to. */
  readonly parser: string;
  readonly telemetry: Telemetry;
}

/**
 * Parsed files in a database of their own: if it is damaged, or lost, the record is not, and an older version does not
 * refuse the record because of it.
 */
export class SqliteParsedFiles implements ParsedFileStore {
  /** null: nothing was kept yet, and a first start has other things to do than to make the file; or the file is damaged. */
  #db: SqliteConnection | null;
  readonly #path: string;
  readonly #sealKey: KeyObject;
  readonly #parser: string;

  private constructor(db: SqliteConnection | null, { path, auditKey, parser }: ParsedFilesParts) {
    this.#db = db;
    this.#path = path;
    this.#sealKey = sealKeyOf(auditKey);
    this.#parser = parser;
  }

  /** null: no such database can be opened or made, and the log has the reason. */
  static open(parts: ParsedFilesParts): SqliteParsedFiles | null {
    const { path, telemetry } = parts;
    try {
      const db = exists(path) ? (openUsable(path) ?? openEmpty(path)) : null;
      return new SqliteParsedFiles(db, parts);
    } catch (cause) {
      telemetry.warn("parsed files are not kept", { path, reason: String(cause) });
      return null;
    }
  }

  async texts(files: readonly FileContent[]): Promise<readonly ParsedFileText[]> {
    return this.#read((db) => {
      const select = db.prepare<[string], ParsedFileRow>(
        "SELECT oid, parser, seal, content FROM parsed_files WHERE path = ?",
      );
      return files.flatMap(({ path, oid }) => {
        const row = select.get(path);
        if (row === undefined || row.oid !== oid || row.parser !== this.#parser) return [];
        const found = { path, oid, text: row.content };
        return row.seal === this.#seal(found) ? [found] : [];
      });
    });
  }

  async paths(): Promise<readonly string[]> {
    return this.#read((db) => db.prepare<[], string>("SELECT path FROM parsed_files").pluck().all());
  }

  async put(files: readonly ParsedFileText[]): Promise<void> {
    this.#write((db) => {
      const replace = db.prepare(
        "INSERT OR REPLACE INTO parsed_files (path, oid, parser, seal, content) VALUES (?, ?, ?, ?, ?)",
      );
      for (const file of files) replace.run(file.path, file.oid, this.#parser, this.#seal(file), file.text);
    });
  }

  async remove(paths: readonly string[]): Promise<void> {
    this.#write((db) => {
      const remove = db.prepare("DELETE FROM parsed_files WHERE path = ?");
      for (const path of paths) remove.run(path);
    });
  }

  close(): void {
    this.#db?.close();
  }

  #read<Item>(read: (db: SqliteConnection) => readonly Item[]): readonly Item[] {
    const db = this.#db;
    return db === null ? [] : this.#unlessDamaged("read parsed files", () => read(db));
  }

  /** Once more in a new file, if the file is damaged. */
  #write(write: (db: SqliteConnection) => void): void {
    try {
      this.#writeOnce(write);
    } catch (cause) {
      if (this.#db !== null) throw cause;
      this.#writeOnce(write);
    }
  }

  #writeOnce(write: (db: SqliteConnection) => void): void {
    this.#db ??= storing("make the database of parsed files", () => openEmpty(this.#path));
    const db = this.#db;
    this.#unlessDamaged("write parsed files", () => db.transaction(() => write(db)).immediate());
  }

  /** SQLite finds a damaged page only when it reads it. The next write makes a new file: else each start would fail to read it. */
  #unlessDamaged<Value>(doing: string, run: () => Value): Value {
    try {
      return storing(doing, run);
    } catch (cause) {
      if (cause instanceof StoreError && cause.code === "damaged") {
        this.close();
        this.#db = null;
      }
      throw cause;
    }
  }

  /** Of everything that decides what the row is used for: no row can stand for another path, content or parser. */
  #seal({ path, oid, text }: ParsedFileText): string {
    const name = JSON.stringify([this.#parser, path, oid]);
    return createHmac("sha256", this.#sealKey).update(`${name}\n`).update(text).digest("base64");
  }
}

function sealKeyOf(auditKey: KeyObject): KeyObject {
  const secret = auditKey.export({ type: "pkcs8", format: "der" });
  const bytes = hkdfSync("sha256", secret, "", "grantkeeper parsed files", 32);
  return createSecretKey(Buffer.from(bytes));
}

/** null: the file is damaged, or of another layout. */
function openUsable(path: string): SqliteConnection | null {
  let db: SqliteConnection | null = null;
  try {
    db = openWriter(path);
    // What a crash loses is parsed again.
    db.pragma("synchronous = OFF");
    if (isEmpty(db)) makeTable(db);
    if (isOurs(db)) return db;
  } catch {
    // A file that cannot be used is replaced, for any reason.
  }
  db?.close();
  return null;
}

function openEmpty(path: string): SqliteConnection {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
  const db = openUsable(path);
  if (db === null) throw new Error(`cannot make ${path}`);
  return db;
}

function isEmpty(db: SqliteConnection): boolean {
  return db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get() === 0;
}

function isOurs(db: SqliteConnection): boolean {
  const pragma = (name: string): unknown => db.pragma(name, { simple: true });
  return pragma("application_id") === APPLICATION_ID && pragma("user_version") === LAYOUT;
}

function makeTable(db: SqliteConnection): void {
  db.transaction(() => {
    db.exec(SCHEMA);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${LAYOUT}`);
  }).immediate();
}
