import type { AuditFact } from "../../../audit/entry.ts";
import { textToHash, type ChainHead } from "../../../audit/chain.ts";
import type { RecordChange } from "../../../model/records/record-change.ts";
import { errorCode } from "../../../model/values/error-code.ts";
import { factColumns } from "../../rows/audit-rows.ts";
import { CollectedDocuments } from "../documents.ts";
import { writeColumns } from "../../rows/write-rows.ts";
import { changeDocument } from "../changes.ts";
import { writtenAccounts } from "../assignments/written-accounts.ts";
import type { Database, Query, Writer } from "../database.ts";
import { RAISED } from "../failure.ts";
import { WRITE_BUDGET_MS } from "../../../model/network/write-budget.ts";

/** What the database decides of an entry. */
interface EntryPlace {
  readonly seq: number;
  readonly at_ms: number;
  readonly prev: string;
  readonly hash: string;
}

/** The end of the chain after an append. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
  /** The number of the last checkpoint; 0 before the first. */
  readonly checkpoint: number;
}

export interface AppendResult {
  readonly placed: readonly EntryPlace[];
  readonly head: Head;
}

export interface AppendRequest {
  /** Results of `plainFact`. */
  readonly facts: readonly AuditFact[];
  readonly change: RecordChange | null;
  /** The number of the last entry that the change was made for; null: any. */
  readonly expectedSeq: number | null;
  /** `Store.control` that the intents among the facts were decided by; null: there are none. */
  readonly control: number | null;
  /** The last entry that the database confirmed to this process. */
  readonly known: ChainHead;
  /** null: the clock of the database. */
  readonly nowMs: number | null;
  /** The names of the copies outside that the last fact, a checkpoint, needs. */
  readonly copies: readonly string[];
}

/**
 * The lease must last at least that long when an intent becomes durable: the call to AWS that follows has ended before
 * another controller can have the lease.
 */
const INTENT_LEFT_MS = WRITE_BUDGET_MS + 3_000;

const SETTLE = {
  name: "settle",
  text: "SELECT * FROM settle($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
};

/**
 * Appends facts and writes a change in one statement.
 * @throws StoreError `history-lost` without the known entry, `not-assigned` if another replica makes the passes of an account, `outdated` if `control` has risen
 * @returns null: the head has moved, and nothing was written
 */
export async function appendTo(database: Database, request: AppendRequest): Promise<AppendResult | null> {
  try {
    const rows = await database.append<EntryPlace & { readonly checkpoint: number }>(
      "write the record",
      SETTLE,
      [...valuesOf(request), ...guardOf(request, database.writer)],
    );
    const head = rows.at(-1);
    if (head === undefined) throw new Error("the database returned no head");
    return { placed: rows.slice(0, -1), head };
  } catch (cause) {
    if (errorCode(cause) === RAISED.headMoved) return null;
    throw cause;
  }
}

/** The same as a part of a transaction. @throws what the database raises */
export async function appendIn(query: Query, writer: Writer, request: AppendRequest): Promise<void> {
  await query(SETTLE.text, [...valuesOf(request), ...guardOf(request, writer)]);
}

/** What the database checks before it writes. */
function guardOf(request: AppendRequest, writer: Writer) {
  const { facts, change, known, control } = request;
  const accounts = writtenAccounts(facts, change);
  const epoch = writer.kind === "active" ? writer.epoch : null;
  const [replica, epochs] =
    writer.kind === "assigned" ? [writer.replica, accounts.map(writer.epochOf)] : [null, []];
  return [epoch, leftMs(request), known.seq, known.hash, accounts, replica, epochs.map(String), control];
}

function leftMs({ facts }: AppendRequest): number {
  return facts.some(({ kind }) => kind === "write-intended") ? INTENT_LEFT_MS : 0;
}

function valuesOf({ facts, change, expectedSeq, nowMs, copies }: AppendRequest) {
  const documents = new CollectedDocuments();
  const columns = facts.map((fact) => factColumns(fact, documents));
  const document = change === null ? null : changeDocument(change, documents.put);
  return [
    document,
    expectedSeq,
    [...documents.texts.keys()],
    [...documents.texts.values()].map((text) => Buffer.from(text)),
    facts.map(textToHash),
    columns.map(({ kind }) => kind),
    columns.map(({ key }) => key),
    columns.map(({ fact }) => fact),
    columns.map((row) => row.documents),
    facts.map((fact) => journalText(fact, documents.hash)),
    nowMs,
    copies,
  ];
}

function journalText(fact: AuditFact, hash: (text: string) => string): string | null {
  if (fact.kind === "write-intended") return JSON.stringify(writeColumns(fact, hash));
  if (fact.kind !== "write-finished") return null;
  return JSON.stringify({ intent: fact.intent, outcome: fact.outcome });
}
