import type { DesiredBinding, DesiredPolicy } from "../model/desired.ts";
import type { Finding } from "../model/finding.ts";
import type { GuardContext } from "./context.ts";

/** Every rule that the state breaks, waivers applied; sorted. */
export function judgeDesired(
  subject: DesiredBinding | DesiredPolicy,
  context: GuardContext,
): readonly Finding[] {
  throw new Error(`not judged yet: ${subject.key} ${context.nowMs}`);
}
