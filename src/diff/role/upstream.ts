import { NO_DELTA } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { DiffContext } from "../drift/context.ts";
import type { Difference } from "../drift/drift.ts";

/**
 * AWS-managed policies whose default version is not the one that the record has for this revision. AWS made the change,
 * and nothing reverts it.
 */
export function diffUpstream(binding: DesiredBinding, context: DiffContext): readonly Difference[] {
  return binding.role.attachments.flatMap(({ arn, policy, origin }): readonly Difference[] => {
    if (policy !== null) return [];
    const noted = context.record?.upstreamVersions[arn];
    const reading = context.live.awsManaged.get(arn);
    if (noted === undefined || reading?.kind !== "present") return [];
    const { versionId } = reading.value;
    if (versionId === noted) return [];
    return [
      {
        subject: arn,
        change: { kind: "upstream-changed", arn, versionId },
        tier: "security",
        live: versionId,
        desired: noted,
        delta: NO_DELTA,
        origin,
        unchangedInGit: true,
      },
    ];
  });
}
