import { statementsOf } from "./proof.ts";
import type { VerifyReport } from "./verify.ts";

/** An entry that a database has confirmed. */
export interface ConfirmedEntry {
  readonly seq: number;
  readonly hash: string;
  /** ISO 8601: the time of the entry. */
  readonly at: string;
}

/** A file of the state directory that is named in messages, and what it proves. */
export interface ConfirmedProof {
  readonly file: string;
  readonly entry: ConfirmedEntry;
}

const HINT =
  'the database has lost entries, or was replaced: stop all replicas and follow docs/postgresql.md, "If entries are lost"';

/**
 * The report on a record that is without a break, compared with an entry that was confirmed before the record was read.
 * @param hashOf null: retention has removed the entry
 */
export async function withConfirmed(
  report: VerifyReport,
  { file, entry: { seq, hash } }: ConfirmedProof,
  hashOf: (seq: number) => Promise<string | null>,
): Promise<VerifyReport> {
  if (report.broken !== null) return report;
  const last = report.last ?? 0;
  if (seq > last) return broken(report, last + 1, `${missing(last + 1, seq)}: ${file} proves entry ${seq}`);
  const own = await hashOf(seq);
  if (own === null || own === hash) return report;
  return broken(report, seq, `another entry ${seq} is in its place: ${file} proves the lost one`);
}

function missing(from: number, to: number): string {
  return from === to ? `entry ${from} is missing` : `entries ${from} to ${to} are missing`;
}

function broken(report: VerifyReport, seq: number, reason: string): VerifyReport {
  const line = seq - (report.first ?? 1) + 1;
  const facts = { ...report, broken: { seq, line, reason, hint: HINT } };
  return { ...facts, verdict: "broken", ...statementsOf(facts) };
}
