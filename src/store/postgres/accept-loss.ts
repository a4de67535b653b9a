import { plainFact } from "../../audit/canonical.ts";
import type { LossOutcome } from "../../audit/backup.ts";
import { CHAIN_START } from "../../audit/chain.ts";
import { StoreError } from "../errors.ts";
import { appendIn } from "./audit/append.ts";
import { lossOf, type Loss } from "./audit/start-checks.ts";
import { setProofsAside } from "./audit/proofs-aside.ts";
import { PostgresEntryReader } from "./audit/entry-reader.ts";
import { Database } from "./database.ts";
import type { LeaseParts } from "./lease/lease.ts";
import { openReplica, type LeasedRecord, type OpenReplica, type PostgresOptions } from "./open.ts";

export interface LossDecision {
  /** The person, as far as the machine knows it. */
  readonly actor: string;
  readonly reason: string;
  readonly version: string;
  /** How long to wait until leases from before have ended. */
  readonly withinMs: number;
}

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
    const proofs = { anchorsFile: options.anchors.file, newestFile: options.anchors.newest ?? null };
    const loss = await lossOf(database, proofs);
    if (loss === null) return { kind: "complete", database: database.name };
    const { last, lostUpTo, file } = loss;
    const isRecorded = await isAccepted(database, loss);
    if (decision === null) return { kind: "lost", database: database.name, last, lostUpTo, file, isRecorded };
    if (!isRecorded) await record(database, { options, holder, decision, loss });
    const setAside = await setProofsAside(database, proofs, lostUpTo);
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

async function record(database: Database, acceptance: Acceptance): Promise<void> {
  const keptAt = await lastEntryAt(database);
  const opened = await claimed(database, acceptance);
  try {
    await endDecisions(database, opened, restoredFact(acceptance, keptAt));
    await opened.audit.checkpoint();
  } finally {
    await opened.store.close();
  }
}

function restoredFact(
  { decision: { actor, reason, version }, loss: { lostUpTo } }: Acceptance,
  backupAt: string,
) {
  return plainFact({ kind: "restored", backupAt, lostUpTo, actor, reason, version });
}

/** With the entry that states why, in one transaction: neither is there without the other. */
async function endDecisions(
  database: Database,
  { lease, store }: LeasedRecord,
  fact: ReturnType<typeof plainFact>,
): Promise<void> {
  const writer = { kind: "active", epoch: lease.epoch } as const;
  database.writeOnlyAs(writer, () => undefined);
  const accounts = (await store.accounts()).map((account) => ({ ...account, started: false }));
  await database.transaction("record the loss", async (query) => {
    await appendIn(query, writer, {
      facts: [fact],
      change: { accounts },
      expectedSeq: null,
      control: null,
      known: CHAIN_START,
      nowMs: null,
      copies: [],
    });
    await query("DELETE FROM approvals");
    await query("DELETE FROM sessions");
  });
}

/** ISO 8601: the record lacks what happened after it. */
async function lastEntryAt(database: Database): Promise<string> {
  const sql = "SELECT at_ms FROM entries ORDER BY seq DESC LIMIT 1";
  const [last] = await database.read<{ readonly at_ms: number }>("read the end of the audit", sql);
  return new Date(last?.at_ms ?? 0).toISOString();
}

/**
 * Without the proofs, by which it would be refused. It copies no checkpoint outside: those that wait for it wait for the next
 * controller, whose log is kept.
 */
async function claimed(database: Database, { options, holder, decision }: Acceptance): Promise<LeasedRecord> {
  const replica = await openReplica({ ...options, anchors: { file: null, log: false } }, holder);
  try {
    const first = await replica.claim();
    if (first !== null) return first;
    if (replica.active() === null) return await waitForEnd(database, replica, decision);
    throw new StoreError("locked", `a controller is active on ${database.name}: stop all replicas first`);
  } catch (cause) {
    await replica.leave();
    throw cause;
  }
}

async function waitForEnd(
  database: Database,
  replica: OpenReplica,
  { withinMs }: LossDecision,
): Promise<LeasedRecord> {
  const signal = AbortSignal.timeout(withinMs);
  try {
    return await replica.wait(signal);
  } catch (cause) {
    if (!signal.aborted) throw cause;
    const seconds = withinMs / 1_000;
    throw new StoreError(
      "lease-not-free",
      `the lease of ${database.name} was not free for ${seconds} s`,
      cause,
    );
  }
}
