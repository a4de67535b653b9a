import type { KeyRecord } from "../../model/keys/key-record.ts";
import { unread } from "../../settle/conditions/conditions.ts";
import { statusOf } from "../../settle/conditions/key-status.ts";
import type { Subject } from "../../judge/subject.ts";
import type { PassContext } from "../../judge/pass.ts";
import { outcomeView } from "../../settle/outcome/outcome-view.ts";

/** The record before the first write of a pass: it names the revision that is being attempted. */
export function attempted(subject: Subject, pass: PassContext): KeyRecord {
  const { record } = subject;
  const first = statusOf(outcomeView({ kind: "unknown", subject, reason: "" }, []), {
    pass,
    assessment: unread("changes are being applied", undefined),
    record,
    nowIso: new Date(pass.nowMs).toISOString(),
  });
  return { ...record, status: { ...(record.status ?? first), lastAttemptedRevision: pass.revision } };
}
