import type { DesiredRole } from "../../../../src/model/desired.ts";
import type { LiveRole } from "../../../../src/model/live.ts";
import type { KeyPlan } from "../../../../src/model/plan.ts";
import type { PlanContext } from "../../../../src/plan/inputs/context.ts";
import {
  allow,
  appliedRecord,
  attachment,
  awsAttachment,
  binding,
  BOUNDARY,
  deny,
  desiredOf,
  documentOf,
  ORDERS_READ,
  OTHER_BOUNDARY,
} from "../../../support/pass/bindings.ts";
import { context, planOfBinding } from "../../../support/pass/plans.ts";
import { accountWith, liveFunctionOf, livePolicyOf, liveRoleOf } from "../../../support/pass/live-state.ts";

export const AUDIT = attachment("audit-read");
export const WRITE = attachment("write");
export const ADMIN = awsAttachment("AdministratorAccess");
export const QUARANTINE = awsAttachment("AWSCompromisedKeyQuarantineV2");

export interface Scene {
  readonly live?: Partial<LiveRole>;
  readonly git?: Partial<DesiredRole>;
  /** The last applied binding: the same as in Git if undefined, none if null. */
  readonly applied?: Partial<DesiredRole> | null;
  readonly at?: Partial<PlanContext>;
  readonly boundaries?: readonly [string, string];
}

export const BOUNDARIES = [documentOf(allow("*")), documentOf(allow("dynamodb:*"))] as const;

export function sceneContext({
  live = {},
  git = {},
  applied = git,
  at = {},
  boundaries = BOUNDARIES,
}: Scene) {
  const desired = binding(git);
  const account = accountWith({
    role: liveRoleOf(desired, live),
    found: liveFunctionOf(desired),
    policies: [
      livePolicyOf(AUDIT.arn, [documentOf(allow("s3:GetObject"))]),
      livePolicyOf(BOUNDARY, [boundaries[0]]),
      livePolicyOf(OTHER_BOUNDARY, [boundaries[1]]),
    ],
    awsManaged: { [ADMIN.arn]: documentOf(allow("*")), [QUARANTINE.arn]: documentOf(deny("iam:*")) },
  });
  const record = applied === null ? null : appliedRecord(binding(applied));
  return { desired, context: context(account, { record, desired: desiredOf([desired]), ...at }) };
}

export function planWith(scene: Scene): KeyPlan {
  const { desired, context: planning } = sceneContext(scene);
  return planOfBinding(desired, planning);
}

export function inlineOf(...texts: readonly (readonly [string, string])[]): LiveRole["inline"] {
  return texts.map(([name, text]) => ({ name, text }));
}

export const OWN = ["grantkeeper", documentOf(ORDERS_READ)] as const;
export const HOTFIX = ["hotfix", documentOf(allow("sqs:SendMessage"))] as const;
