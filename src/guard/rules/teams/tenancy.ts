import { PLATFORM } from "../../../model/aws/ids.ts";
import type { DesiredBinding, DesiredPolicy } from "../../../model/desired.ts";
import { tenancyRefusal } from "../../../model/rules/tenancy-refusal.ts";
import type { GuardContext } from "../../context/context.ts";
import type { Breach } from "../rule.ts";
import { breachesOf } from "./fence.ts";

/**
 * TEN-001: a namespace without a Team, while there are Teams. Offline nothing is applied: if it is unknown whether there
 * are Teams, the file that hides them is the error, and not every manifest.
 */
export function outsideTenancy(
  { namespace, origin }: DesiredBinding | DesiredPolicy,
  { desired, live }: GuardContext,
): readonly Breach[] {
  if (namespace === PLATFORM || (live === null && desired.tenancy.kind === "unknown")) return [];
  const refusal = tenancyRefusal(namespace, desired);
  if (refusal === null) return [];
  return breachesOf("TEN-001", [{ origin, evidence: { namespace }, ...refusal }]);
}
