import type { Arn } from "../../model/aws/arn.ts";
import type { Region } from "../../model/aws/ids.ts";
import { appliedMark, type AppliedMark } from "../../model/keys/applied-mark.ts";
import { accountIdOf, type Key } from "../../model/keys/key.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { Revision } from "../../model/values/revision.ts";
import { selectAll, type SqliteConnection } from "./connection.ts";
import { storing } from "./failure.ts";
import { allPages, PAGE_ROWS } from "./pages.ts";

interface MarkRow {
  readonly key: Key;
  readonly revision: Revision;
  readonly platformRevision: Revision | null;
  readonly kind: "binding" | "policy";
  readonly released: number | null;
  readonly region: Region;
  readonly functionName: string;
  readonly roleName: string;
  readonly roleArn: Arn;
}

const SELECT = `
SELECT key, applied ->> '$.revision' AS revision, applied ->> '$.platformRevision' AS platformRevision,
  applied ->> '$.desired.kind' AS kind, applied ->> '$.desired.binding.released' AS released,
  applied ->> '$.desired.binding.region' AS region, applied ->> '$.desired.binding.functionName' AS functionName,
  applied ->> '$.desired.binding.role.name' AS roleName, applied ->> '$.desired.binding.role.arn' AS roleArn
FROM keys WHERE key > ? AND applied IS NOT NULL ORDER BY key LIMIT ?`;

/**
 * The marks of all applied states. Each push needs all of them, and to read ten thousand states takes half a second. So
 * they are kept: what this connection writes is known, and SQLite counts the writes of others.
 *
 *   unread ──all()──► kept ──put(), remove()──► kept ──forget(), or another connection wrote──► unread
 */
export class AppliedMarks {
  readonly #db: SqliteConnection;
  #kept: Map<Key, AppliedMark> | null = null;
  /** The number of changes by this connection. */
  #changes = 0;
  /** What SQLite counted when the marks were read. */
  #dataVersion = 0;

  constructor(db: SqliteConnection) {
    this.#db = db;
  }

  async all(): Promise<readonly AppliedMark[]> {
    const version = Number(this.#db.pragma("data_version", { simple: true }));
    if (this.#kept !== null && version === this.#dataVersion) return [...this.#kept.values()];
    const changes = this.#changes;
    const marks = (await this.#read()).map(markOf);
    // A row that changed during the read may have been read before: the marks are used once, and not kept.
    this.#kept = changes === this.#changes ? new Map(marks.map((mark) => [mark.key, mark])) : null;
    this.#dataVersion = version;
    return marks;
  }

  /** Inside the caller's transaction. */
  put(record: KeyRecord): void {
    const mark = appliedMark(record);
    this.#changes += 1;
    if (mark === null) this.#kept?.delete(record.key);
    else this.#kept?.set(record.key, mark);
  }

  /** Inside the caller's transaction. */
  remove(key: Key): void {
    this.#changes += 1;
    this.#kept?.delete(key);
  }

  /** A transaction failed: what was put in it is not in the database. */
  forget(): void {
    this.#changes += 1;
    this.#kept = null;
  }

  #read(): Promise<readonly MarkRow[]> {
    return allPages((last: MarkRow | null) =>
      storing("read the keys", () => selectAll<MarkRow>(this.#db, SELECT, last?.key ?? "", PAGE_ROWS)),
    );
  }
}

function markOf(row: MarkRow): AppliedMark {
  const { key, revision, platformRevision, kind, released, region, functionName, roleName, roleArn } = row;
  const isClaim = kind === "binding" && released !== 1;
  const role = { name: roleName, arn: roleArn };
  return {
    key,
    applied: { revision, ...(platformRevision !== null && { platformRevision }) },
    claim: isClaim ? { accountId: accountIdOf(key), region, functionName, role } : null,
  };
}
