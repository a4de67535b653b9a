import type { DesiredRole } from "../../../../src/model/desired.ts";
import type { Drift, DriftChange } from "../../../../src/model/drift.ts";
import type { LiveRole } from "../../../../src/model/live.ts";
import {
  allow,
  appliedRecord,
  attachment,
  awsAttachment,
  binding,
  documentOf,
} from "../../../support/pass/bindings.ts";
import { context, driftsOfBinding } from "../../../support/pass/plans.ts";
import { accountWith, liveFunctionOf, livePolicyOf, liveRoleOf } from "../../../support/pass/live-state.ts";

export const AUDIT = attachment("audit-read");
export const ADMIN = awsAttachment("AdministratorAccess");
export const EVERYTHING = documentOf(allow("*"));

/** The drift of a role that was applied from Git and differs from it by `live`. */
export function driftsWith(
  live: Partial<LiveRole>,
  ofRole: Partial<DesiredRole> = {},
  applied: Partial<DesiredRole> = ofRole,
): readonly Drift[] {
  const desired = binding(ofRole);
  const account = accountWith({
    role: liveRoleOf(desired, live),
    found: liveFunctionOf(desired),
    policies: [livePolicyOf(AUDIT.arn, [documentOf(allow("s3:GetObject"))])],
    awsManaged: { [ADMIN.arn]: EVERYTHING },
  });
  return driftsOfBinding(desired, context(account, { record: appliedRecord(binding(applied)) }));
}

export function changes(drifts: readonly Drift[]): readonly DriftChange[] {
  return drifts.map((drift) => drift.change);
}
