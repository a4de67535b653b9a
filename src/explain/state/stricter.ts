import type { Rejection } from "../../model/approval.ts";
import type { Hold } from "../../model/answers/hold.ts";
import type { PendingReason } from "../../model/answers/permission-state.ts";
import { refusingRules } from "../../model/rules/refusal.ts";
import type { StricterVerdict } from "../../model/verdict.ts";

/** A stricter verdict of an upgrade that no one has approved yet; null: there is none, or nothing is enforced. */
export function stricterReason(
  stricter: StricterVerdict | null,
  hold: Hold | null,
  rejections: readonly Rejection[],
): Extract<PendingReason, { readonly kind: "stricter-verdict" }> | null {
  if (stricter === null || hold === null) return null;
  const rejected = rejections.find(({ subject }) => subject === hold.subject);
  return {
    kind: "stricter-verdict",
    digest: hold.subject,
    by: stricter.by,
    rules: refusingRules(stricter.findings),
    rejected: rejected === undefined ? null : { by: rejected.actor, reason: rejected.reason },
  };
}
