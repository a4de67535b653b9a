import type { KeyRecord } from "../../model/keys/key-record.ts";
import { unread } from "../../settle/conditions/conditions.ts";
import { statusOf } from "../../settle/conditions/key-status.ts";
import type { Subject } from "../../judge/subject.ts";
import type { PassContext } from "../../judge/pass.ts";

/** The record before the first write of a pass: it names the revision that is being attempted. */
export function attempted(subject: Subject, pass: PassContext): KeyRecord {
  const { record } = subject;
  const time = { nowMs: pass.nowMs, nowIso: new Date(pass.nowMs).toISOString() };
  const first = statusOf(
    pass,
    { kind: "unknown", subject, reason: "" },
    unread("changes are being applied", undefined),
    record,
    time,
  );
  return { ...record, status: { ...(record.status ?? first), lastAttemptedRevision: pass.revision } };
}
