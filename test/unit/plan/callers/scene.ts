import { driftFingerprint } from "../../../../src/model/drift.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import type { LiveFunction } from "../../../../src/model/live.ts";
import type { KeyPlan } from "../../../../src/model/plan.ts";
import type { PlanContext } from "../../../../src/plan/inputs/context.ts";
import { appliedRecord, binding, caller, NOW_MS } from "../../../support/pass/bindings.ts";
import { context, driftsOfBinding, planOfBinding } from "../../../support/pass/plans.ts";
import { accountWith, liveFunctionOf, liveRoleOf, presentPolicy } from "../../../support/pass/live-state.ts";

export const [ONE, TWO, THREE] = [caller("one"), caller("two"), caller("three")];
export const PUBLIC = {
  Sid: "test1",
  Effect: "Allow",
  Principal: "*",
  Action: "lambda:InvokeFunction",
  Resource: binding().functionArn,
};
export const NIGHTLY = {
  ...PUBLIC,
  Sid: "nightly",
  Principal: { Service: "events.amazonaws.com" },
  Condition: { ArnLike: { "AWS:SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/nightly" } },
};

export interface Scene {
  readonly desired: DesiredBinding;
  readonly live: readonly unknown[];
  readonly applied?: DesiredBinding | null;
  readonly found?: Partial<LiveFunction>;
  readonly seenAgoMs?: number;
  readonly at?: Partial<PlanContext>;
}

export function planning({
  desired,
  live,
  applied = desired,
  found = {},
  seenAgoMs,
  at = {},
}: Scene): PlanContext {
  const policies = new Map([
    ["", live.length === 0 ? ({ kind: "absent" } as const) : presentPolicy(...live)],
  ]);
  const account = accountWith({
    role: liveRoleOf(desired),
    found: liveFunctionOf(desired, { policies, ...found }),
  });
  const record = applied === null ? null : appliedRecord(applied);
  const base = context(account, { record, ...at });
  if (seenAgoMs === undefined || record === null) return base;
  const since = driftsOfBinding(desired, base).map((drift) => [driftFingerprint(drift), NOW_MS - seenAgoMs]);
  return { ...base, record: { ...record, driftSinceMs: Object.fromEntries(since) } };
}

export function planWith(scene: Scene): KeyPlan {
  return planOfBinding(scene.desired, planning(scene));
}
