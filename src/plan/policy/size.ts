import { quotaSize } from "../../iam/read/print.ts";
import type { DesiredPolicy } from "../../model/desired.ts";
import type { Withheld } from "../../model/plan.ts";
import type { PlanContext } from "../inputs/context.ts";

/** The reason why AWS would reject the document as a version; null: it accepts it. */
export function sizeObstacle(policy: DesiredPolicy, text: string, { live }: PlanContext): Withheld | null {
  const { policySize } = live.quotas;
  const size = quotaSize(text);
  if (size <= policySize) return null;
  const reason = `the policy has ${size} of ${policySize} characters`;
  return { kind: "quota", subject: policy.arn, reason, fix: "split it in two" };
}
