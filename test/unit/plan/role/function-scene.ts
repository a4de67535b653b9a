import type { DesiredBinding } from "../../../../src/model/desired.ts";
import type { LiveFunction, LiveRole } from "../../../../src/model/live.ts";
import type { PlanContext } from "../../../../src/plan/inputs/context.ts";
import { withPolicy, withRole } from "../../../support/pass/apply.ts";
import {
  allow,
  appliedRecord,
  binding,
  BOUNDARY,
  desiredAccount,
  documentOf,
  role,
} from "../../../support/pass/bindings.ts";
import { context, planOfBinding } from "../../../support/pass/plans.ts";
import { accountWith, liveFunctionOf, livePolicyOf, liveRoleOf } from "../../../support/pass/live-state.ts";

export const OLD = role({ name: "orders-shared", path: "/grantkeeper/" });
export const ACCOUNT = desiredAccount({ binder: desiredAccount().writer });
export const NO_NEEDS = liveFunctionOf(binding()).needs;

export function managed(ofRole: Parameters<typeof binding>[0] = {}): DesiredBinding {
  return binding(ofRole, { functionRole: "manage" });
}

export interface Scene {
  readonly desired?: DesiredBinding;
  readonly found?: Partial<LiveFunction>;
  readonly target?: Partial<LiveRole>;
  readonly old?: Partial<LiveRole>;
  /** The text of the boundary of both roles. */
  readonly boundary?: string;
  readonly at?: Partial<PlanContext>;
}

export function planWith({
  desired = managed(),
  found = {},
  target = {},
  old = {},
  boundary,
  at = {},
}: Scene) {
  const account = accountWith({
    role: liveRoleOf(desired, target),
    found: liveFunctionOf(desired, { roleArn: OLD.arn, ...found }),
  });
  const before = liveRoleOf(binding(OLD), {
    inline: [{ name: "all", text: documentOf(allow("s3:*")) }],
    ...old,
  });
  const roles = withRole(account, before);
  const live = boundary === undefined ? roles : withPolicy(roles, livePolicyOf(BOUNDARY, [boundary]));
  return planOfBinding(desired, context(live, { record: appliedRecord(desired), account: ACCOUNT, ...at }));
}
