import type { KeyRecord } from "../../model/keys/key-record.ts";
import { unread } from "../../settle/conditions/conditions.ts";
import { statusOf } from "../../settle/conditions/key-status.ts";
import type { Pass } from "../../judge/pass.ts";
import type { Subject } from "../../judge/subject.ts";

/** The record before the first write of a pass: it names the revision that is being attempted. */
export function attempted(pass: Pass, subject: Subject, nowMs: number): KeyRecord {
  const { record } = subject;
  const time = { nowMs, nowIso: new Date(nowMs).toISOString() };
  const first = statusOf(
    pass,
    { kind: "unknown", subject, reason: "" },
    unread("changes are being applied", undefined),
    record,
    time,
  );
  return { ...record, status: { ...(record.status ?? first), lastAttemptedRevision: pass.revision } };
}
