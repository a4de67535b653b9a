import { diffBinding } from "../../../../src/diff/binding.ts";
import type { KeyComparison } from "../../../../src/diff/drift/context.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import type { LiveAccount, LiveFunction } from "../../../../src/model/live.ts";
import { appliedRecord, caller } from "../../../support/pass/bindings.ts";
import { context } from "../../../support/pass/plans.ts";
import { accountWith, liveFunctionOf, liveRoleOf } from "../../../support/pass/live-state.ts";

export const UPLOADS = caller("uploads");

export function accountOf(desired: DesiredBinding, found: Partial<LiveFunction> = {}): LiveAccount {
  return accountWith({ role: liveRoleOf(desired), found: liveFunctionOf(desired, found) });
}

export function compare(desired: DesiredBinding, found: Partial<LiveFunction> = {}): KeyComparison {
  return diffBinding(desired, context(accountOf(desired, found), { record: appliedRecord(desired) }));
}
