import { type DesiredBinding, type DesiredPolicy, isBinding } from "../../model/desired.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { revisionOf } from "../../model/records/key-revision.ts";
import type { LiveAccount } from "../../model/live.ts";
import type { Pass } from "../../judge/subject.ts";

/**
 * The versions of the attached AWS-managed policies. Recorded at the first comparison and at each new revision. A
 * version that AWS publishes later is shown until the next push: no operator made that change, and nothing reverts it.
 */
export function upstreamVersions(
  state: DesiredBinding | DesiredPolicy,
  before: KeyRecord,
  { pass, live }: { readonly pass: Pass; readonly live: LiveAccount },
): KeyRecord["upstreamVersions"] {
  if (!isBinding(state)) return {};
  const isNewRevision = before.applied !== null && before.applied.revision !== revisionOf(before.key, pass);
  const noted = state.role.attachments.flatMap(({ arn, policy }) => {
    const reading = policy === null ? live.awsManaged.get(arn) : undefined;
    const known = isNewRevision ? undefined : before.upstreamVersions[arn];
    if (known !== undefined) return [[arn, known] as const];
    return reading?.kind === "present" ? [[arn, reading.value.versionId] as const] : [];
  });
  return Object.fromEntries(noted);
}
