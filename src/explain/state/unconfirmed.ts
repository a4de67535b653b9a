import { netDelta, turnedDelta } from "../../model/delta.ts";
import { isUpstream, type Drift } from "../../model/drift.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import type { PendingChange } from "../../model/answers/permission-state.ts";
import type { RowIndex } from "../../plan/render/compiled-rows.ts";
import type { Home } from "../../plan/render/words.ts";
import { changeLines } from "./change-lines.ts";
import { otherDifferences } from "./other-differences.ts";
import type { TypedLine } from "../../model/answers/permission-line.ts";

/** The differences that AWS showed and for which nothing is planned, since AWS may show a state from before a write. */
export function unconfirmedChanges(
  view: KeyView,
  facts: { readonly home: Home; readonly names: RowIndex },
): readonly PendingChange<TypedLine>[] {
  const drifts = unplannedDrifts(view);
  if (drifts.length === 0) return [];
  const until = view.plan?.nextDueMs ?? null;
  const reason = {
    kind: "unconfirmed",
    until: until === null ? null : new Date(until).toISOString(),
  } as const;
  const lines = changeLines(turnedDelta(netDelta(drifts.map(({ delta }) => delta))), facts);
  return [{ ...lines, settings: [], hint: null, reason }];
}

function unplannedDrifts(view: KeyView): readonly Drift[] {
  const { plan, drifts } = view;
  if (plan === null) return [];
  const isPlanned = [plan.actions, plan.approvable, plan.withheld].some((list) => list.length > 0);
  if (isPlanned || otherDifferences(view).length > 0) return [];
  return drifts.filter((drift) => !isUpstream(drift));
}
