import type { Withheld } from "../../model/plan.ts";

export function withheldOf(
  subject: string,
): (kind: Withheld["kind"], reason: string, fix?: string | null) => Withheld {
  return (kind, reason, fix = null) => ({ kind, subject, reason, fix });
}
