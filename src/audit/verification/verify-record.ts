import type { ChainPart } from "../link-run.ts";
import { withConfirmed, type ConfirmedProof } from "./confirmed-entry.ts";
import { verifyLinks, type VerifyReport } from "./verify.ts";
import type { Evidence } from "./walk.ts";

/** The record of an installation, to which a controller may add entries, and from which it may remove some, meanwhile. */
export interface GrowingRecord {
  /** Each call reads the record from its beginning. */
  readonly links: () => AsyncIterable<readonly ChainPart[]>;
  readonly firstSeq: () => number | Promise<number>;
  readonly entries: (range: {
    readonly fromSeq: number;
    readonly toSeq: number;
  }) => AsyncIterable<{ readonly hash: string }>;
  /** null: none is noted. */
  readonly confirmed: () => Promise<ConfirmedProof | null>;
}

export async function verifyRecord(record: GrowingRecord, evidence: Evidence): Promise<VerifyReport> {
  // Read before the record: a controller that is running confirms more entries meanwhile.
  const confirmed = await record.confirmed();
  const report = await verifyEntries(record, evidence);
  return confirmed === null ? report : withConfirmed(report, confirmed, (seq) => hashOf(record, seq));
}

/** If retention removed entries during the read, they only seem to be missing: the record is read again. */
async function verifyEntries(record: GrowingRecord, evidence: Evidence): Promise<VerifyReport> {
  for (;;) {
    const first = await record.firstSeq();
    const report = await verifyLinks({ links: record.links(), ...evidence });
    if (report.verdict === "intact" || (await record.firstSeq()) === first) return report;
  }
}

async function hashOf(record: GrowingRecord, seq: number): Promise<string | null> {
  for await (const entry of record.entries({ fromSeq: seq, toSeq: seq })) return entry.hash;
  return null;
}
