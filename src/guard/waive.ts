import type { Waiver } from "../model/desired.ts";
import type { WaiverState } from "../model/finding.ts";
import type { Key } from "../model/key.ts";
import type { GuardContext } from "./context.ts";

/** What the waivers say of one rule for one binding; of several the one that ends last counts. */
export function waiverState(
  rule: string,
  key: Key,
  { desired, nowMs }: Pick<GuardContext, "desired" | "nowMs">,
): WaiverState {
  const [latest] = desired.waivers
    .filter((waiver) => waiver.rule === rule && waiver.binding === key)
    .sort((a, b) => endMs(b) - endMs(a) || (a.name < b.name ? -1 : 1));
  if (latest === undefined) return { kind: "none" };
  const { name: waiver, until } = latest;
  return { kind: endMs(latest) > nowMs ? "lifted" : "expired", waiver, until };
}

/** A waiver whose end can't be read has ended. */
function endMs({ until }: Waiver): number {
  const parsed = Date.parse(until);
  return Number.isNaN(parsed) ? 0 : parsed;
}
