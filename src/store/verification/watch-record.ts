import { provedUpTo } from "../../audit/verification/proof.ts";
import type { VerifyReport } from "../../audit/verification/verify.ts";
import { verifyRecord, type GrowingRecord } from "../../audit/verification/verify-record.ts";
import type { Evidence } from "../../audit/verification/walk.ts";
import type { Clock } from "../../controller/ports/clock.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import {
  verificationProblem,
  type RecordBreak,
  type RecordVerification,
} from "../../model/records/record-verification.ts";

const INTERVAL_MS = 60_000;
/** A long record is verified less often: the verifications take a hundredth of the time. */
const REST_SHARE = 100;

export interface OpenedRecord extends GrowingRecord {
  readonly close: () => void;
}

export interface RecordWatch {
  readonly open: () => Promise<OpenedRecord>;
  /** Read before each verification, since each new checkpoint adds to it. */
  readonly evidence: () => Promise<Evidence>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly report: (verification: RecordVerification) => void;
}

/** Verifies all entries of the record again and again until the signal, reports and measures the result, and logs each problem when it begins. */
export async function watchRecord(watch: RecordWatch, signal: AbortSignal): Promise<void> {
  const { clock, telemetry, report } = watch;
  let last: RecordVerification = { kind: "not-verified" };
  try {
    while (!signal.aborted) {
      const startedMs = clock.nowMs();
      const verification = continued(last, await examine(watch, signal));
      signal.throwIfAborted();
      report(verification);
      measure(verification, telemetry);
      if (problemText(verification) !== problemText(last)) log(verification, telemetry);
      last = verification;
      await clock.sleep(Math.max(INTERVAL_MS, REST_SHARE * (clock.nowMs() - startedMs)), signal);
    }
  } catch (cause) {
    if (signal.aborted) return;
    const since = new Date(clock.nowMs()).toISOString();
    report({ kind: "unknown", reason: "the verification has stopped: restart the controller", since });
    telemetry.error("the record is no longer verified", { reason: String(cause) });
  }
}

async function examine(watch: RecordWatch, signal: AbortSignal): Promise<RecordVerification> {
  const at = new Date(watch.clock.nowMs()).toISOString();
  try {
    return verificationOf(await verify(watch, signal), at);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { kind: "unknown", reason, since: at };
  }
}

/** A break is reported only if a second look finds it too: the record changes while it is read. */
async function verify(watch: RecordWatch, signal: AbortSignal): Promise<VerifyReport> {
  const evidence = await watch.evidence();
  const opened = await watch.open();
  const record = { ...opened, links: () => until(opened.links(), signal) };
  try {
    const report = await verifyRecord(record, evidence);
    return report.verdict === "intact" ? report : await verifyRecord(record, await watch.evidence());
  } finally {
    opened.close();
  }
}

async function* until<Block>(blocks: AsyncIterable<Block>, signal: AbortSignal): AsyncGenerator<Block> {
  for await (const block of blocks) {
    signal.throwIfAborted();
    yield block;
  }
}

function verificationOf(report: VerifyReport, at: string): RecordVerification {
  const { verdict, broken, last } = report;
  if (broken === null) return { kind: "intact", upTo: last ?? 0, at };
  const kind: RecordBreak["kind"] = verdict === "another-key" ? "unproved" : "broken";
  return { kind, entry: broken.seq, provedUpTo: provedUpTo(report), reason: broken.reason, since: at };
}

/** The same problem keeps the time at which it was found. A record that was broken is not fine because it cannot be read. */
function continued(last: RecordVerification, next: RecordVerification): RecordVerification {
  if (last.kind === "not-verified" || last.kind === "intact") return next;
  if (next.kind === "unknown" && last.kind !== "unknown") return last;
  return next.kind === last.kind && problemText(next) === problemText(last)
    ? { ...next, since: last.since }
    : next;
}

/** Another value for each problem that is logged. */
function problemText(verification: RecordVerification): string {
  return "reason" in verification ? `${verificationProblem(verification)} ${verification.reason}` : "";
}

/** A record that could not be read leaves the gauge as it is. */
function measure({ kind }: RecordVerification, telemetry: Telemetry): void {
  if (kind !== "unknown") telemetry.gauge("audit_record_broken", kind === "intact" ? 0 : 1);
}

function log(verification: RecordVerification, telemetry: Telemetry): void {
  if (!("reason" in verification)) return telemetry.info("the record verifies again", {});
  const { reason } = verification;
  const problem = verificationProblem(verification) ?? "";
  telemetry.error("the record does not verify", { problem, reason, fix: "grantkeeper audit verify" });
}
