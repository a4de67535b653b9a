import { renameSync } from "node:fs";
import type { LossOutcome } from "../../audit/backup.ts";
import { StoreError } from "../errors.ts";
import { exists } from "../exists.ts";
import { lossOf, type Loss } from "./audit/start-checks.ts";
import { PostgresEntryReader } from "./audit/entry-reader.ts";
import { Database } from "./database.ts";
import type { LeaseParts } from "./lease/lease.ts";
import { openReplica, type LeasedRecord, type PostgresOptions } from "./open.ts";

export interface LossDecision {
  /** The person, as far as the machine knows it. */
  readonly actor: string;
  readonly reason: string;
  readonly version: string;
}

/** A failover that was noticed just now keeps the lease for less. */
const WITHIN_MS = 60_000;

/**
 * Records that a person goes on without the entries that the database has lost, ends decisions that may have been withdrawn in them, and
 * sets the proofs of this state directory aside. If another replica recorded it already, only the latter is done. No controller may be active.
 * @param decision null: nothing is changed
 * @throws StoreError
 */
export async function acceptLoss(
  options: PostgresOptions,
  holder: Omit<LeaseParts, "database" | "telemetry">,
  decision: LossDecision | null,
): Promise<LossOutcome> {
  const database = new Database(options);
  try {
    const { file, newest } = options.anchors;
    const loss = await lossOf(database, { anchorsFile: file, newestFile: newest ?? null });
    if (loss === null) return { kind: "complete", database: database.name };
    const { last, lostUpTo } = loss;
    const isRecorded = await isAccepted(database, loss);
    if (decision === null && !isRecorded)
      return { kind: "lost", database: database.name, last, lostUpTo, file: loss.file };
    if (decision !== null && !isRecorded) await record(database, { options, holder, decision, loss });
    const setAside = [file, newest ?? null].flatMap((path) =>
      path === null ? [] : moveAside(path, lostUpTo),
    );
    return { kind: "accepted", database: database.name, last, lostUpTo, isRecorded, setAside };
  } finally {
    await database.close();
  }
}

/** By an entry that is newer than the lost one. */
async function isAccepted(database: Database, { lostUpTo, lostAt }: Loss): Promise<boolean> {
  for await (const entry of new PostgresEntryReader(database).entries({ kind: "restored" }))
    if (entry.kind === "restored" && (entry.lostUpTo ?? 0) >= lostUpTo && entry.at > lostAt) return true;
  return false;
}

interface Acceptance {
  readonly options: PostgresOptions;
  readonly holder: Omit<LeaseParts, "database" | "telemetry">;
  readonly decision: LossDecision;
  readonly loss: Loss;
}

async function record(database: Database, { options, holder, decision, loss }: Acceptance): Promise<void> {
  const keptAt = await lastEntryAt(database);
  const opened = await claimed(database, options, holder);
  try {
    await database.transaction("end decisions", async (query) => {
      await query("DELETE FROM approvals");
      await query("DELETE FROM sessions");
    });
    const accounts = (await opened.store.accounts()).map((account) => ({ ...account, started: false }));
    const { lostUpTo } = loss;
    await opened.settlements.settle([{ kind: "restored", backupAt: keptAt, lostUpTo, ...decision }], () => ({
      accounts,
    }));
    await opened.audit.checkpoint();
  } finally {
    await opened.store.close();
  }
}

/** ISO 8601: the record lacks what happened after it. */
async function lastEntryAt(database: Database): Promise<string> {
  const sql = "SELECT at_ms FROM entries ORDER BY seq DESC LIMIT 1";
  const [last] = await database.read<{ readonly at_ms: number }>("read the end of the audit", sql);
  return new Date(last?.at_ms ?? 0).toISOString();
}

/** Without the proofs, by which it would be refused. */
async function claimed(
  database: Database,
  options: PostgresOptions,
  holder: Acceptance["holder"],
): Promise<LeasedRecord> {
  const replica = await openReplica({ ...options, anchors: { file: null, log: true } }, holder);
  const first = await replica.claim();
  if (first !== null) return first;
  if (replica.active() === null) return replica.wait(AbortSignal.timeout(WITHIN_MS));
  await replica.leave();
  throw new StoreError("locked", `a controller is active on ${database.name}: stop all replicas first`);
}

/** The file stays as evidence. @returns its new name */
function moveAside(path: string, lostUpTo: number): readonly string[] {
  if (!exists(path)) return [];
  const kept = `${path}.lost-${lostUpTo}`;
  renameSync(path, kept);
  return [kept];
}
