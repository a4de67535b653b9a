import type { Dialect } from "../../model/aws/policy-document.ts";
import { documentSizes, WARN_FROM, type DocumentSize } from "../read/quotas.ts";
import { flaw, type Flaw } from "./flaw.ts";

/** @see the length of `policyDocumentType` in IAM's service model; white space counts in it */
const LONGEST = 131_072;

/** SIZ-001: over a quota of AWS, which would refuse the write; from four fifths on a warning. */
export function sizeFlaws(text: string, dialect: Dialect, isManaged: boolean): readonly Flaw[] {
  const [first, ...others] = documentSizes(text, dialect, isManaged);
  const inText = { as: "request of IAM", used: text.length, quota: LONGEST };
  return [
    ...(text.length > LONGEST ? [overQuota(inText, "error")] : []),
    ...(first === undefined || first.used < first.quota * WARN_FROM
      ? []
      : [overQuota(first, first.used > first.quota ? "error" : "warning")]),
    ...others.filter(({ used, quota }) => used > quota).map((size) => overQuota(size, "note")),
  ];
}

function overQuota({ as, used, quota }: DocumentSize, severity: Flaw["severity"]): Flaw {
  const over = used > quota ? `${used - quota} too many` : `${quota - used} left`;
  const reason = `${used} of ${quota} characters (${as}): ${over}`;
  return flaw({ rule: "SIZ-001", severity, steps: [], reason, fix: "move statements into another policy" });
}
