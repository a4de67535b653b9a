import type { Delta, DeltaRow } from "../../model/delta.ts";
import type { AppliedState } from "../../model/key-record.ts";
import type { Origin } from "../../model/origin.ts";

/** With the place where the manifest that was applied last had what is taken away: git's new text has none for it. */
export function withFormerLines(delta: Delta, applied: AppliedState | null): Delta {
  if (applied === null) return delta;
  const lines = formerLines(applied.desired);
  const placed = (row: DeltaRow): DeltaRow => {
    const origin = row.origin ?? lines.get(row.sid ?? "") ?? null;
    return origin === row.origin ? row : { ...row, origin };
  };
  return { ...delta, noLongerAllowed: delta.noLongerAllowed.map(placed) };
}

/** By Sid: Sids are made of content, so that a statement with one of these is the very statement. */
function formerLines(desired: AppliedState["desired"]): ReadonlyMap<string, Origin> {
  const document = desired.kind === "policy" ? desired.policy.document : desired.binding.role.inline;
  const callers = desired.kind === "policy" ? [] : desired.binding.callers;
  return new Map([
    ...document.statements.map(({ statement, origin }) => [statement.Sid ?? "", origin] as const),
    ...callers.map(({ sid, origin }) => [sid, origin] as const),
  ]);
}
