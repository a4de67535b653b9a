import type { DesiredBinding, DesiredPolicy } from "../../../../src/model/desired.ts";
import type { LivePolicy } from "../../../../src/model/live.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import type { PlanContext } from "../../../../src/plan/inputs/context.ts";
import {
  allow,
  appliedRecord,
  attachment,
  binding,
  compiled,
  desiredOf,
  documentOf,
  policy,
} from "../../../support/pass/bindings.ts";
import { context, planOfPolicy } from "../../../support/pass/plans.ts";
import { accountWith, liveFunctionOf, livePolicyOf, liveRoleOf } from "../../../support/pass/live-state.ts";

export const READ = allow("s3:GetObject");
export const WIDE = allow("s3:*");
export const OTHER = allow("sqs:SendMessage");
export const USER = binding({ attachments: [attachment("audit-read")] });

export function live(
  desired: DesiredPolicy,
  texts: readonly string[],
  change: Partial<LivePolicy> = {},
): LivePolicy {
  return livePolicyOf(desired.arn, texts, {
    attachmentCount: 1,
    policyId: "ANPAAUDIT",
    tags: { kind: "present", value: desired.tags },
    ...change,
  });
}

export interface Scene {
  readonly git: readonly Statement[];
  /** The versions with the default last. */
  readonly versions: readonly (readonly Statement[])[];
  readonly applied?: readonly Statement[] | null;
  readonly found?: Partial<LivePolicy>;
  readonly at?: Partial<PlanContext>;
  readonly user?: DesiredBinding | null;
  /** The last applied binding of a role that attaches the policy. */
  readonly userApplied?: DesiredBinding;
}

export function setting({ git, versions, applied = git, found, at, user = USER, userApplied = USER }: Scene) {
  const desired = policy(compiled(...git));
  const texts = versions.map((statements) => documentOf(...statements));
  const account = accountWith({
    policies: [live(desired, texts, found)],
    ...(user !== null && { role: liveRoleOf(USER), found: liveFunctionOf(USER) }),
  });
  const record = applied === null ? null : appliedRecord(policy(compiled(...applied)), {});
  const records = new Map([[USER.key, appliedRecord(userApplied)]]);
  const bindings = desiredOf(user === null ? [] : [user], [desired]);
  return { desired, planning: context(account, { record, records, desired: bindings, ...at }) };
}

export function planWith(scene: Scene) {
  const { desired, planning } = setting(scene);
  return planOfPolicy(desired, planning);
}
