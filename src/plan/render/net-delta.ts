import type { Action } from "../../model/action.ts";
import { NO_DELTA, type Delta, type DeltaRow, type PermissionRow } from "../../model/delta.ts";
import type { KeyPlan } from "../../model/plan.ts";

/** What the actions change together: what one gives and a later one takes again is in neither list. */
export function netDelta(plan: KeyPlan): Delta {
  return jointDelta(plan.actions);
}

export function jointDelta(actions: readonly Action[]): Delta {
  return actions.reduce((sum, action) => joined(sum, action.delta), NO_DELTA);
}

/** One change after another. */
export function joined(first: Delta, second: Delta): Delta {
  const taken = new Set(second.noLongerAllowed.map(rowKey));
  const given = new Set(second.allowed.map(rowKey));
  const before = {
    allowed: new Set(first.allowed.map(rowKey)),
    noLongerAllowed: new Set(first.noLongerAllowed.map(rowKey)),
  };
  const stays = (rows: readonly DeltaRow[], undone: ReadonlySet<string>): readonly DeltaRow[] =>
    rows.filter((row) => !undone.has(rowKey(row)));
  return {
    allowed: [...stays(first.allowed, taken), ...stays(second.allowed, before.noLongerAllowed)],
    noLongerAllowed: [
      ...stays(first.noLongerAllowed, given),
      ...stays(second.noLongerAllowed, before.allowed),
    ],
    unknownEffect: [...first.unknownEffect, ...second.unknownEffect],
  };
}

/** Which permission it is, wherever it stands. */
function rowKey({ effect, principal, action, resource, condition }: PermissionRow): string {
  return JSON.stringify([effect, principal, action.toLowerCase(), resource, condition]);
}
