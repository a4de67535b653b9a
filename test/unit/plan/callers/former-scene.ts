import type { DesiredBinding } from "../../../../src/model/desired.ts";
import { type Key, ownerText } from "../../../../src/model/keys/key.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../../src/model/keys/key-record.ts";
import type { LiveAccount, LiveFunction, LiveResourcePolicy, Reading } from "../../../../src/model/live.ts";
import type { KeyPlan } from "../../../../src/model/plan.ts";
import type { PlanContext } from "../../../../src/plan/inputs/context.ts";
import { withFunction } from "../../../support/pass/apply.ts";
import { appliedRecord, binding, caller, REGION } from "../../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, liveRoleOf, presentPolicy } from "../../../support/pass/live-state.ts";
import { context, planOfBinding } from "../../../support/pass/plans.ts";
import { ONE } from "./scene.ts";

export const NEW = { functionName: "orders-new" };
export const FORMER = binding({}, { callers: [ONE], deletionPolicy: "delete" });
export const NOW = binding({}, { ...NEW, callers: [caller("one", null, NEW)], deletionPolicy: "delete" });
const ITEM = { type: "statement", id: `${FORMER.functionArn}#${ONE.sid}`, uniqueId: null } as const;
export const OTHER = { functionName: "orders-api", owner: "orders/other" };
export const CLAIMING = binding(
  { name: "other" },
  { key: `${NOW.key}-other` as Key, name: "other" as never, callers: [caller("one", null, OTHER)] },
);
export const CLAIMANT = ownerText(CLAIMING.key);
export const UNREAD = { kind: "unknown", reason: "denied" } as const;

export interface Scene {
  readonly desired?: DesiredBinding;
  /** null: it was deleted. */
  readonly former?: Partial<LiveFunction> | null;
  /** null: it does not exist yet. */
  readonly found?: Partial<LiveFunction> | null;
  readonly record?: Partial<KeyRecord>;
  readonly at?: Partial<PlanContext>;
}

/** The record of the other manifest with this status of its condition. */
export function recordWith(ready: "False" | "Unknown"): KeyRecord {
  const condition = {
    type: "Ready",
    status: ready,
    reason: ready === "False" ? "GuardrailRefused" : "Progressing",
    message: "",
    lastTransitionTime: "2026-01-01T00:00:00.000Z",
  } as const;
  const status = { conditions: [condition] } as unknown as NonNullable<KeyRecord["status"]>;
  return { ...emptyKeyRecord(CLAIMING.key), status };
}

export const policyOf = (...statements: readonly unknown[]): Pick<LiveFunction, "policies"> => ({
  policies: new Map<string, Reading<LiveResourcePolicy>>([["", presentPolicy(...statements)]]),
});

export function setting({ former = {}, found = {}, record = {}, at = {} }: Scene): PlanContext {
  const elsewhere = { roleArn: "arn:aws:iam::111122223333:role/elsewhere" };
  const base = accountWith({ role: liveRoleOf(NOW) });
  const both: readonly (readonly [DesiredBinding, Partial<LiveFunction> | null])[] = [
    [FORMER, former === null ? null : { ...elsewhere, ...former }],
    [NOW, found === null ? null : { policies: new Map([["", { kind: "absent" }]]), ...found }],
  ];
  const live = both.reduce<LiveAccount>(
    (seen, [state, change]) =>
      change === null ? seen : withFunction(seen, REGION, liveFunctionOf(state, change)),
    base,
  );
  const known = appliedRecord(FORMER, record);
  return context(live, { record: { ...known, inventory: [...known.inventory, ITEM] }, ...at });
}

export const planned = (scene: Scene): KeyPlan => planOfBinding(scene.desired ?? NOW, setting(scene));
